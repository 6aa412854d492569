//! What API Gateway and the schedulers hand to the functions.

pub mod gateway;
pub mod schedule;
