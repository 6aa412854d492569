//! Each function's permissions: the calls that it makes, on the resources that it uses.

use super::node::Node;
use super::{FUNCTIONS, IF_ANSWERED, permissions, template};
use std::collections::BTreeSet;
use toban::setup::config::Role;

/// Pairs of an action and its resource that a function's role allows, in every stack.
pub(super) fn grants(template: &Node, function: &str) -> BTreeSet<(String, String)> {
    granted(template.at(&format!("Resources.{}", role(template, function))))
}

/// What the role is allowed besides if people answer in Slack.
pub(super) fn answering_grants(template: &Node, function: &str) -> BTreeSet<(String, String)> {
    let role = role(template, function);
    let is_given = |policy: &Node| {
        let is_answering = policy.find("Condition").is_some_and(|condition| condition.text() == IF_ANSWERED);
        is_answering
            && policy.at("Properties.Roles").items().iter().any(|given| given.referred() == Some(role.as_str()))
    };
    let policies = template.resources_of("AWS::IAM::Policy").into_iter().map(|(_, policy)| policy);
    policies.filter(|policy| is_given(policy)).flat_map(granted).collect()
}

/// The name of a function's role.
fn role(template: &Node, function: &str) -> String {
    let role = template.at(&format!("Resources.{function}.Properties.Role")).to_string();
    let role = role.strip_prefix("!GetAtt ").and_then(|role| role.strip_suffix(".Arn"));
    role.unwrap_or_else(|| panic!("{function} has no role of its own")).to_owned()
}

/// The same of a role or a policy.
fn granted(resource: &Node) -> BTreeSet<(String, String)> {
    let policies = match resource.find("Properties.Policies") {
        Some(policies) => policies.items(),
        None => std::slice::from_ref(resource.at("Properties")),
    };
    let mut granted = BTreeSet::new();
    for statement in policies.iter().flat_map(|policy| policy.at("PolicyDocument.Statement").items()) {
        assert_eq!(statement.at("Effect").text(), "Allow", "{statement}");
        for action in statement.at("Action").items() {
            for on in statement.at("Resource").items() {
                granted.insert((action.text().to_owned(), on.to_string()));
            }
        }
    }
    granted
}

const STORE: &str = "!Sub arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${ParametersPath}";

#[test]
fn a_role_allows_what_its_function_does_and_nothing_else() {
    let template = template();
    for (function, role, logs, expected) in [
        (
            "WebhookFunction",
            Role::Front,
            "!GetAtt WebhookLogs.Arn",
            &[("sqs:SendMessage", "!GetAtt Queue.Arn"), ("sqs:SendMessage", "!GetAtt NewsQueue.Arn")][..],
        ),
        (
            "WorkerFunction",
            Role::Worker,
            "!GetAtt WorkerLogs.Arn",
            &[
                ("dynamodb:GetItem", "!GetAtt Ledger.Arn"),
                ("dynamodb:PutItem", "!GetAtt Ledger.Arn"),
                ("dynamodb:Query", "!Sub ${Ledger.Arn}/index/by_state"),
                ("sqs:ChangeMessageVisibility", "!GetAtt Queue.Arn"),
                ("sqs:ChangeMessageVisibility", "!GetAtt NewsQueue.Arn"),
                ("sqs:DeleteMessage", "!GetAtt Queue.Arn"),
                ("sqs:DeleteMessage", "!GetAtt NewsQueue.Arn"),
                ("sqs:GetQueueAttributes", "!GetAtt Queue.Arn"),
                ("sqs:GetQueueAttributes", "!GetAtt NewsQueue.Arn"),
                ("sqs:ReceiveMessage", "!GetAtt Queue.Arn"),
                ("sqs:ReceiveMessage", "!GetAtt NewsQueue.Arn"),
            ],
        ),
        (
            "ReminderFunction",
            Role::Reminder,
            "!GetAtt ReminderLogs.Arn",
            &[
                ("dynamodb:GetItem", "!GetAtt Ledger.Arn"),
                ("dynamodb:PutItem", "!GetAtt Ledger.Arn"),
                ("dynamodb:Query", "!GetAtt Ledger.Arn"),
                ("dynamodb:Query", "!Sub ${Ledger.Arn}/index/by_state"),
                ("sqs:SendMessage", "!GetAtt ReminderFailures.Arn"),
            ],
        ),
        (
            "WatchdogFunction",
            Role::Tick,
            "!GetAtt WatchdogLogs.Arn",
            &[
                ("dynamodb:GetItem", "!GetAtt Ledger.Arn"),
                ("dynamodb:PutItem", "!GetAtt Ledger.Arn"),
                ("dynamodb:Query", "!Sub ${Ledger.Arn}/index/by_state"),
                ("sqs:SendMessage", "!GetAtt Queue.Arn"),
                ("sqs:SendMessage", "!GetAtt NewsQueue.Arn"),
            ],
        ),
    ] {
        let secrets =
            role.secrets().into_iter().map(|secret| ("ssm:GetParameters".into(), format!("{STORE}/{secret}")));
        let every_function = [("logs:CreateLogStream", logs), ("logs:PutLogEvents", logs)];
        let expected = expected.iter().chain(&every_function).map(|(action, on)| ((*action).into(), (*on).into()));
        let expected = expected.chain(secrets);
        assert_eq!(
            grants(&template, function),
            expected.collect(),
            "{function}: left is what it may, right what it needs"
        );
    }
    assert_eq!(permissions("WebhookFunction").len(), 4, "{:?}", permissions("WebhookFunction"));
}

