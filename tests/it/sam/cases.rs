//! Each file of `events/`: the answer, and what is posted.

use serde_json::{Value, json};

pub struct Case {
    pub file: &'static str,
    /// Its name in template.yaml.
    pub function: &'static str,
    pub now: &'static str,
    pub answer: Value,
    /// Every message, whole.
    pub says: Vec<&'static str>,
}

const WEBHOOK: &str = "WebhookFunction";
const WORKER: &str = "WorkerFunction";
const REMINDER: &str = "ReminderFunction";
const WATCHDOG: &str = "WatchdogFunction";

/// When the webhook's events reached the gateway: a Tuesday, in hours.
const TUESDAY: &str = "2026-11-24T11:02:01+09:00";

const TRIGGERED: &str = "<@U0SATO0001> <@U0SUZUKI01>\n\
    🔥 発生 #PD4812 HTTP 5xx が 5% を超えています\n\
    Mackerel Backlogアプリ · 緊急度 高 · P2 · 11:02\n\
    意味: アプリケーションがエラーを返しています\n\
    手順: <https://wiki.example.com/runbooks/http-5xx|プロセス再起動 ↗> · \
    <https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>";
const ACKNOWLEDGED: &str = "👀 対応開始 #PD4812 HTTP 5xx が 5% を超えています\n\
    山田 太郎 による · 11:02\n\
    <https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>";

pub fn cases() -> Vec<Case> {
    let mut cases = webhook();
    cases.extend(worker());
    cases.extend(reminder());
    cases.push(Case {
        file: "watchdog-at-night.json",
        function: WATCHDOG,
        now: "2026-11-24T03:20:00+09:00",
        answer: json!({"is_due": false, "listed": 0, "missed": 0, "silenced": 0, "open": 0}),
        says: Vec::new(),
    });
    cases
}

