//! What the command line says by itself, in Japanese and in English, and the variables that it warns of.

use super::{text, toban};
use crate::kit::Function;
use crate::running::{WEBHOOK, data};

const JAPANESE: (&str, &str) = ("LANG", "ja_JP.UTF-8");
const MISNAMED: (&str, &str) = ("SLACK_CHANEL", "C0APPMON001");
const FOUND: &str =
    "SLACK_CHANEL is set, but there is no such setting and nobody reads it: did you mean SLACK_CHANNEL?";

#[test]
fn faults_and_failures_are_in_the_readers_language() {
    let english = "toban: the configuration has faults:\n  TIME_ZONE is 'x', which is not an IANA time zone, for example \
                   TIME_ZONE=Asia/Tokyo\n";
    let japanese = "toban: 設定に誤りがあります:\n  TIME_ZONE の値 'x' は、IANA のタイムゾーンではありません。例: \
                    TIME_ZONE=Asia/Tokyo\n";
    let zone = ("TIME_ZONE", "x");
    let file = data("pagerduty/v3/incident.triggered.json").to_string_lossy().into_owned();
    let desired = data("../../docs/pagerduty.example.toml").to_string_lossy().into_owned();
    for (arguments, variables, expected) in [
        (&["explain", file.as_str()][..], vec![zone], english),
        (&["explain", &file], vec![zone, JAPANESE], japanese),
        (&["explain", &file], vec![zone, JAPANESE, ("MESSAGE_LANGUAGE", "en")], english),
        (&["explain", &file], vec![zone, ("MESSAGE_LANGUAGE", "ja")], japanese),
        (&["remind", "morning"], vec![zone, JAPANESE], japanese),
        (
            &["explain", "--event", "01G"],
            vec![JAPANESE, ("STATE_FILE", "/nowhere/toban.db")],
            "toban: LEDGER_TABLE が設定されておらず、STATE_FILE のファイル (既定は toban.db) もありません。イベントがどうなったかは台帳とログにしか\
             残りません\n",
        ),
        (
            &["pagerduty", "plan", &desired],
            vec![JAPANESE],
            "toban: 設定に誤りがあります:\n  PAGERDUTY_API_KEY が設定されていません。PagerDuty (Integrations の API Access Keys) \
             で作ってください。計画だけなら読み取り専用で足ります。例: PAGERDUTY_API_KEY=u+AbCdEfGhIjKlMnOpQr\n",
        ),
        (
            &["mackerel", "check", "--application", "a", "--others", "b"],
            vec![JAPANESE, ("MACKEREL_API_KEY_FILE", "/dev/null")],
            "toban: MACKEREL_API_KEY_FILE: /dev/null は、もう一度読めるファイルではありません。パイプではなく、ふつうのファイルを指定してください\n",
        ),
    ] {
        let output = toban(arguments, &variables, b"");
        assert_eq!(
            (output.status.code(), text(&output.stderr).as_str()),
            (Some(1), expected),
            "{arguments:?} {variables:?}"
        );
    }
}

#[test]
fn what_explain_says_by_itself_is_in_the_readers_language() {
    let nothing = br#"{"messages": []}"#;
    for (variables, expected) in [
        (&[][..], "this is nobody's alert: nothing would be posted\n"),
        (&[JAPANESE], "誰かに知らせるアラートではないため、何も投稿されません\n"),
    ] {
        let output = toban(&["explain", "-"], variables, nothing);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), expected), "{variables:?}");
    }
    let body = std::fs::read(data("pagerduty/v3/incident.triggered.json")).expect("a body");
    let output = toban(&["explain", "-"], &[JAPANESE], &body);
    let printed = text(&output.stdout);
    assert_eq!(printed.lines().next(), Some("── triggered · イベント 01G42K1PH949F0AX2RA6TCIX64 ──"));
    assert!(printed.contains("\n→ 当番にメンション: 業務時間内です"), "{printed}");
}

