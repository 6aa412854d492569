//! What the Lambda functions are called with: HTTP requests from API Gateway, and schedules.

pub mod gateway;
pub mod schedule;