fn webhook() -> Vec<Case> {
    let case = |file, answer, says| Case { file, function: WEBHOOK, now: TUESDAY, answer, says };
    vec![
        case("webhook-v3-triggered.json", two(202, "accepted"), vec![TRIGGERED]),
        case(
            "webhook-v2-triggered.json",
            two(202, "accepted"),
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 🔥 発生 #PD4813 バッチが30分以上遅れています\n\
                 Mackerel Wikiアプリ · 緊急度 高 · P3 · 11:02\n\
                 意味: 夜間バッチが終わっていません\n\
                 <https://example.pagerduty.com/incidents/Q0V2PD4813AAAA|PagerDuty ↗>",
            ],
        ),
        case("webhook-base64.json", two(202, "accepted"), vec![ACKNOWLEDGED]),
        case(
            "webhook-function-url.json",
            two(202, "accepted"),
            vec![
                "✅ 解決 #PD4812 HTTP 5xx が 5% を超えています\n\
                 佐藤 健 による · 11:02\n\
                 <https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>",
            ],
        ),
        case(
            "webhook-rest-api.json",
            one(202, "accepted"),
            vec![
                "📣 エスカレーション #PD4812 HTTP 5xx が 5% を超えています\n\
                 自動 · → 山田 太郎 · 11:02\n\
                 意味: アプリケーションがエラーを返しています\n\
                 手順: <https://wiki.example.com/runbooks/http-5xx|プロセス再起動 ↗> · \
                 <https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>",
            ],
        ),
        case(
            "webhook-unreadable.json",
            two(202, "accepted"),
            vec![
                "⚠️ PagerDuty からの通知を読み取れませんでした (ID aaaaaaaa-0000-4000-8000-000000000001)。\
                 PagerDuty を確認してください。理由: 内容が想定した形式ではありません。",
            ],
        ),
        case(
            "webhook-mackerel.json",
            two(202, "accepted"),
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 🔥 発生 #MKgCZ8Xy loadavg5\n\
                 Backlogアプリ app01 · 緊急度 高 · loadavg5 7.26 &gt; 5 · CRITICAL · 11:02\n\
                 > Java のスレッドダンプを取ってから再起動する\n\n\
                 <https://mackerel.io/orgs/nulab/alerts/2bj6TgCZ8Xy|Mackerel ↗>",
            ],
        ),
        case(
            "webhook-mackerel-sample.json",
            two(202, "accepted"),
            vec!["🏓 Mackerel からの接続テスト\n11:02\n> Sample Notification from Mackerel"],
        ),
        case(
            "webhook-jenkins.json",
            two(202, "accepted"),
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 ❌ 対応ジョブが失敗 #PD4812 restart-app (42)\n\
                 HOST = app01 · 11:02 (所要1分)\n\
                 <https://jenkins.example.com/job/restart-app/42/|Jenkins ↗>",
            ],
        ),
        case(
            "webhook-events.json",
            two(202, "accepted"),
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 🔥 発生 #EV3EE221 DISK CRITICAL - free space: / 1021 MB (4%)\n\
                 db1 · 緊急度 高 · 11:02\n\
                 <https://nagios.example.com/cgi-bin/extinfo.cgi?host=db1|詳細 ↗>",
            ],
        ),
        case(
            "webhook-events-form.json",
            two(202, "accepted"),
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 🔥 発生 #EV3EE221 the \"root\" disk is 96% full &amp; growing\n\
                 db1 · 緊急度 高 · 11:02\n\
                 > see below",
            ],
        ),
        case(
            "webhook-eventbridge-cloudwatch.json",
            Value::Null,
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 🔥 発生 #CW5B861F checkout-5xx\n\
                 checkout app/shop/50dc6c495c0c9188 · 緊急度 高 · 11:02\n\
                 > Threshold Crossed: 3 out of the last 3 datapoints [61.0 (24/11/26 02:01:00), 58.0 (24/11/26 02:00:00), \
                 44.0 (24/11/26 01:59:00)] were greater than the threshold (20.0) (minimum 3 datapoints for OK -&gt; ALARM \
                 transition).\n\
                 > The checkout answers with 5xx.\n\
                 > Runbook: see the page of the checkout.\n\n\
                 <https://ap-northeast-1.console.aws.amazon.com/cloudwatch/home?region=ap-northeast-1#alarmsV2:alarm/\
                 checkout-5xx|CloudWatch ↗>",
            ],
        ),
        case(
            "webhook-eventbridge-mackerel.json",
            Value::Null,
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 🔥 発生 #MKgCZ8Xy loadavg5\n\
                 Backlogアプリ app01 · 緊急度 高 · CRITICAL · 11:02\n\
                 > Java のスレッドダンプを取ってから再起動する\n\n\
                 <https://mackerel.io/orgs/nulab/alerts/2bj6TgCZ8Xy|Mackerel ↗>",
            ],
        ),
        case(
            "webhook-eventbridge-pagerduty.json",
            Value::Null,
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 🔥 発生 #PD4813 バッチが30分以上遅れています\n\
                 Mackerel Wikiアプリ · 緊急度 高 · P3 · 11:02\n\
                 意味: 夜間バッチが終わっていません\n\
                 <https://example.pagerduty.com/incidents/Q0V2PD4813AAAA|PagerDuty ↗>",
            ],
        ),
        case("webhook-eventbridge-another-account.json", Value::Null, vec![]),
        case("webhook-slack-off.json", two(404, "no such path; PagerDuty's is /pagerduty"), vec![]),
        case("webhook-wrong-token.json", unauthorized(), vec![]),
        case("webhook-too-old.json", two(202, "too old, not posted"), vec![]),
        case("webhook-wrong-signature.json", not_authenticated(), vec![]),
        case("webhook-wrong-method.json", two(405, "only POST is taken here"), vec![]),
        case("webhook-unknown-path.json", two(404, "no such path; PagerDuty's is /pagerduty"), vec![]),
        case("webhook-health.json", two(200, "ok"), vec![]),
    ]
}

