//! Each function's permissions: the calls that the code can make in it, on the resources that it is given.

use super::node::Node;
use super::{FUNCTIONS, IF_ANSWERED, IF_NOTICED, template};
use std::collections::BTreeSet;
use toban::net::aws::calls::{CALLS, Call, On};
use toban::setup::config::Role;

/// Pairs of an action and its resource that a function's role allows, in every stack.
fn grants(template: &Node, function: &str) -> BTreeSet<(String, String)> {
    granted(template.at(&format!("Resources.{}", role(template, function))))
}

/// What the role is allowed besides in that stack.
fn further_grants(template: &Node, function: &str, stack: Stack) -> BTreeSet<(String, String)> {
    let role = role(template, function);
    let is_given = |policy: &Node| {
        let is_there = policy.find("Condition").is_some_and(|condition| stack.conditions().contains(&condition.text()));
        is_there && policy.at("Properties.Roles").items().iter().any(|given| given.referred() == Some(role.as_str()))
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

/// A stack by its parameters `SlackButtons` and `Notices`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stack {
    Plain,
    Answering,
    Noticing,
    /// Both.
    Whole,
}

impl Stack {
    const ALL: [Self; 4] = [Self::Plain, Self::Answering, Self::Noticing, Self::Whole];

    fn conditions(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Answering => &[IF_ANSWERED],
            Self::Noticing => &[IF_NOTICED],
            Self::Whole => &[IF_ANSWERED, IF_NOTICED],
        }
    }

    fn is_answering(self) -> bool {
        self.conditions().contains(&IF_ANSWERED)
    }
}

pub const STORE: &str = "!Sub arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${ParametersPath}";
pub const QUEUE: &str = "!GetAtt Queue.Arn";
pub const NEWS: &str = "!GetAtt NewsQueue.Arn";
pub const PRESSES: &str = "!GetAtt PressesQueue.Arn";
pub const LEDGER: &str = "!GetAtt Ledger.Arn";

const INDEXES: [&str; 2] = ["by_state", "by_fingerprint"];
const SEEN: &str = "!Sub ${Ledger.Arn}/index/by_fingerprint";

/// A function, a call, and the resources on which it does not make it.
type Never = (&'static str, &'static str, &'static [&'static str]);

/// What a function never does, although it has a client that can. That is shown by what it does in `tests/it/permissions.rs`
/// and `tests/it/answering/aws.rs`.
const NEVER: &[Never] = &[
    // Only the worker is given messages.
    ("WebhookFunction", "sqs:ChangeMessageVisibility", &[QUEUE, NEWS, PRESSES]),
    ("WatchdogFunction", "sqs:ChangeMessageVisibility", &[QUEUE, NEWS, PRESSES]),
    // The worker tells the chats of what it did for people, and that begins no incident.
    ("WorkerFunction", "sqs:SendMessage", &[NEWS, PRESSES]),
    ("WatchdogFunction", "sqs:SendMessage", &[PRESSES]),
    // What they send is no alert that may have been seen before.
    ("ReminderFunction", "dynamodb:Query", &[SEEN]),
    ("WatchdogFunction", "dynamodb:Query", &[SEEN]),
    // It asks which incidents are open, and not what was posted.
    ("WorkerFunction", "dynamodb:Query", &[LEDGER]),
];

/// The same while nobody answers in Slack.
const NEVER_UNANSWERED: &[Never] = &[("WorkerFunction", "sqs:SendMessage", &[QUEUE])];

/// The same while nobody does, and there are no notices, which say what was posted.
const NEVER_PLAIN: &[Never] = &[("WatchdogFunction", "dynamodb:Query", &[LEDGER])];

/// What only the command line calls, with the permissions of whoever runs it.
const BY_HAND: [&str; 3] = ["ssm:GetParameter", "ssm:PutParameter", "ssm:DescribeParameters"];

/// The calls that a function can make, each with its resource: those of the clients for which its variables are set.
pub fn calls(function: &str, stack: Stack) -> BTreeSet<(String, String)> {
    let template = template();
    let unanswered = if stack.is_answering() { &[] } else { NEVER_UNANSWERED };
    let plain = if stack == Stack::Plain { NEVER_PLAIN } else { &[] };
    let is_made = |action: &str, on: &str| {
        let never = NEVER.iter().chain(unanswered).chain(plain);
        !never.into_iter().any(|(of, what, without)| *of == function && *what == action && without.contains(&on))
    };
    let all = CALLS.iter().filter(|call| !BY_HAND.contains(&call.action));
    let all =
        all.flat_map(|call| resources(&template, function, stack, call.on).into_iter().map(|on| (call.action, on)));
    all.filter(|(action, on)| is_made(action, on)).map(|(action, on)| (action.to_owned(), on)).collect()
}

