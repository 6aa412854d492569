//! Buttons and commands on the page, which go the whole way of a real press.

use super::open_page;
use super::visitor::{Visitor, newest, posts};
use serde_json::{Value, json};

pub const SATO: &str = "U0SAMPLESATO";
pub const SUZUKI: &str = "U0SAMPLESUZU";
pub const GUEST: &str = "U0SAMPLEGUEST";
pub const UNLISTED: &str = "U0SAMPLEOTHER";
const INCIDENT: &str = "QPAGE000004812";

pub async fn press(visitor: &Visitor, who: &str, button: &str) {
    visitor.presses(json!({"do": "press", "who": who, "button": button, "incident": INCIDENT})).await;
}

async fn command(visitor: &Visitor, who: &str, text: &str) -> Vec<(String, String)> {
    visitor.presses(json!({"do": "command", "who": who, "text": text})).await;
    answers(&visitor.view().await, who)
}

/// What somebody alone was answered: to what, and the text with its buttons.
pub fn answers(view: &Value, who: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for asked in view["answers"].as_array().into_iter().flatten().filter(|asked| asked["who"] == who) {
        for answer in asked["answers"].as_array().into_iter().flatten() {
            let what = asked["what"].as_str().unwrap_or_default().to_owned();
            let buttons = buttons(answer).concat();
            found.push((what, answer["text"].as_str().unwrap_or_default().to_owned() + &buttons));
        }
    }
    found
}

/// The buttons of a message, as ` [label]`.
pub fn buttons(request: &Value) -> Vec<String> {
    let blocks = request["blocks"].as_array().into_iter().flatten();
    let elements = blocks.filter(|block| block["type"] == "actions").flat_map(|block| block["elements"].as_array());
    elements.flatten().map(|one| format!(" [{}]", one["text"]["text"].as_str().unwrap_or_default())).collect()
}

/// The last line of the first message, and its buttons.
pub fn first(view: &Value) -> String {
    let request = &view["chats"][0]["posts"][0]["request"];
    let text = request["text"].as_str().unwrap_or_default();
    text.lines().last().unwrap_or_default().to_owned() + &buttons(request).concat()
}

pub fn texts(view: &Value, chat: usize) -> Vec<String> {
    posts(view, chat).into_iter().skip(1).map(|(_, _, text)| text).collect()
}

pub fn answer(what: &str, text: &str) -> (String, String) {
    (what.to_owned(), text.to_owned())
}