fn worker() -> Vec<Case> {
    let case = |file, failed, says| Case { file, function: WORKER, now: TUESDAY, answer: failures(failed), says };
    vec![
        case("worker-one.json", &[], vec![TRIGGERED]),
        case(
            "worker-batch.json",
            &["059f36b4-87a3-44ab-83d2-000000000002", "059f36b4-87a3-44ab-83d2-000000000005"],
            vec![
                TRIGGERED,
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 🔥 発生 #PD4820 ディスクの空きが 10% を切りました\n\
                 Mackerel Backlogアプリ · 緊急度 高 · P2 · 11:02\n\
                 <https://example.pagerduty.com/incidents/Q3BBBB0000GRP2|PagerDuty ↗>",
                ACKNOWLEDGED,
            ],
        ),
    ]
}

fn reminder() -> Vec<Case> {
    let case = |file, now, reminder: &str, decision: &str, says| {
        let answer = json!({"reminder": reminder, "decision": decision});
        Case { file, function: REMINDER, now, answer, says }
    };
    let next_is_wednesday = "<@U0TAKAHA01> <@U0SUZUKI01>\n\
        🌙 11/25(水) の当番です。準備をお願いします。\n\
        マニュアル: https://wiki.example.com/on-call\n\
        事前チェックリスト: https://wiki.example.com/on-call#checklist";
    vec![
        case(
            "reminder-morning.json",
            "2026-11-24T10:00:01+09:00",
            "morning",
            "posted",
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 ☀️ 今日 11/24(火) の当番です (17:00 まで)。よろしくお願いします。",
            ],
        ),
        // A Friday before a Monday that is a holiday.
        case(
            "reminder-evening.json",
            "2026-11-20T17:00:01+09:00",
            "evening",
            "posted",
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 🌙 11/24(火) の当番です。準備をお願いします。\n\
                 マニュアル: https://wiki.example.com/on-call\n\
                 事前チェックリスト: https://wiki.example.com/on-call#checklist",
            ],
        ),
        case(
            "reminder-late.json",
            "2026-11-20T17:45:00+09:00",
            "evening",
            "posted",
            vec![
                "<@U0SATO0001> <@U0SUZUKI01>\n\
                 🌙 11/24(火) の当番です。準備をお願いします。\n\
                 ⏳ このお知らせは45分遅れています。\n\
                 マニュアル: https://wiki.example.com/on-call\n\
                 事前チェックリスト: https://wiki.example.com/on-call#checklist",
            ],
        ),
        case("reminder-day-off.json", "2026-11-23T10:00:01+09:00", "morning", "day_off", vec![]),
        case("reminder-by-rule.json", "2026-11-24T17:00:01+09:00", "evening", "posted", vec![next_is_wednesday]),
        case("reminder-by-hand.json", "2026-11-24T16:50:00+09:00", "evening", "posted", vec![next_is_wednesday]),
    ]
}

/// For HTTP APIs and function URLs.
fn two(status: u16, text: &str) -> Value {
    let mut answer = one(status, text);
    answer["cookies"] = json!([]);
    answer
}

/// For REST APIs, which refuse fields they do not know.
fn one(status: u16, text: &str) -> Value {
    json!({
        "statusCode": status,
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "multiValueHeaders": {},
        "body": text,
        "isBase64Encoded": false,
    })
}

fn not_authenticated() -> Value {
    let mut answer = two(503, "not authenticated");
    answer["headers"]["retry-after"] = "60".into();
    answer
}

fn unauthorized() -> Value {
    let mut answer = two(401, "not authenticated");
    answer["headers"]["www-authenticate"] = "Basic realm=\"toban\"".into();
    answer
}

/// The messages that are to be retried.
fn failures(ids: &[&str]) -> Value {
    let failures: Vec<_> = ids.iter().map(|id| json!({"itemIdentifier": id})).collect();
    json!({"batchItemFailures": failures})
}