/// The resources of a kind that a function finds in its variables.
fn resources(template: &Node, function: &str, stack: Stack, on: On) -> Vec<String> {
    let variable = |name: &str| {
        let of = |path: String| template.find(&format!("{path}.Environment.Variables.{name}"));
        let value = of(format!("Resources.{function}.Properties")).or_else(|| of("Globals.Function".to_owned()))?;
        let value = match value {
            Node::Call(call, given) if call == "If" => {
                assert_eq!(given.items()[0].text(), IF_ANSWERED, "{function}: {name}");
                &given.items()[if stack.is_answering() { 1 } else { 2 }]
            }
            other => other,
        };
        value.referred().filter(|name| !name.starts_with("AWS::"))
    };
    let arn = |name: &str| format!("!GetAtt {name}.Arn");
    match on {
        On::Queue => {
            let variables = ["QUEUE_URL", "NEWS_QUEUE_URL", "PRESSES_QUEUE_URL"];
            variables.into_iter().filter_map(variable).map(arn).collect()
        }
        On::Table => variable("LEDGER_TABLE").map(arn).into_iter().collect(),
        On::Index => {
            let index =
                |index: &str| variable("LEDGER_TABLE").map(|name| format!("!Sub ${{{name}.Arn}}/index/{index}"));
            INDEXES.into_iter().filter_map(index).collect()
        }
        On::Parameter => {
            let role = match (function, stack) {
                ("WebhookFunction", _) => Role::Front,
                ("WorkerFunction", _) => Role::Worker,
                ("ReminderFunction", _) => Role::Reminder,
                ("WatchdogFunction", Stack::Plain) => Role::Tick,
                ("WatchdogFunction", Stack::Noticing) => Role::NoticingTick,
                ("WatchdogFunction", Stack::Answering | Stack::Whole) => Role::AnsweringTick,
                (other, _) => panic!("which secrets does {other} read?"),
            };
            assert_eq!(variable("PARAMETERS_PATH"), Some("ParametersPath"), "{function}");
            role.secrets().into_iter().map(|secret| format!("{STORE}/{secret}")).collect()
        }
    }
}

/// What Lambda itself does with a function's role: writing logs, polling queues, sending failures.
fn lambdas_own(template: &Node, function: &str, stack: Stack) -> BTreeSet<(String, String)> {
    let properties = template.at(&format!("Resources.{function}.Properties"));
    let logs = properties.at("LoggingConfig.LogGroup").referred().expect("a group of ours");
    let logs = format!("!GetAtt {logs}.Arn");
    let logs = ["logs:CreateLogStream", "logs:PutLogEvents"].map(|action| (action.to_owned(), logs.clone()));
    let events = properties.find("Events").map(Node::entries).unwrap_or_default().iter().map(|(_, event)| event);
    let of_events = events.filter_map(|event| event.find("Properties.Queue"));
    let mappings = template.resources_of("AWS::Lambda::EventSourceMapping").into_iter().map(|(_, mapping)| mapping);
    let mappings = mappings.filter(|_| stack.is_answering());
    let mapped = mappings.filter(|mapping| mapping.at("Properties.FunctionName").referred() == Some(function));
    let queues = of_events.chain(mapped.map(|mapping| mapping.at("Properties.EventSourceArn")));
    let polled = queues.flat_map(|queue| {
        let actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
        actions.map(|action| (action.to_owned(), queue.to_string()))
    });
    let failures = properties.find("EventInvokeConfig.DestinationConfig.OnFailure.Destination");
    let failures = failures.map(|queue| ("sqs:SendMessage".to_owned(), queue.to_string()));
    logs.into_iter().chain(polled).chain(failures).collect()
}

#[test]
fn a_role_allows_what_its_function_can_call_and_nothing_else() {
    let template = template();
    let mut wrong = Vec::new();
    for (function, _) in FUNCTIONS {
        for stack in Stack::ALL {
            let mut allowed = grants(&template, function);
            allowed.extend(further_grants(&template, function, stack));
            let mut needed = calls(function, stack);
            needed.extend(lambdas_own(&template, function, stack));
            let missing = needed.difference(&allowed);
            wrong.extend(missing.map(|(action, on)| {
                format!("{stack:?}: {function} can call {action} on {on}, and its role does not allow it")
            }));
            let superfluous = allowed.difference(&needed);
            wrong.extend(superfluous.map(|(action, on)| {
                format!("{stack:?}: the role of {function} allows {action} on {on}, which it does not call")
            }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_call_is_made_and_every_exception_is_one() {
    let of_functions: BTreeSet<_> = FUNCTIONS
        .iter()
        .flat_map(|(function, _)| calls(function, Stack::Answering))
        .map(|(action, _)| action)
        .collect();
    for action in BY_HAND {
        assert!(CALLS.iter().any(|call| call.action == action), "nothing can call {action}");
    }
    for Call { action, .. } in CALLS {
        assert!(of_functions.contains(*action) != BY_HAND.contains(action), "no function calls {action}");
    }
    let template = template();
    let has = |stack: Stack, function: &str, action: &str, on: &str| {
        let of_action = CALLS.iter().filter(|call| call.action == action);
        let mut resources = of_action.flat_map(|call| resources(&template, function, stack, call.on));
        resources.any(|known| known == on)
    };
    for (never, stack) in [(NEVER, Stack::Answering), (NEVER_UNANSWERED, Stack::Plain), (NEVER_PLAIN, Stack::Plain)] {
        for (function, action, without) in never {
            for on in *without {
                assert!(has(stack, function, action, on), "{function} has nothing to call {action} on {on} with");
            }
        }
    }
}

/// Who can put words into the queue cannot read what the chats are reached with, and the other way round.
#[test]
fn a_role_sees_the_secrets_of_its_own_work() {
    let roles = [Role::Front, Role::Worker, Role::Reminder, Role::Tick, Role::NoticingTick].map(Role::secrets);
    let [front, worker, reminder, watchdog, noticing_tick] = &roles;
    let answering_tick = Role::AnsweringTick.secrets();
    for others in [worker, reminder, watchdog, noticing_tick, &answering_tick] {
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
