//! The way in without a URL, and a stack that has no other.

use super::node::Node;
use super::{IF_HANDED_OVER, IF_PUBLIC, template};
use crate::documents::page;
use std::collections::{BTreeMap, BTreeSet};
use toban::source::eventbridge::Taken;

/// The parameters that decide what of all this there is, each unset and set.
const PARAMETERS: [(&str, &[&str]); 5] = [
    ("PublicUrl", &["off", "on"]),
    ("CloudwatchAlarms", &["off", "on", "rules"]),
    ("MackerelEventBus", &["", "aws.partner/mackerel.io/my-org/toban"]),
    ("PagerdutyEventBus", &["", "aws.partner/pagerduty.com/my-account/toban"]),
    ("SlackButtons", &["off", "on"]),
];

/// A stack, by the values of these parameters; of the others the default.
struct Stack<'a> {
    template: &'a Node,
    values: BTreeMap<&'static str, &'static str>,
}

impl Stack<'_> {
    fn all(template: &Node) -> Vec<Stack<'_>> {
        let mut all = vec![BTreeMap::new()];
        for (name, values) in PARAMETERS {
            let with = |values: &[&'static str], chosen: &BTreeMap<_, _>| -> Vec<_> {
                values
                    .iter()
                    .map(|value| chosen.iter().map(|(n, v)| (*n, *v)).chain([(name, *value)]).collect())
                    .collect()
            };
            all = all.iter().flat_map(|chosen| with(values, chosen)).collect();
        }
        all.into_iter().map(|values| Stack { template, values }).collect()
    }

    fn holds(&self, condition: &str) -> bool {
        self.is_true(self.template.at(&format!("Conditions.{condition}")))
    }

    fn is_true(&self, node: &Node) -> bool {
        let Node::Call(call, given) = node else { panic!("{node} is no condition") };
        match call.as_str() {
            "Condition" => self.holds(given.text()),
            "Not" => !self.is_true(&given.items()[0]),
            "Or" => given.items().iter().any(|one| self.is_true(one)),
            "Equals" => {
                let [one, other] = given.items() else { panic!("{node}") };
                self.text(one) == self.text(other)
            }
            _ => panic!("{node} is not worked out here"),
        }
    }

    fn text(&self, node: &Node) -> String {
        match (node, node.referred()) {
            (_, Some(name)) => match self.values.get(name) {
                Some(value) => (*value).to_owned(),
                None => self.template.at(&format!("Parameters.{name}.Default")).text().to_owned(),
            },
            // `BusinessHours`, of which only the default is looked at.
            (Node::Call(..), None) => node.to_string(),
            (node, None) => node.text().to_owned(),
        }
    }

    fn has(&self, item: &Node) -> bool {
        item.find("Condition").is_none_or(|condition| self.holds(condition.text()))
    }

    /// The resources that the stack has.
    fn resources(&self) -> BTreeMap<&str, &Node> {
        let all = self.template.at("Resources").entries().iter();
        all.filter(|(_, resource)| self.has(resource)).map(|(name, resource)| (name.as_str(), resource)).collect()
    }

    /// What is named there of the template's resources, where a condition decides by the branch that holds.
    fn named(&self, node: &Node, named: &mut BTreeSet<String>) {
        let name = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
        match node {
            Node::Text(_) => {}
            Node::List(items) => items.iter().for_each(|item| self.named(item, named)),
            Node::Map(entries) => entries.iter().for_each(|(_, value)| self.named(value, named)),
            Node::Call(call, given) => match (call.as_str(), given.items()) {
                ("If", [condition, then, otherwise]) => {
                    self.named(if self.holds(condition.text()) { then } else { otherwise }, named);
                }
                ("Ref" | "GetAtt", [Node::Text(text)]) => drop(named.insert(name(text))),
                ("Sub", [Node::Text(text), rest @ ..]) => {
                    rest.iter().for_each(|rest| self.named(rest, named));
                    named.extend(text.split("${").skip(1).filter_map(|part| Some(name(part.split('}').next()?))));
                }
                (_, items) => items.iter().for_each(|item| self.named(item, named)),
            },
        }
    }
}

/// CloudFormation refuses a template that names what its own conditions have left out, at the deployment of whoever turns that off.
#[test]
fn no_stack_names_a_resource_that_it_does_not_have() {
    let template = template();
    let all: BTreeSet<_> = template.at("Resources").keys().map(str::to_owned).collect();
    let stacks = Stack::all(&template);
    assert_eq!(stacks.len(), 48);
    for stack in stacks {
        let own = stack.resources();
        let outputs = template.at("Outputs").entries().iter().filter(|(_, output)| stack.has(output));
        let outputs = outputs.map(|(name, output)| (name.as_str(), output));
        for (name, item) in own.iter().map(|(name, item)| (*name, *item)).chain(outputs) {
            let mut named = BTreeSet::new();
            stack.named(item, &mut named);
            if let Some(before) = item.find("DependsOn") {
                named.extend(before.items().iter().map(|before| before.text().to_owned()));
            }
            named.retain(|named| all.contains(named) && !own.contains_key(named.as_str()));
            assert!(named.is_empty(), "{name} names {named:?}, which are not there with {:?}", stack.values);
        }
    }
}

