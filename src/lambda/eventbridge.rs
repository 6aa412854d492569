//! What EventBridge hands to the webhook function, beside the requests of a gateway.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/aws-events.html>. The function is called asynchronously: nobody gets
//! its answer, and only an error makes Lambda try again.

use super::gateway::Event;
use crate::source::eventbridge::Envelope;
use lambda_runtime::Context;
use serde::Serialize;
use serde_json::value::RawValue;

/// An event that is one of EventBridge's, as it came.
#[derive(Debug)]
pub struct Handed<'a> {
    event: &'a Event,
    whole: String,
}

/// The fields of an event that any sender's reader needs.
#[derive(Serialize)]
struct Whole<'a> {
    id: &'a Option<String>,
    #[serde(rename = "detail-type")]
    detail_type: &'a Option<String>,
    source: &'a Option<String>,
    account: &'a Option<String>,
    time: &'a Option<String>,
    region: &'a Option<String>,
    resources: &'a Option<Box<RawValue>>,
    detail: &'a Option<Box<RawValue>>,
}

impl Event {
    /// The event, if EventBridge has handed it over: it says what it is and who it is from, and no request does.
    pub fn handed(&self) -> Option<Handed<'_>> {
        let Self { id, detail_type, source, account, time, region, resources, detail, .. } = self;
        source.as_ref().zip(detail_type.as_ref())?;
        let whole = Whole { id, detail_type, source, account, time, region, resources, detail };
        let whole = serde_json::to_string(&whole).expect("texts, and JSON that was read");
        Some(Handed { event: self, whole })
    }
}

impl Handed<'_> {
    pub fn envelope(&self) -> Envelope<'_> {
        Envelope {
            id: self.event.id.as_deref(),
            source: self.event.source.as_deref().unwrap_or_default(),
            account: self.event.account.as_deref().unwrap_or_default(),
            whole: &self.whole,
            detail: self.event.detail.as_ref().map_or("null", |detail| detail.get()),
        }
    }
}

/// The account of the function that was called, from its ARN: `arn:aws:lambda:ap-northeast-1:123456789012:function:toban`.
pub fn own_account(context: &Context) -> Option<&str> {
    let mut parts = context.invoked_function_arn.split(':');
    let [arn, _partition, service, _region, account] = std::array::from_fn(|_| parts.next());
    account.filter(|account| (arn, service) == (Some("arn"), Some("lambda")) && !account.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_the_functions_own() {
        for (arn, expected) in [
            ("arn:aws:lambda:ap-northeast-1:123456789012:function:toban-WebhookFunction-1", Some("123456789012")),
            ("arn:aws-cn:lambda:cn-north-1:123456789012:function:toban:live", Some("123456789012")),
            ("arn:aws:lambda:ap-northeast-1::function:toban", None),
            ("arn:aws:sqs:ap-northeast-1:123456789012:toban", None),
            ("123456789012", None),
            ("", None),
        ] {
            let mut context = Context::default();
            context.invoked_function_arn = arn.to_owned();
            assert_eq!(own_account(&context), expected, "{arn}");
        }
    }

    #[test]
    fn only_what_says_what_it_is_and_who_it_is_from_is_eventbridges() {
        for (event, expected) in [
            (r#"{"source": "aws.cloudwatch", "detail-type": "a", "detail": {"a": [1.50]}}"#, Some(r#"{"a": [1.50]}"#)),
            (r#"{"source": "aws.cloudwatch", "detail-type": "a"}"#, Some("null")),
            (r#"{"source": "aws.cloudwatch"}"#, None),
            (r#"{"detail-type": "a", "detail": {}}"#, None),
            (
                r#"{"version": "2.0", "rawPath": "/pagerduty", "body": "{\"source\": \"a\", \"detail-type\": \"b\"}"}"#,
                None,
            ),
            ("{}", None),
        ] {
            let event: Event = serde_json::from_str(event).expect("an event");
            let handed = event.handed();
            assert_eq!(handed.as_ref().map(|handed| handed.envelope().detail), expected);
        }
    }

    #[test]
    fn the_whole_event_is_what_a_reader_needs() {
        let text = r#"{"id":"1","detail-type":"a","source":"b","account":"c","time":"d","region":"e","resources":["f"],"detail":{"g":1}}"#;
        let event: Event = serde_json::from_str(text).expect("an event");
        assert_eq!(event.handed().expect("EventBridge's").envelope().whole, text);
    }
}
