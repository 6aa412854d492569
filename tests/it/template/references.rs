//! Every name that is used exists.

use super::node::Node;
use super::{IF_ANSWERED, IF_NOTICED, IF_WATCHED, template};
use std::collections::BTreeSet;
use toban::setup::config::NoticeKind;

/// AWS's pseudo parameters.
const PSEUDO: [&str; 6] =
    ["AWS::AccountId", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackName", "AWS::URLSuffix"];

#[test]
fn every_reference_leads_somewhere() {
    let template = template();
    let names = |section: &str| -> BTreeSet<String> { template.at(section).keys().map(str::to_owned).collect() };
    let resources = names("Resources");
    let conditions = names("Conditions");
    let known: BTreeSet<_> =
        names("Parameters").into_iter().chain(resources.clone()).chain(PSEUDO.map(str::to_owned)).collect();
    let mut used = BTreeSet::new();
    template.each(&mut |node| {
        for name in named(node) {
            assert!(known.contains(&name), "{node}: there is no parameter or resource {name}");
            used.insert(name);
        }
        if let Node::Call(function, given) = node
            && function == "If"
        {
            let condition = given.items()[0].text();
            assert!(conditions.contains(condition), "{node}: there is no condition {condition}");
        }
        if let Node::Call(function, given) = node
            && function == "Condition"
        {
            assert!(conditions.contains(given.text()), "{node}: there is no such condition");
        }
        if let Some(Node::Text(condition)) = node.find("Condition") {
            assert!(conditions.contains(condition), "there is no condition {condition}");
        }
    });
    let unused: Vec<_> = template.at("Parameters").keys().filter(|name| !used.contains(*name)).collect();
    assert!(unused.is_empty(), "nothing uses the parameters {unused:?}");
    for (name, output) in template.at("Outputs").entries() {
        assert!(!named(output.at("Value")).is_empty(), "the output {name} is of nothing");
        assert!(output.find("Description").is_some(), "the output {name} says nothing of itself");
    }
}

/// The parameters and resources that a function of CloudFormation names, without those inside its arguments.
fn named(node: &Node) -> Vec<String> {
    let Node::Call(function, given) = node else {
        return Vec::new();
    };
    let resource = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
    match (function.as_str(), given.items()) {
        ("Ref", [Node::Text(name)]) => vec![name.clone()],
        ("GetAtt", [Node::Text(name)]) => vec![resource(name)],
        ("Sub", [Node::Text(text), rest @ ..]) => {
            let own: BTreeSet<_> = rest.iter().flat_map(Node::keys).collect();
            let inside = text.split("${").skip(1).filter_map(|part| part.split('}').next());
            inside.filter(|name| !own.contains(name)).map(resource).collect()
        }
        // Conditions are looked at by themselves.
        ("If" | "Equals" | "Not" | "Or" | "Condition" | "Select" | "Split", _) => Vec::new(),
        (other, _) => panic!("!{other} is not looked into: say here what it names"),
    }
}

#[test]
fn names_are_found_in_every_function() {
    for (yaml, expected) in [
        ("!Ref A", &["A"][..]),
        ("!GetAtt A.Arn", &["A"]),
        ("!Sub ${A}/${B.Arn}-${AWS::Region}", &["A", "B", "AWS::Region"]),
        ("!Sub [\"${A}${B}\", { A: 1 }]", &["B"]),
        ("!If [C, !Ref A, !Ref B]", &[]),
    ] {
        assert_eq!(named(&Node::parse(yaml)), expected, "{yaml}");
    }
}

/// A stack with a reference to a resource that is not created cannot be created.
#[test]
fn what_only_the_watchdog_needs_has_its_condition() {
    let template = template();
    let mut own = BTreeSet::new();
    for (name, resource) in template.at("Resources").entries() {
        let is_watchdogs = ["MissedFilter", "MissedAlarm", "RoundDoneFilter", "NoRoundAlarm"].contains(&name.as_str());
        let is_conditional = resource.find("Condition").is_some_and(|condition| condition.text() == IF_WATCHED);
        assert_eq!(is_watchdogs, is_conditional, "{name}");
        own.extend(is_conditional.then(|| name.clone()));
    }
    assert_eq!(own.len(), 4, "{own:?}");
    let condition = template.at("Conditions.HasWatchdog").to_string();
    assert_eq!(condition, "!Not [!Equals [!Ref PagerdutyServiceIds, ]]");
}

/// What answering from Slack adds to a stack. While it is off the stack has none of it.
#[test]
fn what_only_answering_needs_has_its_condition() {
    let template = template();
    let is_answering = |resource: &Node| resource.find("Condition").is_some_and(|given| given.text() == IF_ANSWERED);
    let own: Vec<_> =
        template.at("Resources").entries().iter().filter(|(_, resource)| is_answering(resource)).collect();
    let names: Vec<_> = own.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "PressesQueue",
            "PressesToWorker",
            "WebhookPressesPolicy",
            "WorkerPressesPolicy",
            "TickShiftPolicy",
            "PressDroppedFilter",
            "PressDroppedAlarm",
            "ActFailedFilter",
            "ActFailedAlarm",
            "PressesWaitAlarm"
        ]
    );
    let condition = template.at("Conditions.HasSlackButtons").to_string();
    assert_eq!(condition, "!Equals [!Ref SlackButtons, on]");
    assert_eq!(template.at("Parameters.SlackButtons.Default").text(), "off");
    assert_eq!(template.at("Parameters.SlackButtons.AllowedValues").to_string(), "[off, on]");
    for (rule, parameter) in [("CallingSreHasAUser", "SreEscalationPolicyId"), ("ResolvingHasAUser", "SlackActors")] {
        let rule = template.at(&format!("Rules.{rule}"));
        let is_set = |parameter: &str| format!("!Not [!Equals [!Ref {parameter}, ]]");
        let of = [rule.at("RuleCondition"), rule.at("Assertions.0.Assert")].map(ToString::to_string);
        assert_eq!(of, [parameter, "PagerdutyActAs"].map(is_set), "whatever acts in PagerDuty acts as somebody");
    }
}

/// What notices add to a stack. Without `Notices` the stack has none of it.
#[test]
fn what_only_notices_need_has_its_condition() {
    let template = template();
    let is_noticed = |resource: &Node| resource.find("Condition").is_some_and(|given| given.text() == IF_NOTICED);
    let own = template.at("Resources").entries().iter().filter(|(_, resource)| is_noticed(resource));
    assert_eq!(own.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["TickNoticesPolicy"]);
    assert_eq!(template.at("Conditions.HasNotices").to_string(), "!Not [!Equals [!Ref Notices, ]]");
    let names = NoticeKind::ALL.map(NoticeKind::name).join("|");
    let pattern = template.at("Parameters.Notices.AllowedPattern").text();
    assert!(pattern.contains(&format!("({names}) *")), "{pattern} does not allow {names}");
    assert_eq!(template.at("Parameters.Notices.Default").text(), "");
}