#[tokio::test]
async fn whoever_presses_is_on_it_everywhere_until_they_hand_it_back() {
    let (_demo, visitor) = open_page().await;
    visitor.sends("v3/incident.triggered").await;
    assert_eq!(first(&visitor.view().await), "状態: 未対応 [対応します] [SRE を呼ぶ] [解決にする]");
    press(&visitor, SATO, "take").await;
    let view = visitor.view().await;
    assert_eq!(first(&view), "状態: 対応中 · 佐藤 · 11:02 から [対応します] [SRE を呼ぶ] [解決にする]");
    let taken = "👀 佐藤 が対応します · 11:02 · #PD4812\n\
                 SRE への自動の呼び出しは続きます。未解決なら 11:32 に呼ばれます。";
    // On Typetalk each message says what it is about.
    let on_typetalk = "👀 対応 #PD4812 HTTP 5xx が 5% を超えています\n👀 佐藤 が対応します · 11:02\n\
                       SRE への自動の呼び出しは続きます。未解決なら 11:32 に呼ばれます。";
    assert_eq!((texts(&view, 0), texts(&view, 1)), (vec![taken.to_owned()], vec![on_typetalk.to_owned()]));
    assert_eq!(view["chats"][0]["posts"][1]["thread"], view["chats"][0]["posts"][0]["id"]);
    assert_eq!(view["chats"][0]["posts"][0]["pings"], true, "nobody is pinged by the change");
    let entry = newest(&view);
    assert_eq!((&entry["what"], &entry["status"]), (&json!("POST /slack"), &json!(200)));
    assert_eq!(entry["tries"].as_array().map(Vec::len), Some(2), "{entry}");
    assert_eq!(answers(&view, SATO), []);

    // Pressed again, only they are asked; another one joins.
    press(&visitor, SATO, "take").await;
    press(&visitor, SUZUKI, "take").await;
    let view = visitor.view().await;
    assert_eq!(answers(&view, SATO), [answer("対応します", "すでにあなたが対応中です。 [離れる]")]);
    assert_eq!((answers(&view, SUZUKI), texts(&view, 0).len()), (vec![], 2));
    assert_eq!(first(&view), "状態: 対応中 · 佐藤、鈴木 · 11:02 から [対応します] [SRE を呼ぶ] [解決にする]");
    visitor.presses(json!({"do": "forward", "minutes": 5})).await;
    press(&visitor, SATO, "hand_back").await;
    let view = visitor.view().await;
    assert_eq!(first(&view), "状態: 対応中 · 鈴木 · 11:02 から [対応します] [SRE を呼ぶ] [解決にする]");
    assert_eq!(texts(&view, 0)[2], "👋 佐藤 が対応を離れました · 11:07 · #PD4812");
    press(&visitor, SATO, "hand_back").await;
    let last = answers(&visitor.view().await, SATO).pop();
    assert_eq!(last, Some(answer("離れる", "あなたは対応中になっていません。何もしていません。")));

    // It is over, and an old button does nothing.
    visitor.sends("v3/incident.resolved").await;
    let view = visitor.view().await;
    assert!(first(&view).starts_with("状態: 解決済み") && !first(&view).contains('['), "{}", first(&view));
    press(&visitor, SATO, "take").await;
    let last = answers(&visitor.view().await, SATO).pop().map(|(_, text)| text).unwrap_or_default();
    assert!(last.starts_with("もう解決しています (") && last.ends_with(" · 11:07)。何もしていません。"), "{last}");
    visitor.presses(json!({"do": "clear"})).await;
    assert_eq!(visitor.view().await["answers"], json!([]));
}

#[tokio::test]
async fn the_thread_says_when_sre_comes() {
    let (_demo, visitor) = open_page().await;
    let escalation = async |visitor: &Visitor| {
        press(visitor, SUZUKI, "take").await;
        let last = texts(&visitor.view().await, 0).pop().unwrap_or_default();
        last.lines().last().unwrap_or_default().to_owned()
    };
    visitor.presses(json!({"do": "language", "language": "en"})).await;
    visitor.sends("v3/incident.triggered").await;
    visitor.presses(json!({"do": "forward", "minutes": 10})).await;
    assert_eq!(escalation(&visitor).await, "Escalation goes on: SRE is called at 11:32 unless resolved.");
    // Half an hour after it began PagerDuty has called SRE.
    press(&visitor, SUZUKI, "hand_back").await;
    visitor.presses(json!({"do": "forward", "minutes": 20})).await;
    assert_eq!(escalation(&visitor).await, "SRE has been told already.");
    // At night it goes to SRE at once.
    visitor.presses(json!({"do": "clear"})).await;
    visitor.presses(json!({"do": "clock", "at": "2026-11-24T23:00"})).await;
    visitor.sends("v3/incident.triggered").await;
    assert_eq!(escalation(&visitor).await, "SRE has been told already.");
}

#[tokio::test]
async fn an_acknowledgement_by_a_developer_is_not_sres() {
    let (_demo, visitor) = open_page().await;
    let sample = include_str!("../../data/pagerduty/v3/incident.acknowledged.json");
    let acknowledged =
        sample.replace("PSRE001", "PNAKA01").replace("山田 太郎", "中村").replace("Q2YXK4P7T3M1NC", INCIDENT);
    visitor.sends("v3/incident.triggered").await;
    visitor.presses(json!({"do": "paste", "body": acknowledged})).await;
    press(&visitor, SATO, "take").await;
    let last = texts(&visitor.view().await, 0).pop().unwrap_or_default();
    assert_eq!(
        last,
        "👀 佐藤 が対応します · 11:02 · #PD4812\n\
         PagerDuty で対応開始になっているため、SRE への自動の呼び出しは止まっています。"
    );
}

