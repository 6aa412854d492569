//! What has one cause is one line, and the line is said in both languages.

use toban::domain::message::Language::{English, Japanese};
use toban::net::http;
use toban::setup::config::{Acting, Config, Fault, Faults, Reach, ServeConfig, WatchdogConfig, Watched};

/// Which of the readers of the settings.
#[derive(Debug, Clone, Copy)]
enum Reader {
    Config,
    Serve,
    Watchdog,
    Watched,
    Acting,
}

/// What a reader says: its faults, else what it warns of.
fn said(reader: Reader, variables: &[(&str, &str)]) -> Vec<Fault> {
    let lookup =
        |wanted: &str| variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned());
    let http = http::client().expect("a client");
    let read = match reader {
        Reader::Config => Config::from_lookup(lookup, &http, Reach::Live).map(|config| config.warnings),
        Reader::Serve => ServeConfig::from_lookup(lookup, &http).map(|serve| serve.config.warnings),
        Reader::Watchdog => WatchdogConfig::from_lookup(lookup, &http).map(|config| config.warnings),
        Reader::Watched => Watched::from_lookup(lookup).map(|_| Vec::new()),
        Reader::Acting => Acting::from_lookup(lookup).map(|_| Vec::new()),
    };
    read.unwrap_or_else(|Faults(faults)| faults)
}