#[test]
fn without_a_url_there_is_no_api_and_nothing_of_one() {
    let template = template();
    for stack in Stack::all(&template) {
        let of_api: Vec<_> = stack
            .resources()
            .into_iter()
            .filter(|(_, resource)| {
                let kind = resource.at("Type").text();
                kind.contains("Api")
                    || resource.to_string().contains("apigateway")
                    || resource.to_string().contains("-api")
            })
            .map(|(name, _)| name)
            .collect();
        let expected: &[&str] = match stack.values["PublicUrl"] {
            "on" => &["Api", "ApiLogs", "WebhookFunctionEverythingPermission"],
            _ => &[],
        };
        assert_eq!(of_api, expected, "{:?}", stack.values);
    }
    let outputs = template.at("Outputs").entries().iter();
    let urls: Vec<_> = outputs.filter(|(_, output)| output.at("Value").to_string().contains("${Api}")).collect();
    assert_eq!(urls.len(), 6);
    for (name, output) in urls {
        assert_eq!(output.at("Condition").text(), IF_PUBLIC, "{name}");
    }
    assert_eq!(template.at("Parameters.PublicUrl.Default").text(), "on", "an upgrade takes nobody's URL away");
}

/// Nothing of EventBridge is there unless it is asked for, and a sender's rule and permission come with what the function is told.
#[test]
fn a_stack_takes_what_its_parameters_name() {
    let template = template();
    let told = template.at("Resources.WebhookFunction.Properties.Environment.Variables.EVENTBRIDGE");
    let Node::Call(_, given) = told else { panic!("{told}") };
    let given = given.items()[1].entries();
    for stack in Stack::all(&template) {
        let named: BTreeSet<_> = given
            .iter()
            .map(|(_, value)| {
                let Node::Call(_, branches) = value else { panic!("{value}") };
                let [condition, then, _] = branches.items() else { panic!("{value}") };
                if stack.holds(condition.text()) { then.text() } else { "" }
            })
            .filter(|name| !name.is_empty())
            .collect();
        assert!(named.iter().all(|name| Taken::names().contains(name)), "{named:?}");
        let own = stack.resources();
        let capitals = |name: &str| name[..1].to_ascii_uppercase() + &name[1..];
        let of_kind = |kind: &str| -> BTreeSet<_> {
            own.iter().filter(|(_, one)| one.at("Type").text() == kind).map(|(name, _)| (*name).to_owned()).collect()
        };
        // With `rules` they are somebody else's.
        let is_here = |name: &&&str| **name != "cloudwatch" || stack.values["CloudwatchAlarms"] == "on";
        let rules: BTreeSet<_> = named.iter().filter(is_here).map(|name| format!("{}Rule", capitals(name))).collect();
        assert_eq!(of_kind("AWS::Events::Rule"), rules, "{:?}", stack.values);
        let permissions: BTreeSet<_> =
            named.iter().filter(is_here).map(|name| format!("{}Permission", capitals(name))).collect();
        let mut found = of_kind("AWS::Lambda::Permission");
        found.remove("WebhookFunctionEverythingPermission");
        assert_eq!(found, permissions, "{:?}", stack.values);
        let others = [
            "WebhookInvocations",
            "EventFailures",
            "EventFailuresPolicy",
            "WebhookFailuresPolicy",
            "EventFailuresAlarm",
        ];
        for other in others {
            assert_eq!(own.contains_key(other), !named.is_empty(), "{other}: {:?}", stack.values);
            assert_eq!(template.at(&format!("Resources.{other}.Condition")).text(), IF_HANDED_OVER);
        }
    }
    let defaults = ["CloudwatchAlarms", "MackerelEventBus", "PagerdutyEventBus"];
    let defaults = defaults.map(|name| template.at(&format!("Parameters.{name}.Default")).text());
    assert_eq!(defaults, ["off", "", ""], "an upgrade adds no way in");
}