#[tokio::test]
async fn strangers_are_told_so_and_nobody_else_is() {
    let (_demo, visitor) = open_page().await;
    visitor.sends("v3/incident.triggered").await;
    let before = posts(&visitor.view().await, 0);
    for who in [GUEST, UNLISTED] {
        press(&visitor, who, "take").await;
    }
    let view = visitor.view().await;
    assert_eq!(answers(&view, GUEST), [answer("対応します", "ゲストは使えません。SRE に頼んでください。")]);
    let refused = "押せるのは登録された人だけです。SRE に頼んでください。";
    assert_eq!(answers(&view, UNLISTED), [answer("対応します", refused)]);
    assert_eq!((posts(&view, 0), &newest(&view)["tries"]), (before, &json!([])));
    // A colleague may ask, a guest may not.
    assert_eq!(
        command(&visitor, GUEST, "").await.pop(),
        Some(answer("/toban", "ゲストは使えません。SRE に頼んでください。"))
    );
    let open = "🔓 未解決 1件\n#PD4812 HTTP 5xx が 5% を超えています\n 1分 · 対応者なし · SRE 11:32";
    assert_eq!(command(&visitor, UNLISTED, "未解決").await.pop(), Some(answer("/toban 未解決", open)));
    visitor.presses(json!({"do": "language", "language": "en"})).await;
    press(&visitor, GUEST, "take").await;
    assert_eq!(
        answers(&visitor.view().await, GUEST).pop(),
        Some(answer("I'm on it", "Guests cannot use this. Ask SRE."))
    );
    // Nobody else can be pressed as, and there are no other buttons.
    for (act, problem) in [
        (
            json!({"do": "press", "who": "U0SOMEBODY1", "button": "take", "incident": INCIDENT}),
            "there is no such person",
        ),
        (json!({"do": "command", "who": "", "text": ""}), "there is no such person"),
        (json!({"do": "press", "who": SATO, "button": "snooze", "incident": INCIDENT}), "there is no such button"),
    ] {
        let answer = visitor.press(act.clone()).await;
        assert_eq!((answer.status, &answer.json()["problem"]), (409, &json!(problem)), "{act}");
    }
    // An incident that nobody knows, or what is no id of one.
    for (incident, expected) in [("QNOBODYS", 1), ("<script>", 0)] {
        let before = answers(&visitor.view().await, SATO).len();
        visitor.presses(json!({"do": "press", "who": SATO, "button": "take", "incident": incident})).await;
        assert_eq!(answers(&visitor.view().await, SATO).len() - before, expected, "{incident}");
    }
}