const TOKEN: (&str, &str) = ("SLACK_BOT_TOKEN", "xoxb-1");
const CHANNEL: (&str, &str) = ("SLACK_CHANNEL", "C0APPMON001");
const FALLBACK: (&str, &str) = ("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>");
const ROTATION: (&str, &str) = ("ROTATION_FILE", "rotation.csv");
const SECRET: (&str, &str) = ("PAGERDUTY_WEBHOOK_SECRETS", "a-long-random-secret");
const AWS: [(&str, &str); 3] =
    [("AWS_REGION", "ap-northeast-1"), ("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "s")];
const QUEUE: (&str, &str) = ("QUEUE_URL", "https://sqs.example/1/toban.fifo");

#[test]
fn what_has_one_cause_is_one_line() {
    for (reader, variables, expected) in [
        // A chat that is set up by half.
        (
            Reader::Config,
            vec![TOKEN, ROTATION],
            &[(
                "SLACK_CHANNEL and FALLBACK_MENTION_SLACK are not set, but SLACK_BOT_TOKEN is, for example SLACK_CHANNEL=C0123456789 \
                 FALLBACK_MENTION_SLACK=<!subteam^S0123456789>",
                "SLACK_CHANNEL と FALLBACK_MENTION_SLACK が設定されていませんが、SLACK_BOT_TOKEN は設定されています。例: \
                 SLACK_CHANNEL=C0123456789 FALLBACK_MENTION_SLACK=<!subteam^S0123456789>",
            )][..],
        ),
        (
            Reader::Config,
            vec![CHANNEL, FALLBACK, ROTATION],
            &[(
                "SLACK_BOT_TOKEN is not set, but SLACK_CHANNEL is, for example SLACK_BOT_TOKEN=xoxb-…",
                "SLACK_BOT_TOKEN が設定されていませんが、SLACK_CHANNEL は設定されています。例: SLACK_BOT_TOKEN=xoxb-…",
            )],
        ),
        (
            Reader::Config,
            vec![TOKEN, CHANNEL, ROTATION],
            &[(
                "FALLBACK_MENTION_SLACK is not set: say who is told when the rotation has no answer, or 'none', for example \
                 FALLBACK_MENTION_SLACK=<!subteam^S0123456789>",
                "FALLBACK_MENTION_SLACK が設定されていません。当番が分からないときに誰を呼ぶか、または 'none' を設定してください。例: \
                 FALLBACK_MENTION_SLACK=<!subteam^S0123456789>",
            )],
        ),
        // Two names in one list, and one that is not in it.
        (
            Reader::Config,
            vec![TOKEN, CHANNEL, FALLBACK, ROTATION, ("CHAT_NAMES", "typetalk,backup")],
            &[(
                "CHAT_NAMES names 'typetalk' and 'backup', but TYPETALK_TOKEN and BACKUP_WEBHOOK_URL are not set, and does not \
                 name 'slack', but SLACK_BOT_TOKEN is set, for example CHAT_NAMES=slack,backup",
                "CHAT_NAMES に 'typetalk' と 'backup' がありますが、TYPETALK_TOKEN と BACKUP_WEBHOOK_URL が設定されていません。また、\
                 CHAT_NAMES に 'slack' がありませんが、SLACK_BOT_TOKEN が設定されています。例: CHAT_NAMES=slack,backup",
            )],
        ),
        // AWS without the credentials of AWS.
        (
            Reader::Config,
            vec![TOKEN, CHANNEL, FALLBACK, ROTATION, QUEUE, ("LEDGER_TABLE", "toban"), ("PARAMETERS_PATH", "/toban")],
            &[(
                "AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, but LEDGER_TABLE, QUEUE_URL and \
                 PARAMETERS_PATH are (on Lambda they are set), for example AWS_REGION=ap-northeast-1 AWS_ACCESS_KEY_ID=AKIA… \
                 AWS_SECRET_ACCESS_KEY=…",
                "AWS_REGION、AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY が設定されていませんが、LEDGER_TABLE、QUEUE_URL、PARAMETERS_PATH \
                 は設定されています (Lambda では自動で設定されます)。例: AWS_REGION=ap-northeast-1 AWS_ACCESS_KEY_ID=AKIA… \
                 AWS_SECRET_ACCESS_KEY=…",
            )],
        ),
        // The same when what is missing would have been a parameter.
        (
            Reader::Config,
            vec![CHANNEL, FALLBACK, ROTATION, ("PARAMETERS_PATH", "/toban"), AWS[1], AWS[2]],
            &[(
                "AWS_REGION is not set, but PARAMETERS_PATH is (on Lambda it is set), for example AWS_REGION=ap-northeast-1",
                "AWS_REGION が設定されていませんが、PARAMETERS_PATH は設定されています (Lambda では自動で設定されます)。例: \
                 AWS_REGION=ap-northeast-1",
            )],
        ),
        (
            Reader::Config,
            vec![CHANNEL, FALLBACK, ROTATION, ("PARAMETERS_PATH", "toban")],
            &[(
                "PARAMETERS_PATH is 'toban', which does not start with a slash, for example PARAMETERS_PATH=/toban",
                "PARAMETERS_PATH の値 'toban' は、スラッシュで始まっていません。例: PARAMETERS_PATH=/toban",
            )],
        ),
        (
            Reader::Config,
            [&[TOKEN, CHANNEL, FALLBACK, ROTATION, QUEUE, ("LEDGER_TABLE", "t"), ("AWS_ENDPOINT_URL", "x")], &AWS[..]]
                .concat(),
            &[(
                "AWS_ENDPOINT_URL is not an https:// URL (http:// is taken for this machine only), for example \
                 AWS_ENDPOINT_URL=http://127.0.0.1:5000",
                "AWS_ENDPOINT_URL は https:// の URL ではありません (http:// はこのマシンに対してだけ使えます)。例: \
                 AWS_ENDPOINT_URL=http://127.0.0.1:5000",
            )],
        ),
        (
            Reader::Config,
            [&[TOKEN, CHANNEL, FALLBACK, ROTATION, ("QUEUE_URL", "toban")], &AWS[..]].concat(),
            &[(
                "QUEUE_URL is not the URL of a FIFO queue, which ends in .fifo, for example \
                 QUEUE_URL=https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo",
                "QUEUE_URL は FIFO キューの URL ではありません (末尾は .fifo です)。例: \
                 QUEUE_URL=https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo",
            )],
        ),
        (
            Reader::Config,
            vec![TOKEN, CHANNEL, FALLBACK, ROTATION, ("NEWS_QUEUE_URL", "x"), ("PRESSES_QUEUE_URL", "y")],
            &[(
                "QUEUE_URL is not set, but NEWS_QUEUE_URL and PRESSES_QUEUE_URL are, for example \
                 QUEUE_URL=https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo",
                "QUEUE_URL が設定されていませんが、NEWS_QUEUE_URL と PRESSES_QUEUE_URL は設定されています。例: \
                 QUEUE_URL=https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo",
            )],
        ),
        // A rehearsal near a real chat.
        (
            Reader::Config,
            vec![TOKEN, CHANNEL, FALLBACK, ROTATION, ("TOBAN_LEASE", "5"), ("TOBAN_NOW", "2026-11-24T11:02:00+09:00")],
            &[(
                "TOBAN_LEASE and TOBAN_NOW are for rehearsals and need every API on this machine, but SLACK_BASE_URL is not, for \
                 example TOBAN_LEASE=5 TOBAN_NOW=2026-11-24T11:02:00+09:00",
                "TOBAN_LEASE と TOBAN_NOW は予行用で、すべての API がこのマシンにある必要がありますが、SLACK_BASE_URL \
                 は外を指しています。例: TOBAN_LEASE=5 TOBAN_NOW=2026-11-24T11:02:00+09:00",
            )],
        ),
        // A zone that is none, and what is in it.
        (
            Reader::Config,
            vec![TOKEN, CHANNEL, FALLBACK, ROTATION, ("TIME_ZONE", "JST"), ("BUSINESS_BREAK", "12:00-13:00")],
            &[(
                "TIME_ZONE is 'JST', which is not an IANA time zone, for example TIME_ZONE=Asia/Tokyo",
                "TIME_ZONE の値 'JST' は、IANA のタイムゾーンではありません。例: TIME_ZONE=Asia/Tokyo",
            )],
        ),
        (
            Reader::Config,
            vec![TOKEN, CHANNEL, FALLBACK, ROTATION, ("BUSINESS_HOURS", "10-17"), ("BUSINESS_BREAK", "12:00-13:00")],
            &[(
                "BUSINESS_HOURS is '10-17', which is not a span of one day (24:00 is a valid end), for example \
                 BUSINESS_HOURS=10:00-17:00",
                "BUSINESS_HOURS の値 '10-17' は、1 日の中の時間帯 (終わりは 24:00 まで) ではありません。例: BUSINESS_HOURS=10:00-17:00",
            )],
        ),
        // The settings of AWS on one machine.
        (
            Reader::Serve,
            vec![CHANNEL, FALLBACK, ROTATION, QUEUE, ("LEDGER_TABLE", "toban"), ("PARAMETERS_PATH", "/toban")],
            &[(
                "LEDGER_TABLE, QUEUE_URL and PARAMETERS_PATH are for the functions on AWS: toban serve keeps its state in \
                 STATE_FILE, and reads secrets from files (…_FILE); leave them out",
                "LEDGER_TABLE、QUEUE_URL、PARAMETERS_PATH は AWS の関数のための設定です。toban serve は状態を STATE_FILE に置き、\
                 秘密の値はファイル (…_FILE) からも読みます。外してください",
            )],
        ),
        // Buttons in a chat that is set up by half.
        (
            Reader::Serve,
            vec![
                TOKEN,
                FALLBACK,
                ROTATION,
                SECRET,
                ("SLACK_SIGNING_SECRETS", "a-long-random-secret"),
                ("BACKUP_WEBHOOK_URL", "https://hooks.example/x"),
            ],
            &[(
                "SLACK_CHANNEL is not set, but SLACK_BOT_TOKEN is, for example SLACK_CHANNEL=C0123456789",
                "SLACK_CHANNEL が設定されていませんが、SLACK_BOT_TOKEN は設定されています。例: SLACK_CHANNEL=C0123456789",
            )],
        ),
        // The watchdog, where neither the table nor the queue is.
        (
            Reader::Watchdog,
            vec![
                TOKEN,
                CHANNEL,
                FALLBACK,
                ("BACKUP_MODE", "both"),
                ("NEWS_QUEUE_URL", "x"),
                ("PAGERDUTY_API_KEY", "k"),
                ("PAGERDUTY_SERVICE_IDS", "PSVC1"),
            ],
            &[
                (
                    "BACKUP_MODE is 'both', which is not 'mirror' or 'failover', for example BACKUP_MODE=mirror",
                    "BACKUP_MODE の値 'both' は、'mirror' か 'failover' ではありません。例: BACKUP_MODE=mirror",
                ),
                (
                    "LEDGER_TABLE and QUEUE_URL are not set: the watchdog compares PagerDuty with the ledger and queues what is \
                     missing, for example LEDGER_TABLE=toban-Ledger \
                     QUEUE_URL=https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo",
                    "LEDGER_TABLE と QUEUE_URL が設定されていません。番犬は PagerDuty と台帳を比べ、届いていないものをキューに入れます。例: \
                     LEDGER_TABLE=toban-Ledger QUEUE_URL=https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo",
                ),
            ],
        ),
        // A key without its services, services without their key.
        (
            Reader::Watched,
            vec![("PAGERDUTY_API_KEY", "k")],
            &[(
                "PAGERDUTY_SERVICE_IDS is not set, but PAGERDUTY_API_KEY is: name the services that send webhooks here, for \
                 example PAGERDUTY_SERVICE_IDS=PABCDEF,PGHIJKL",
                "PAGERDUTY_SERVICE_IDS が設定されていませんが、PAGERDUTY_API_KEY は設定されています。ここに Webhook を送るサービスを書いてください。例: \
                 PAGERDUTY_SERVICE_IDS=PABCDEF,PGHIJKL",
            )],
        ),
        (
            Reader::Watched,
            vec![("PAGERDUTY_SERVICE_IDS", "PSVC1")],
            &[(
                "PAGERDUTY_API_KEY is not set: create one in PagerDuty (Integrations, API Access Keys); read-only is enough to read, \
                 for example PAGERDUTY_API_KEY=u+AbCdEfGhIjKlMnOpQr",
                "PAGERDUTY_API_KEY が設定されていません。PagerDuty (Integrations の API Access Keys) \
                 で作ってください。読むだけなら読み取り専用で足ります。例: PAGERDUTY_API_KEY=u+AbCdEfGhIjKlMnOpQr",
            )],
        ),
        // What acts in PagerDuty, without the key with which that is done.
        (
            Reader::Acting,
            vec![("SRE_ESCALATION_POLICY_ID", "PSRE001"), ("SLACK_ACTORS", "U0SATO0001")],
            &[(
                "SRE_ESCALATION_POLICY_ID and SLACK_ACTORS are set, but PAGERDUTY_ACTION_KEY is not: with that key and \
                 PAGERDUTY_ACT_AS toban acts in PagerDuty",
                "SRE_ESCALATION_POLICY_ID と SLACK_ACTORS が設定されていますが、PAGERDUTY_ACTION_KEY がありません。このキーと \
                 PAGERDUTY_ACT_AS があれば、toban が PagerDuty を操作します",
            )],
        ),
        (
            Reader::Acting,
            vec![
                ("PAGERDUTY_ACTION_KEY", "k"),
                ("PAGERDUTY_ACT_AS", "toban@example.com"),
                ("PAGERDUTY_SERVICE_IDS", "PSVC1"),
                ("SLACK_ACTORS", "sato,U0SATO0001,tanaka"),
            ],
            &[(
                "SLACK_ACTORS holds 'sato' and 'tanaka', which are neither the id of a person (U…, W…) nor of a user group (S…), \
                 for example SLACK_ACTORS=U0123456789,S0123456789",
                "SLACK_ACTORS の 'sato' と 'tanaka' は、人の ID (U…、W…) でもユーザーグループの ID (S…) でもありません。例: \
                 SLACK_ACTORS=U0123456789,S0123456789",
            )],
        ),
    ] {
        let said = said(reader, &variables);
        let lines: Vec<_> = said.iter().map(|fault| (fault.said(English), fault.said(Japanese))).collect();
        let lines: Vec<_> = lines.iter().map(|(en, ja)| (en.as_str(), ja.as_str())).collect();
        assert_eq!(lines, expected, "{reader:?} {variables:?}");
    }
}