/// The function believes what it gets because of this.
#[test]
fn only_a_rule_of_this_account_may_call_the_function() {
    let template = template();
    let resource = |name: String| template.at(&format!("Resources.{name}.Properties")).to_string();
    for (sender, bus, pattern) in [
        (
            "Cloudwatch",
            "",
            "{source: [aws.cloudwatch], detail-type: [CloudWatch Alarm State Change, CloudWatch Alarm Contributor State Change], \
             detail: {alarmName: [{anything-but: {prefix: !Sub ${AWS::StackName}-}}]}}",
        ),
        ("Mackerel", "EventBusName: !Ref MackerelEventBus, ", "{source: [!Ref MackerelEventBus]}"),
        ("Pagerduty", "EventBusName: !Ref PagerdutyEventBus, ", "{source: [!Ref PagerdutyEventBus]}"),
    ] {
        assert_eq!(
            resource(format!("{sender}Permission")),
            format!(
                "{{Action: lambda:InvokeFunction, FunctionName: !Ref WebhookFunction, Principal: events.amazonaws.com, \
                 SourceAccount: !Ref AWS::AccountId, SourceArn: !GetAtt {sender}Rule.Arn}}"
            )
        );
        let rule = resource(format!("{sender}Rule"));
        let (_, rule) = rule.split_once(", ").expect("it is described first");
        assert_eq!(
            rule,
            format!(
                "{bus}EventPattern: {pattern}, Targets: [{{Id: webhook, Arn: !GetAtt WebhookFunction.Arn, RetryPolicy: \
                 {{MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86400}}, DeadLetterConfig: {{Arn: \
                 !GetAtt EventFailures.Arn}}}}], Tags: [{{Key: project, Value: toban}}]}}"
            )
        );
    }
    let policy = template.at("Resources.EventFailuresPolicy.Properties");
    assert_eq!(
        policy.to_string(),
        "{Queues: [!Ref EventFailures], PolicyDocument: {Version: 2012-10-17, Statement: [{Sid: GiveUp, Effect: Allow, \
         Principal: {Service: events.amazonaws.com}, Action: sqs:SendMessage, Resource: !GetAtt EventFailures.Arn, \
         Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}}]}}"
    );
    let policy = template.at("Resources.WebhookFailuresPolicy.Properties");
    assert_eq!(policy.at("Roles").to_string(), "[!Ref WebhookRole]");
    assert_eq!(
        policy.at("PolicyDocument.Statement").to_string(),
        "[{Sid: HandOverFailures, Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt EventFailures.Arn}]"
    );
}

/// What whoever has no template pastes, and what whoever has it sets.
#[test]
fn what_the_page_says_is_what_the_template_takes() {
    let template = template();
    let rule = template.at("Resources.CloudwatchRule.Properties.EventPattern");
    for path in ["docs/sources.md", "docs/sources.ja.md"] {
        let blocks = page(path).blocks();
        let pasted: Vec<_> =
            blocks.iter().filter(|block| block.mark.as_deref() == Some("pasted: cloudwatch")).collect();
        let [pasted] = &pasted[..] else { panic!("{path}: one pattern") };
        let pasted: serde_json::Value = serde_json::from_str(&pasted.text).expect("JSON");
        let pattern = pasted.as_object().expect("a pattern");
        for (field, values) in pattern {
            let own: Vec<_> = rule.at(field).items().iter().map(Node::text).collect();
            assert_eq!(*values, serde_json::json!(own), "{path}: {field}");
        }
        assert_eq!(pattern.len(), 2, "{path}: the template leaves out its own alarms besides");

        let rows = page(path).rows();
        let set = rows.iter().filter_map(|row| Some((code(&row[0])?, row.get(1)?)));
        let set: Vec<_> = set.filter(|(name, _)| template.find(&format!("Parameters.{name}")).is_some()).collect();
        assert_eq!(set.len(), 4, "{path}: {set:?}");
        for (name, value) in set {
            let parameter = template.at(&format!("Parameters.{name}"));
            let value = value.split('`').nth(1).unwrap_or_else(|| panic!("{path}: {name} has no value"));
            assert_ne!(value, parameter.at("Default").text(), "{path}: {name}");
            match parameter.find("AllowedValues") {
                Some(allowed) => {
                    assert!(allowed.items().iter().any(|one| one.text() == value), "{path}: {name}={value}")
                }
                None => assert!(super::patterns::pattern(&template, name).is_match(value.as_bytes()), "{path}: {name}"),
            }
        }
    }
}

/// A cell that is code and nothing else.
fn code(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}

/// A value that is let through is a partner's bus, whose events the function takes.
#[test]
fn a_bus_is_a_partners() {
    let template = template();
    for (parameter, sender) in [("MackerelEventBus", "mackerel.io"), ("PagerdutyEventBus", "pagerduty.com")] {
        let pattern = super::patterns::pattern(&template, parameter);
        for (value, expected) in [
            (format!("aws.partner/{sender}/my-org/toban"), true),
            (String::new(), true),
            (format!("aws.partner/{sender}/"), false),
            (format!("aws.partner/{sender}"), false),
            (format!("aws.partner/{}/my-org/toban", sender.replace('.', "-")), false),
            (format!("aws.partner/{sender}.example/my-org/toban"), false),
            (format!("arn:aws:events:ap-northeast-1:123456789012:event-bus/aws.partner/{sender}/a/b"), false),
            ("default".to_owned(), false),
        ] {
            assert_eq!(pattern.is_match(value.as_bytes()), expected, "{parameter}: {value}");
        }
    }
}
