//! `toban drill`, against everything that relays.

#[cfg(feature = "aws-tests")]
mod aws;

use crate::command_line::Demo;
use crate::kit::{Fault, Slack, Typetalk};
use crate::running::{PAIR, Settings};
use crate::serve::looking::toban;
use crate::serve::process::{Serving, State};
use chrono::{Days, FixedOffset, NaiveDate, Utc};
use regex::Regex;
use std::path::PathBuf;

/// Today in Tokyo: a drill's own time is the real one, and what is three days old is taken for a replay.
fn today() -> NaiveDate {
    Utc::now().with_timezone(&FixedOffset::east_opt(9 * 3_600).expect("an offset")).date_naive()
}

/// At three in the morning of today, with a rotation that has today.
fn at_night(name: &str) -> Settings {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("drill {name} {}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("it can be made");
    let file = folder.join("rotation.csv");
    let days = [today() - Days::new(1), today(), today() + Days::new(1)];
    let rows: String = days.iter().map(|day| format!("{day},佐藤,鈴木\n")).collect();
    std::fs::write(&file, format!("日付,メイン,サブ\n{rows}")).expect("it can be written");
    Settings::at(&format!("{}T03:00:00+09:00", today())).with("ROTATION_FILE", &file.to_string_lossy())
}

/// What was printed, with `#DR…`, `PORT` and `T` for what is different each time.
fn plain(printed: &str, port: u16) -> String {
    let port = printed.replace(&format!(":{port}/"), ":PORT/");
    let tags = Regex::new("#DR[0-9A-F]{6}").expect("a pattern").replace_all(&port, "#DR…").into_owned();
    Regex::new(r"[0-9]+\.[0-9][0-9] ").expect("a pattern").replace_all(&tags, "T ").into_owned()
}

#[tokio::test]
async fn through_serve_it_is_timed_up_to_each_chat() {
    for (language, arguments, expected, mentions, title, remark) in [
        (
            "ja",
            &["--mention"][..],
            "訓練 #DR… を http://127.0.0.1:PORT/pagerduty へ送ります。今日の当番がいれば、本当にメンションします\n\
             ✓ 応答 · T 秒後 · 202 queued\n\
             ✓ キュー · T 秒後 · worker が受け取り (worker の時計で)\n\
             ✓ チャット · T 秒後 · slack (primary)\n\
             ✓ チャット · T 秒後 · typetalk (backup)\n\
             ✓ 訓練を解決にしました\n",
            &PAIR[..],
            "【訓練】アラートが届くかどうかの確認",
            "🧪 これは訓練です。何もする必要はありません。",
        ),
        (
            "en",
            &[],
            "drill #DR… to http://127.0.0.1:PORT/pagerduty; nobody is mentioned\n\
             ✓ answer · after T s · 202 queued\n\
             ✓ queue · after T s · the worker had it, by its own clock\n\
             ✓ chat · after T s · slack (primary)\n\
             ✓ chat · after T s · typetalk (backup)\n\
             ✓ the drill is resolved\n",
            &[],
            "[Drill] Do alerts arrive?",
            "🧪 This is a drill: there is nothing to do.",
        ),
    ] {
        let (slack, typetalk) = (Slack::start().await, Typetalk::start().await);
        let state = State::new("drill");
        let settings = at_night(language).slack(&slack).typetalk(&typetalk).with("MESSAGE_LANGUAGE", language);
        let serving = Serving::start(&settings, &state).await;
        let url = format!("http://127.0.0.1:{}", serving.port);
        let arguments = [&["drill", "--url", &url], arguments].concat();
        let (code, printed, errors) = toban(&settings, &state, &arguments).await;
        let why: String = printed.lines().filter(|line| line.starts_with("  → ")).collect();
        let steps = printed.lines().filter(|line| !line.starts_with("  → ")).map(|line| format!("{line}\n"));
        assert_eq!(plain(&steps.collect::<String>(), serving.port), expected, "{errors}");
        assert_eq!(code, Some(0), "{errors}");
        assert!(why.contains(if mentions.is_empty() { "it is a drill" } else { "toban drill --mention" }), "{why}");
        let messages = slack.take();
        let [first, over] = &messages[..] else { panic!("{messages:?}") };
        assert_eq!(first.mentions, mentions);
        assert!(first.text.contains(title) && first.text.contains(remark), "{}", first.text);
        assert_eq!((&over.thread_ts, over.mentions.len()), (&Some(first.ts.clone()), 0));
        assert!(first.blocks.as_ref().is_none_or(|blocks| !blocks.to_string().contains("button")), "{first:?}");
        let edited = slack.take_edits();
        assert!(edited.iter().all(|edit| edit.text.contains(title)), "{edited:?}");
        assert_eq!(typetalk.take().len(), 2);
        assert_eq!(serving.terminated().await, Some(0));
    }
}

/// It is said where the way ends.
#[tokio::test]
async fn it_is_said_where_the_way_ends() {
    let slack = Slack::start().await;
    let state = State::new("drill ends");
    let settings = at_night("ends").slack(&slack).with("MESSAGE_LANGUAGE", "en");
    let serving = Serving::start(&settings, &state).await;
    let url = format!("http://127.0.0.1:{}/pagerduty", serving.port);
    let beginning = "drill #DR… to http://127.0.0.1:PORT/pagerduty; nobody is mentioned\n";

    let wrong = settings.clone().with("PAGERDUTY_WEBHOOK_SECRETS", "somebody-elses");
    let (code, printed, _) = toban(&wrong, &state, &["drill", "--url", &url]).await;
    let refused =
        "✗ 503 not authenticated: the relay has another secret: set PAGERDUTY_WEBHOOK_SECRETS as it is there\n";
    assert_eq!((code, plain(&printed, serving.port)), (Some(1), format!("{beginning}{refused}")));

    let (code, printed, _) = toban(&settings, &state, &["drill", "--url", &format!("{url}/x")]).await;
    let nobody =
        "✗ 404 no such path; PagerDuty's is /pagerduty: there is no relay at that path: the URL ends with /pagerduty";
    assert!(printed.contains(nobody), "{printed}");
    assert_eq!(code, Some(1));

    let elsewhere = State::new("drill elsewhere");
    let (code, printed, _) = toban(&settings, &elsewhere, &["drill", "--url", &url]).await;
    let rest = "✓ answer · after T s · 202 queued\n\
                · what comes after the queue cannot be seen from here (it can with LEDGER_TABLE or STATE_FILE): look for #DR… in the channel\n\
                · the relay has taken that the drill is resolved, and posts it after the drill\n";
    assert_eq!((code, plain(&printed, serving.port)), (Some(0), format!("{beginning}{rest}")));
    slack.called(3).await;
    slack.take();

    slack.fail_always(Fault::ServerError);
    let (code, printed, errors) = toban(&settings, &state, &["drill", "--url", &url, "--wait", "3"]).await;
    let rest = "✓ answer · after T s · 202 queued\n\
                ✗ no chat had it within 3 s: the worker's log says why, and toban check what to do\n\
                · the relay has taken that the drill is resolved, and posts it after the drill\n";
    assert_eq!((code, plain(&printed, serving.port)), (Some(1), format!("{beginning}{rest}")));
    assert_eq!(errors, "… waiting until a chat has it\n");
    slack.heal();
    serving.kill().await;

    let (code, printed, _) = toban(&settings, &state, &["drill", "--url", &url]).await;
    assert!(printed.contains("✗ the relay does not answer: Connection refused"), "{printed}");
    assert_eq!(code, Some(1));
    let none = Settings(Vec::new());
    let (code, printed, _) = toban(&none, &elsewhere, &["drill", "--url", "https://relay.example.com/pagerduty"]).await;
    assert!(printed.starts_with("✗ PAGERDUTY_WEBHOOK_SECRETS is not set, so nothing can be signed"), "{printed}");
    assert_eq!(code, Some(1));
    let no_region = settings.clone().with("LEDGER_TABLE", "toban");
    let (code, _, errors) = toban(&no_region, &elsewhere, &["drill", "--url", &url]).await;
    assert!(
        errors.contains("AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, but LEDGER_TABLE is"),
        "{errors}"
    );
    assert_eq!(code, Some(1));
    slack.take();
    slack.take_edits();
}

/// The demo posts before it answers, and knows its own secret.
#[tokio::test]
async fn the_demo_takes_one_without_settings() {
    let mut demo = Demo::start(&["demo", "--port", "0"], &[]).await;
    let url = format!("http://127.0.0.1:{}", demo.port);
    let (none, state) = (Settings(Vec::new()), State::new("drill demo"));
    let (code, printed, _) = toban(&none, &state, &["drill", "--url", &url]).await;
    let expected = "drill #DR… to http://127.0.0.1:PORT/pagerduty; nobody is mentioned\n\
                    ✓ answer · after T s · 202 accepted\n\
                    ✓ chat · after T s · posted before the answer\n\
                    ✓ the drill is resolved\n";
    assert_eq!((code, plain(&printed, demo.port).as_str()), (Some(0), expected));
    assert!(demo.message().await.contains("【訓練】アラートが届くかどうかの確認\ntoban drill · 緊急度 高 · "));
    assert!(demo.message().await.starts_with("✅ 自動で解決"));
}
