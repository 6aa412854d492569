//! Each sender has a route with limits of its own, so that a flood at one turns no other sender away.

use super::{IF_ANSWERED, template};
use std::collections::BTreeMap;
use toban::source::Sender;

/// Requests a second, and at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub rate: u32,
    pub burst: u32,
}

/// Where Slack sends what people press and type.
const SLACK: &str = "/slack";

/// The limits of each sender's route, by its key (`POST /mackerel`), in the order of the senders, then Slack's, and those of
/// everything else.
pub fn limits() -> (Vec<(String, Limits)>, Limits) {
    let template = template();
    let api = template.at("Resources.Api.Properties");
    let limits = |settings: &super::Node| {
        let number = |name: &str| settings.at(name).text().parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        Limits { rate: number("ThrottlingRateLimit"), burst: number("ThrottlingBurstLimit") }
    };
    let mut keys = Sender::routed().map(|sender| format!("POST /{}", sender.name())).collect::<Vec<_>>();
    keys.push(format!("POST {SLACK}"));
    // A stack where nobody answers in Slack is left without Slack's limits, not without its route.
    let of_route = |key: &str, settings: &super::Node| match settings {
        super::Node::Call(name, given) if name == "If" && key.ends_with(SLACK) => {
            let [condition, then, otherwise] = given.items() else { panic!("{key}: {settings}") };
            assert_eq!((condition.text(), otherwise.referred()), (IF_ANSWERED, Some("AWS::NoValue")), "{key}");
            limits(then)
        }
        settings => limits(settings),
    };
    let of_routes: BTreeMap<_, _> = api
        .at("RouteSettings")
        .entries()
        .iter()
        .map(|(key, settings)| (key.as_str(), of_route(key, settings)))
        .collect();
    assert_eq!(of_routes.len(), keys.len(), "a route that no sender has: {of_routes:?}");
    let of_senders = keys.into_iter().map(|key| {
        let limits = *of_routes.get(key.as_str()).unwrap_or_else(|| panic!("{key} has no limits of its own"));
        (key, limits)
    });
    (of_senders.collect(), limits(api.at("DefaultRouteSettings")))
}

#[test]
fn each_sender_has_a_route_with_limits_of_its_own() {
    let template = template();
    let events = template.at("Resources.WebhookFunction.Properties.Events").entries();
    let given = |name: &str, event: &super::Node| {
        assert_eq!(event.at("Type").text(), "HttpApi", "{name}");
        let properties = event.at("Properties");
        assert_eq!(properties.at("ApiId").referred(), Some("Api"), "{name}");
        assert_eq!(properties.at("PayloadFormatVersion").text(), "2.0", "{name}");
        let of = |property: &str| properties.find(property).map(|value| value.text().to_owned());
        (of("Method"), of("Path"))
    };
    let routes: Vec<_> = events.iter().map(|(name, event)| given(name, event)).collect();
    // SAM makes one permission for all routes of a function only if the $default route is the first one.
    let mut expected = vec![(None, None)];
    expected.extend(Sender::routed().map(|sender| (Some("POST".into()), Some(format!("/{}", sender.name())))));
    expected.push((Some("POST".into()), Some(SLACK.into())));
    assert_eq!(
        routes, expected,
        "the $default route, and one for each sender and Slack: API Gateway rejects limits without a route"
    );
    let (senders, everything_else) = limits();
    for (key, limits) in senders {
        let is_lower = everything_else.rate < limits.rate && everything_else.burst < limits.burst;
        assert!(is_lower, "{everything_else:?} is not lower than {limits:?} of {key}");
        assert!(limits.rate <= limits.burst, "{key}: API Gateway's bucket is smaller than what it gets in a second");
    }
}
