//! The template, checked against the code: what no linter can know.

mod alarms;
mod eventbridge;
mod figures;
mod functions;
pub mod logged;
mod node;
mod parameters;
mod patterns;
pub mod permissions;
mod references;
pub mod routes;
mod samconfig;
mod schedules;

pub use node::Node;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use toban::chat::KINDS;
use toban::source;

/// Each function's name in the template, and its binary.
const FUNCTIONS: [(&str, &str); 4] = [
    ("WebhookFunction", "webhook"),
    ("WorkerFunction", "worker"),
    ("ReminderFunction", "reminder"),
    ("WatchdogFunction", "tick"),
];

/// The condition of what exists only with services to watch.
const IF_WATCHED: &str = "HasWatchdog";

/// The condition of what exists only if people answer in Slack.
pub const IF_ANSWERED: &str = "HasSlackButtons";

/// The condition of what is there only if `Notices` names something that is sent besides.
pub const IF_NOTICED: &str = "HasNotices";

/// The condition of what takes events from EventBridge.
pub const IF_HANDED_OVER: &str = "HasEventbridge";

/// The condition of the API and what belongs to it.
pub const IF_PUBLIC: &str = "HasUrl";

/// Read by the binaries before the settings.
const BEFORE_THE_SETTINGS: &str = "RUST_LOG";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository.
pub fn file(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn template() -> Node {
    Node::parse(&file("template.yaml"))
}

/// The names of the template's alarms, in its order.
pub fn alarms() -> Vec<String> {
    template().resources_of("AWS::CloudWatch::Alarm").into_iter().map(|(name, _)| name.to_owned()).collect()
}

/// Every variable that the code reads as a setting: the sources' and the chats', and each string in `src/setup/config`
/// that looks like one.
pub fn settings_in_code() -> BTreeSet<String> {
    let mut settings = BTreeSet::from([BEFORE_THE_SETTINGS.to_owned()]);
    for entry in fs::read_dir(root().join("src/setup/config")).expect("a folder") {
        let path = entry.expect("a file").path();
        // These have names that they do not read.
        if path.ends_with("names.rs") || path.ends_with("misnamed.rs") {
            continue;
        }
        let text = fs::read_to_string(path).expect("a readable file");
        settings.extend(text.split('"').filter(|word| is_variable(word)).map(str::to_owned));
    }
    settings.extend(source::secrets().map(str::to_owned));
    for variables in KINDS.iter().filter_map(|kind| kind.variables) {
        let of_channel = variables.channel.map(|channel| [channel.alerts, channel.reminders]);
        let others = [Some(variables.secret), variables.base_url, Some(variables.fallback)];
        let all = of_channel.into_iter().flatten().chain(others.into_iter().flatten());
        settings.extend(all.map(|variable| variable.name.to_owned()));
    }
    settings
}

/// Settings of one word, which looks like many others.
const OF_ONE_WORD: [&str; 2] = ["EVENTBRIDGE", "NOTICES"];

/// `SLACK_CHANNEL`
pub fn is_variable(word: &str) -> bool {
    if OF_ONE_WORD.contains(&word) {
        return true;
    }
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    word.len() > 5 && word.contains('_') && word.bytes().all(is_part)
}
