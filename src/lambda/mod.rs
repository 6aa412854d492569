//! What the Lambda functions are called with: HTTP requests from API Gateway, events from EventBridge, and schedules.

pub mod eventbridge;
pub mod gateway;
pub mod schedule;