#[test]
fn help_is_in_the_readers_language() {
    let output = toban(&["remind", "-h"], &[JAPANESE], b"");
    assert_eq!(
        (output.status.code(), text(&output.stdout).as_str()),
        (
            Some(0),
            "お知らせを、送られる形で表示する、または送る\n\n\
             使い方: toban remind [OPTIONS] <REMINDER>\n\n\
             引数:\n  \
             <REMINDER>  どちらのお知らせか: morning (今日の当番へ)、evening (次の営業日の当番へ)\n\n\
             オプション:\n      \
             --at <TIME>  この時刻として。例: '2026-11-24 11:02' [既定: 今]\n      \
             --post       実際に投稿する\n      \
             --yes        定刻より前でも、定刻の代わりに投稿する\n  \
             -h, --help       使い方を表示する (詳しくは --help)\n"
        )
    );
    for arguments in [&["--help"][..], &["help", "explain"], &["explain", "--help"], &["pagerduty", "plan", "--help"]] {
        let japanese = text(&toban(arguments, &[JAPANESE], b"").stdout);
        let english = text(&toban(arguments, &[], b"").stdout);
        assert!(japanese.contains("\n使い方: ") && !japanese.contains("Usage"), "{arguments:?}: {japanese}");
        assert!(english.contains("\nUsage: ") && !english.contains("使い方"), "{arguments:?}: {english}");
    }
    // What it reads is the same.
    let body = std::fs::read(data("mackerel/kinds/alert.host.json")).expect("a body");
    let output = toban(&["explain", "--from", "mackerel", "-", "--as", "slack"], &[JAPANESE], &body);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn a_time_without_a_zone_is_the_teams() {
    let body = std::fs::read(data("pagerduty/v3/incident.triggered.json")).expect("a body");
    for (variables, at, posted) in [
        (&[][..], "2026-11-24 16:59:59", "投稿 11/24(火) 16:59:59"),
        (&[], "2026-11-24T16:59", "投稿 11/24(火) 16:59:00"),
        (&[("TIME_ZONE", "Europe/London")], "2026-11-24 11:02", "投稿 11/24(火) 11:02:00"),
    ] {
        let output = toban(&["explain", "-", "--at", at], variables, &body);
        let printed = text(&output.stdout);
        assert!(printed.contains(posted), "{at}: {printed}{}", text(&output.stderr));
    }
    let reminded = |at: &str| text(&toban(&["remind", "evening", "--at", at], &[], b"").stdout);
    assert_eq!(reminded("2026-11-20 17:00"), reminded("2026-11-20T17:00:00+09:00"));
    assert!(reminded("2026-11-20 17:00").contains("11/24(火) の当番です"), "{}", reminded("2026-11-20 17:00"));
    let something = [("EVENTS_TOKENS", "a-long-token")];
    let output = toban(&["check", "--rotation-only", "--at", "2026-11-24 09:00"], &something, b"");
    assert!(text(&output.stdout).contains("11/24(火) 当番: 中村, 小林\n"), "{}", text(&output.stdout));
    let zones = [JAPANESE, ("TIME_ZONE", "America/New_York")];
    let output = toban(&["remind", "morning", "--at", "2026-03-08 02:30"], &zones, b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("America/New_York では時計が進められて飛ばされるため、その時刻はありません"),
        "{}",
        text(&output.stderr)
    );
}

/// What keeps nobody from going on is said before the rest.
#[test]
fn every_command_says_that_a_variable_resembles_a_setting() {
    let body = data("pagerduty/v3/incident.triggered.json").to_string_lossy().into_owned();
    let lines = |bytes: &[u8]| text(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    for arguments in [
        &["explain", body.as_str()][..],
        &["remind", "morning", "--at", "2026-11-24 10:00"],
        &["pagerduty", "plan", "/nowhere.toml"],
        &["mackerel", "check", "--application", "a", "--others", "b"],
    ] {
        let said = lines(&toban(arguments, &[MISNAMED], b"").stderr);
        assert_eq!(said.first(), Some(&format!("! {FOUND}")), "{arguments:?}");
        assert_eq!(lines(&toban(arguments, &[MISNAMED], b"").stdout), lines(&toban(arguments, &[], b"").stdout));
    }
    let checked = toban(&["check", "--rotation-only"], &[MISNAMED], b"");
    assert_eq!(lines(&checked.stdout).first(), Some(&format!("! settings  {FOUND}")));
    let checked = toban(&["check", "--rotation-only"], &[MISNAMED, JAPANESE], b"");
    assert_eq!(
        lines(&checked.stdout).first().map(String::as_str),
        Some(
            "! settings  SLACK_CHANEL という設定はなく、どこからも読まれません。SLACK_CHANNEL の間違いではありませんか"
        )
    );
}

/// An empty one is not set, and a value is never shown.
#[test]
fn only_the_names_of_variables_that_are_set_are_looked_at() {
    let body = data("pagerduty/v3/incident.triggered.json").to_string_lossy().into_owned();
    let said = |variables: &[(&str, &str)]| text(&toban(&["explain", &body], variables, b"").stderr);
    assert_eq!(said(&[("SLACK_BOT_TOEKN", "")]), "");
    assert_eq!(
        said(&[("SLACK_BOT_TOEKN", "xoxb-secret-1"), ("SLACK_BOT_TOKEN", "xoxb-secret-2")]),
        "! SLACK_BOT_TOEKN is set, but there is no such setting and nobody reads it: did you mean SLACK_BOT_TOKEN?\n"
    );
}

#[tokio::test]
async fn a_function_logs_it_once_and_starts_or_not_as_without_it() {
    let error = Function::init_error(WEBHOOK, &[MISNAMED, ("SLACK_BOT_TOKEN", "xoxb-1")]).await;
    assert_eq!(error.logs.matches(FOUND).count(), 1, "{}", error.logs);
    assert!(error.logs.contains("SLACK_CHANNEL and FALLBACK_MENTION_SLACK are not set"), "{}", error.logs);
}

#[cfg(feature = "serve")]
#[test]
fn serve_logs_it_and_says_in_japanese_that_nothing_is_set() {
    let output = toban(&["serve"], &[MISNAMED, JAPANESE], b"");
    let logged: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let logged: Vec<_> = logged.iter().map(|line| (&line["level"], &line["message"], &line["configuration"])).collect();
    assert_eq!(logged, [(&"ERROR".into(), &FOUND.into(), &true.into())]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        text(&output.stderr),
        "toban: 何も設定されていないため、知らせる相手がいません。アカウントなしで試すには `toban demo` を実行してください。\
         実際に使うには、少なくとも次を設定してください\n  \
         PAGERDUTY_WEBHOOK_SECRETS   PagerDuty の Webhook の署名の鍵\n  \
         SLACK_BOT_TOKEN             Slack アプリのトークン\n  \
         SLACK_CHANNEL               アラートを投稿するチャンネルの ID\n  \
         GOOGLE_SHEET_ID             当番表。GOOGLE_SERVICE_ACCOUNT_KEY も必要です。CSV ファイルなら ROTATION_FILE\n  \
         FALLBACK_MENTION_SLACK      当番が分からないときに知らせる相手\n\
         `toban serve --help` に説明が、docs/settings.ja.md にすべての設定があります。\n"
    );
}