/// Only the webhook puts presses into their queue, and only the worker has them carried out. The tick reads who is on call, and
/// what was posted that day.
#[test]
fn answering_adds_the_queue_of_presses_and_the_end_of_the_shift() {
    let template = template();
    let presses = "!GetAtt PressesQueue.Arn";
    let always = Role::Tick.secrets();
    let of_the_shift: Vec<_> = Role::AnsweringTick.secrets().into_iter().filter(|one| !always.contains(one)).collect();
    assert_eq!(always.len() + of_the_shift.len(), Role::AnsweringTick.secrets().len(), "a policy takes nothing away");
    let of_the_shift: Vec<_> = of_the_shift.iter().map(|secret| format!("{STORE}/{secret}")).collect();
    let of_the_tick = of_the_shift.iter().map(|secret| ("ssm:GetParameters", secret.as_str()));
    // What was posted with and without a mention, over the table itself.
    let of_the_tick: Vec<_> = of_the_tick.chain([("dynamodb:Query", "!GetAtt Ledger.Arn")]).collect();
    for ((function, _), expected) in FUNCTIONS.into_iter().zip([
        &[("sqs:SendMessage", presses)][..],
        &[
            ("sqs:ChangeMessageVisibility", presses),
            ("sqs:DeleteMessage", presses),
            ("sqs:GetQueueAttributes", presses),
            ("sqs:ReceiveMessage", presses),
            // That somebody is on it goes to the chats by the ordinary queue.
            ("sqs:SendMessage", "!GetAtt Queue.Arn"),
        ],
        &[],
        of_the_tick.as_slice(),
    ]) {
        let expected: BTreeSet<(String, String)> =
            expected.iter().map(|(action, on)| ((*action).into(), (*on).into())).collect();
        assert_eq!(answering_grants(&template, function), expected, "{function}");
    }
}

/// Who can put words into the queue cannot read what the chats are reached with, and the other way round.
#[test]
fn a_role_sees_the_secrets_of_its_own_work() {
    let roles = [Role::Front, Role::Worker, Role::Reminder, Role::Tick].map(Role::secrets);
    let [front, worker, reminder, watchdog] = &roles;
    let answering_tick = Role::AnsweringTick.secrets();
    for others in [worker, reminder, watchdog, &answering_tick] {
        assert!(front.iter().all(|secret| !others.contains(secret)), "{front:?} and {others:?}");
    }
    assert!(!worker.contains(&"PAGERDUTY_API_KEY") && !watchdog.contains(&"GOOGLE_SERVICE_ACCOUNT_KEY"));
    assert!(front.contains(&"SLACK_SIGNING_SECRETS"), "it says who presses: {front:?}");
    let acts = roles.iter().filter(|secrets| secrets.contains(&"PAGERDUTY_ACTION_KEY")).count();
    assert!(acts == 1 && worker.contains(&"PAGERDUTY_ACTION_KEY") && answering_tick.contains(&"PAGERDUTY_ACTION_KEY"));
    for secrets in &roles {
        assert!(secrets.len() <= 10, "one call at a start: {secrets:?}");
    }
    assert!(answering_tick.len() <= 20, "two calls at a start: {answering_tick:?}");
}

#[test]
fn no_role_has_wildcards() {
    let template = template();
    let roles = template.resources_of("AWS::IAM::Role");
    let policies = template.resources_of("AWS::IAM::Policy");
    assert_eq!(roles.len(), FUNCTIONS.len() + 2, "one for each function and two for the schedules");
    for (name, resource) in roles.into_iter().chain(policies) {
        for (action, on) in granted(resource) {
            assert!(!action.contains('*'), "{name} may {action}");
            assert!(on.starts_with('!') && on != "!Sub *", "{name} may {action} on {on}");
        }
        assert!(
            resource.find("Properties.ManagedPolicyArns").is_none(),
            "{name} has a managed policy, which others can change"
        );
    }
    let key = granted(template.at("Resources.ParametersKeyPolicy"));
    assert_eq!(key, BTreeSet::from([("kms:Decrypt".to_owned(), "!Ref ParametersKeyArn".to_owned())]));
}

#[test]
fn each_role_is_one_service_s() {
    let template = template();
    for (name, role) in template.resources_of("AWS::IAM::Role") {
        let trust = role.at("Properties.AssumeRolePolicyDocument.Statement").items();
        let [statement] = trust else { panic!("{name} trusts {} times", trust.len()) };
        let service = if name.ends_with("ScheduleRole") { "scheduler" } else { "lambda" };
        assert_eq!(statement.at("Principal").to_string(), format!("{{Service: {service}.amazonaws.com}}"), "{name}");
        assert_eq!(statement.at("Action").text(), "sts:AssumeRole", "{name}");
    }
    for (function, _) in FUNCTIONS {
        let policies = template.find(&format!("Resources.{function}.Properties.Policies"));
        assert!(policies.is_none(), "{function}: with Policies, SAM would create another role");
    }
}
