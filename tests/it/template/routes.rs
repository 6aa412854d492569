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

/// The routes of the API, as limits name them: `POST /mackerel`.
fn routes(template: &super::Node) -> Vec<String> {
    let integration = "{type: aws_proxy, httpMethod: POST, payloadFormatVersion: 2.0, uri: !Sub arn:${AWS::Partition}:apigateway:\
        ${AWS::Region}:lambda:path/2015-03-31/functions/${WebhookFunction.Arn}/invocations}";
    let paths = template.at("Resources.Api.Properties.DefinitionBody.paths").entries();
    let route = |(path, methods): &(String, super::Node)| {
        let [(method, route)] = methods.entries() else { panic!("{path}: {methods}") };
        assert_eq!(route.at("x-amazon-apigateway-integration").to_string(), integration, "{path}");
        let is_default = route.find("isDefaultRoute").is_some_and(|is_default| is_default.text() == "true");
        match (path.as_str(), method.as_str(), is_default) {
            ("$default", "x-amazon-apigateway-any-method", true) => "$default".to_owned(),
            (path, method, false) => format!("{} {path}", method.to_ascii_uppercase()),
            other => panic!("{other:?}"),
        }
    };
    paths.iter().map(route).collect()
}

#[test]
fn each_sender_has_a_route_with_limits_of_its_own() {
    let template = template();
    let mut expected = vec!["$default".to_owned()];
    expected.extend(Sender::routed().map(|sender| format!("POST /{}", sender.name())));
    expected.push(format!("POST {SLACK}"));
    assert_eq!(
        routes(&template),
        expected,
        "the $default route, and one for each sender and Slack: API Gateway rejects limits without a route"
    );
    let (senders, everything_else) = limits();
    for (key, limits) in senders {
        let is_lower = everything_else.rate < limits.rate && everything_else.burst < limits.burst;
        assert!(is_lower, "{everything_else:?} is not lower than {limits:?} of {key}");
        assert!(limits.rate <= limits.burst, "{key}: API Gateway's bucket is smaller than what it gets in a second");
    }
}