#[tokio::test]
async fn commands_are_answered_in_both_languages() {
    let (_demo, visitor) = open_page().await;
    let today = "📟 今日 11/24(火) 17:00まで\n中村・小林\n次 11/25(水) 中村・小林\n";
    let on_call = command(&visitor, "U0SAMPLENAKA", "当番").await.remove(0).1;
    assert!(on_call.starts_with(today) && on_call.contains("\nあなた: 今日"), "{on_call}");
    visitor.sends("v3/incident.triggered").await;
    press(&visitor, SATO, "take").await;
    let why = command(&visitor, SATO, "なぜ #PD4812").await.remove(0).1;
    let why: Vec<_> = why.lines().collect();
    assert_eq!(why[..2], ["#PD4812 HTTP 5xx が 5% を超えています", "11:02 🔥 発生 · Slack · 投稿済み"]);
    assert!(why[2].starts_with(" → 当番にメンション: 業務時間内です"), "{why:?}");
    let help = "/toban — 当番と未解決\n/toban 当番 — 今日、次、あなたの番\n/toban 未解決 — 誰が対応中か\n\
                /toban なぜ #PD4812 — メンションの理由\n/toban 履歴 #PD4812 — 対応の経過、前回まで";
    assert_eq!(command(&visitor, SATO, "使い方").await.pop(), Some(answer("/toban 使い方", help)));
    visitor.presses(json!({"do": "language", "language": "en"})).await;
    let open = "🔓 1 open\n#PD4812 HTTP 5xx が 5% を超えています\n 1 min · 佐藤 is on it · SRE 11:32";
    assert_eq!(command(&visitor, SATO, " open ").await.pop(), Some(answer("/toban  open", open)));
    let unknown = command(&visitor, SATO, "<!channel> ack").await.pop().unwrap_or_default();
    assert!(unknown.1.starts_with("'&lt;!channel&gt; ack' is not known. What can be asked:\n"), "{unknown:?}");
    // Of each person the newest are shown.
    for _ in 0..10 {
        command(&visitor, SUZUKI, "help").await;
    }
    let view = visitor.view().await;
    assert_eq!((answers(&view, SUZUKI).len(), answers(&view, SATO).len()), (6, 4));
}

#[tokio::test]
async fn what_goes_wrong_with_a_press_is_said() {
    let (_demo, visitor) = open_page().await;
    visitor.sends("v3/incident.triggered").await;
    // It waited for three minutes.
    visitor.presses(json!({"do": "late", "on": true})).await;
    press(&visitor, SATO, "take").await;
    let too_old = "2分以内に処理できず、何もしていません。まだ必要なら、もう一度押してください。";
    assert_eq!(answers(&visitor.view().await, SATO), [answer("対応します", too_old)]);
    visitor.presses(json!({"do": "late", "on": false})).await;
    // Not from Slack.
    visitor.presses(json!({"do": "forged", "on": true})).await;
    press(&visitor, SATO, "take").await;
    let view = visitor.view().await;
    assert_eq!((&newest(&view)["status"], answers(&view, SATO).len()), (&json!(401), 1));
    visitor.presses(json!({"do": "forged", "on": false})).await;
    assert_eq!(first(&visitor.view().await), "状態: 未対応 [対応します] [SRE を呼ぶ] [解決にする]");
    // The chat is down: the other one is told at once, and this one later.
    visitor.presses(json!({"do": "primary_down", "on": true})).await;
    press(&visitor, SATO, "take").await;
    let view = visitor.view().await;
    let delayed = "受け付けました。チャットへの投稿が滞っているため、表示は遅れます。";
    assert_eq!(answers(&view, SATO).pop(), Some(answer("対応します", delayed)));
    assert_eq!((texts(&view, 0).len(), texts(&view, 1).len()), (0, 1));
    visitor.presses(json!({"do": "primary_down", "on": false})).await;
    let view = visitor.view().await;
    assert_eq!((texts(&view, 0).len(), texts(&view, 1).len()), (1, 1), "it comes again, once");
    let entry = newest(&view);
    assert_eq!(
        (&entry["what"], &entry["answer"], &entry["tries"][0]["post"]),
        (&json!("queue"), &json!("posted"), &json!(2))
    );
    assert_eq!(first(&view), "状態: 対応中 · 佐藤 · 11:02 から [対応します] [SRE を呼ぶ] [解決にする]");
    // The sheet cannot be read, so who may is not known.
    visitor.presses(json!({"do": "sheet", "access": "lost"})).await;
    press(&visitor, SUZUKI, "take").await;
    let not_checked = "いま、登録された人かどうかを確認できず、何もしていません。少し待って、もう一度押してください。急ぐときは SRE に直接連絡してください。";
    assert_eq!(answers(&visitor.view().await, SUZUKI), [answer("対応します", not_checked)]);
}
