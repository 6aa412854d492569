//! The plan, what is done of it, and what is in its way, in Japanese. The English texts are in the other files.

use super::{Fixture, Ran};
use crate::kit::{Account, PagerDuty, PagerDutyFault};
use serde_json::json;

const JA: (&str, &str) = ("MESSAGE_LANGUAGE", "ja");

/// A year of holidays, as a plan lists them.
const HOLIDAYS: &str = "      2026-12-29(火) 10:00-17:00 会社の休業日
      2026-12-30(水) 10:00-17:00 会社の休業日
      2027-01-01(金) 10:00-17:00 元日
      2027-01-11(月) 10:00-17:00 成人の日
      2027-02-11(木) 10:00-17:00 建国記念の日
      2027-02-23(火) 10:00-17:00 天皇誕生日
      2027-03-22(月) 10:00-17:00 振替休日
      2027-04-29(木) 10:00-17:00 昭和の日
      2027-05-03(月) 10:00-17:00 憲法記念日
      2027-05-04(火) 10:00-17:00 みどりの日
      2027-05-05(水) 10:00-17:00 こどもの日
      2027-07-19(月) 10:00-17:00 海の日
      2027-08-11(水) 10:00-17:00 山の日
      2027-09-20(月) 10:00-17:00 敬老の日
      2027-09-23(木) 10:00-17:00 秋分の日
      2027-10-11(月) 10:00-17:00 スポーツの日
      2027-11-03(水) 10:00-17:00 文化の日
      2027-11-23(火) 10:00-17:00 勤労感謝の日
";

const ALONGSIDE: &str = "https://api、サービス \"Backlogアプリ\"
first_response = \"alongside\": 業務時間内は、開発者と同時に SRE にも連絡します (もう一方の \"developers-first\" では、30 分後に SRE に連絡します)

";

const LEVELS: &str = "1. スケジュール \"toban: developers in working hours\" とユーザー \"佐伯 玲\"、30 分; 2. ユーザー \"佐伯 玲\"、30 分";

fn empty() -> String {
    format!(
        "{ALONGSIDE}\
+ 作成 ユーザー \"Chat first response\" <dummy@example.com>: limited_user、Asia/Tokyo。PagerDuty が招待のメールを送ります
+ 作成 スケジュール \"toban: developers in working hours\": \"Chat first response\"、月〜金 10:00-17:00 Asia/Tokyo
+ 作成 スケジュールの上書き: 休日 18 日に \"佐伯 玲\"
{HOLIDAYS}\
+ 作成 エスカレーションポリシー \"toban: developers, then SRE\": {LEVELS}
+ 作成 https://relay.example.com/prod/pagerduty への Webhook の購読。署名の鍵は一度だけ表示します
~ 変更 サービス \"Backlogアプリ\"
      エスカレーションポリシー: \"Default of Backlogアプリ\" → \"toban: developers, then SRE\"

変更は 6 件です
"
    )
}

fn nothing_to_do() -> String {
    format!(
        "{ALONGSIDE}\
= そのまま ユーザー \"Chat first response\" (PUSER0001)
= そのまま スケジュール \"toban: developers in working hours\"
= そのまま スケジュールの上書き: 休日 18 日に実際の人
= そのまま エスカレーションポリシー \"toban: developers, then SRE\"
= そのまま https://relay.example.com/prod/pagerduty への Webhook の購読
= そのまま サービス \"Backlogアプリ\"

することはありません
"
    )
}

impl Fixture {
    async fn in_japanese(&self, arguments: &[&str]) -> Ran {
        self.run(arguments, &[JA]).await
    }
}

fn ok(out: impl Into<String>) -> Ran {
    Ran { code: Some(0), out: out.into(), err: String::new() }
}

#[tokio::test]
async fn a_plan_and_an_apply() {
    let fixture = Fixture::start().await;
    let hint = "まだ何も変更していません。実行するには: toban pagerduty apply desired.toml\n";
    assert_eq!(fixture.in_japanese(&["plan"]).await, ok(empty() + hint));
    let applied = fixture.in_japanese(&["apply", "--yes"]).await;
    let expected = empty()
        + "✓ ユーザー \"Chat first response\" を作成しました (PUSER0001)
  人ではないことをリレーに設定してください: IGNORED_ASSIGNEES=PUSER0001
✓ スケジュール \"toban: developers in working hours\" を作成しました (PSCHED0002)
✓ スケジュールの上書きを 18 件作成しました
✓ エスカレーションポリシー \"toban: developers, then SRE\" を作成しました (PPOLICY0022)
  新しい購読の署名の鍵です。表示するのはこの一度だけです。リレーの PAGERDUTY_WEBHOOK_SECRETS に設定してください (すでにあれば、\
コンマの後に):

      signing-secret-of-PSUB0025==

✓ https://relay.example.com/prod/pagerduty への Webhook の購読を作成しました (PSUB0025)
✓ サービス \"Backlogアプリ\" のエスカレーションポリシーを \"toban: developers, then SRE\" にしました
完了しました
";
    assert_eq!(applied, ok(expected));
    assert_eq!(fixture.in_japanese(&["plan"]).await, ok(nothing_to_do()));
    // Without a setting for messages it is the terminal's language.
    assert_eq!(fixture.run(&["plan"], &[("LANG", "ja_JP.UTF-8")]).await, ok(nothing_to_do()));
    let asked = Fixture::start().await.in_japanese(&["apply"]).await;
    let nobody = "toban: 確認を求める端末がありません。計画を読んでから、--yes を付けて実行してください\n";
    assert_eq!(asked, Ran { code: Some(1), out: empty(), err: nobody.into() });
    let first = Fixture::start().await.with("first_response", "first_response = \"developers-first\"");
    let plan = first.in_japanese(&["plan"]).await;
    let heading = "first_response = \"developers-first\": 業務時間内は、30 分の間に誰も対応しなければ SRE に連絡します (もう一方の \
                   \"alongside\" では、すぐに SRE にも連絡します)";
    assert_eq!(plan.out.lines().nth(1), Some(heading));
}

fn everything_is_changed(account: &mut Account) {
    let schedule = &mut account.schedules[0];
    schedule["time_zone"] = json!("UTC");
    let layer = &mut schedule["schedule_layers"][0];
    layer["users"] = json!([{"user": {"id": "PLEAD1", "type": "user_reference"}}, {"user": {"id": "PGONE", "type": "user_reference"}}]);
    layer["rotation_turn_length_seconds"] = json!(43_200);
    layer["end"] = json!("2026-12-31T15:00:00Z");
    layer["restrictions"].as_array_mut().expect("a list").remove(2);
    layer["restrictions"][0]["start_time_of_day"] = json!("22:00:00");
    layer["restrictions"][0]["duration_seconds"] = json!(28_800);
    let mut other = layer.clone();
    other["id"] = json!("PNIGHT1");
    other["name"] = json!("night");
    schedule["schedule_layers"].as_array_mut().expect("a list").push(other);
    let targets =
        json!([{"id": "PSCHED0002", "type": "schedule_reference"}, {"id": "PLEAD1", "type": "user_reference"}]);
    account.policies[2]["escalation_rules"] = json!([{
        "escalation_delay_in_minutes": 5, "targets": targets,
        "escalation_rule_assignment_strategy": {"type": "round_robin"},
    }]);
    account.services[1]["escalation_policy"]["id"] = account.policies[2]["id"].clone();
    let mut copy = |id: &str, description: &str, url: &str| {
        let mut other = account.subscriptions[0].clone();
        other["id"] = json!(id);
        other["description"] = json!(description);
        other["active"] = json!(description != "toban (nobody has its signing secret)");
        other["delivery_method"]["url"] = json!(url);
        account.subscriptions.push(other);
    };
    copy("PSUBOLD", "toban", "https://old.example.com/pagerduty");
    copy("PSUBNEW", "toban (nobody has its signing secret)", "https://relay.example.com/prod/pagerduty");
    let ours = &mut account.subscriptions[0];
    ours["active"] = json!(false);
    ours["delivery_method"]["temporarily_disabled"] = json!(true);
    let events = ours["events"].as_array_mut().expect("a list");
    events.retain(|event| event != "incident.triggered" && event != "incident.annotated");
    account.users[2]["name"] = json!("Taro Yamada");
    account.extensions.push(json!({
        "id": "PEXT1", "type": "extension", "name": "v2", "endpoint_url": "https://relay.example.com/prod/pagerduty",
        "extension_schema": {"id": "PJFWPEP", "type": "extension_schema_reference", "summary": "Generic V2 Webhook"},
        "extension_objects": [{"id": "PSVC1", "type": "service_reference"}],
    }));
}

#[tokio::test]
async fn what_has_changed_and_what_is_left_alone() {
    let fixture = Fixture::applied().await;
    fixture.pagerduty.edit(everything_is_changed);
    let relay = "https://relay.example.com/prod/pagerduty";
    let expected = format!(
        "{ALONGSIDE}\
= そのまま ユーザー \"Taro Yamada\" (PUSER0001)
~ 変更 スケジュール \"toban: developers in working hours\"
      タイムゾーン: UTC → Asia/Tokyo
      オンコール: \"Lee Dā\"、PGONE → \"Taro Yamada\"
      時間: 月 22:00-翌日 06:00、火・木〜金 10:00-17:00 → 月〜金 10:00-17:00
      交代の間隔: 12 時間 → 7 日
      レイヤーの終わり: 2027-01-01(金) 00:00 → なし
= そのまま スケジュールの上書き: 休日 18 日に実際の人
~ 変更 エスカレーションポリシー \"toban: developers, then SRE\"
      段階: 1. スケジュール \"toban: developers in working hours\" かユーザー \"Lee Dā\"、5 分 → {LEVELS}
~ 変更 {relay} への Webhook の購読 PSUB0025
      イベント: 24 種類 (incident.triggered、incident.annotated がない) → 26 種類
      状態: 停止 → 有効
~ 再開 Webhook の購読 PSUB0025: PagerDuty が、3 件の送信をあきらめて 1 日止めています
= そのまま サービス \"Backlogアプリ\"
! アドレスが dummy@example.com のユーザーの名前は、\"Chat first response\" ではなく \"Taro Yamada\" です。人であれば dummy_email を\
直してください。toban はどのユーザーも変更しません
! スケジュールに、ほかのレイヤー \"night\" があります。toban は変更しません。要らなければ PagerDuty で終わらせてください
! エスカレーションポリシーの変更は、\"Backlogアプリ (staging)\" にも及びます
! Webhook の購読 PSUBOLD は \"toban\" という名前で、https://old.example.com/pagerduty に送っています。URL は変更できません。要らなく\
なったら PagerDuty で削除してください
! Webhook の購読 PSUBNEW からは一度も届いていません。前回の適用が、署名の鍵を渡す前に止まったためです。PagerDuty で削除してください
! 拡張 \"v2\" からも toban に届くため、すべてのイベントが 2 度投稿されます。購読が動くことを確かめてから、PagerDuty で無効にしてください

変更は 4 件です
"
    );
    let hint = "まだ何も変更していません。実行するには: toban pagerduty apply desired.toml\n";
    assert_eq!(fixture.in_japanese(&["plan"]).await, ok(expected.clone() + hint));
    fixture.pagerduty.edit(|account| {
        let users = &mut account.schedules[0]["schedule_layers"][1]["users"];
        users.as_array_mut().expect("a list").truncate(1);
    });
    let applied = fixture.in_japanese(&["apply", "--yes"]).await;
    let done = "✓ スケジュール \"toban: developers in working hours\" を変更しました
✓ エスカレーションポリシー \"toban: developers, then SRE\" を変更しました
✓ Webhook の購読を変更しました
✓ Webhook の購読を再開しました
完了しました
";
    assert_eq!(applied, ok(expected + done));
}

#[tokio::test]
async fn the_other_differences() {
    for (edit, expected) in [
        (
            (|account: &mut Account| account.schedules[0]["schedule_layers"][0]["end"] = json!("2026-11-20T00:00:00Z"))
                as fn(&mut Account),
            "      有効なレイヤー: なし → 月〜金 10:00-17:00",
        ),
        (
            |account| account.schedules[0]["schedule_layers"][0]["restrictions"] = json!([]),
            "      時間: 常に → 月〜金 10:00-17:00",
        ),
        (
            |account| {
                account.schedules[0]["schedule_layers"][0]["restrictions"] = json!([
                    {"type": "daily_restriction", "start_time_of_day": "00:00:00", "duration_seconds": 86_399},
                ]);
            },
            "      時間: 毎日 00:00-23:59 → 月〜金 10:00-17:00",
        ),
        (
            |account| account.schedules[0]["schedule_layers"][0]["rotation_turn_length_seconds"] = json!(3_601),
            "      交代の間隔: 3601 秒 → 7 日",
        ),
        (
            |account| account.subscriptions[0]["description"] = json!("toban (nobody has its signing secret)"),
            "      説明: \"toban (nobody has its signing secret)\" → \"toban\"",
        ),
        (
            |account| {
                let mut copy = account.subscriptions[0].clone();
                copy["id"] = json!("PSUBTWO");
                account.subscriptions.push(copy);
            },
            "! Webhook の購読 PSUB0025 からも toban に届きます。どちらかを PagerDuty で削除してください",
        ),
    ] {
        let fixture = Fixture::applied().await;
        fixture.pagerduty.edit(edit);
        let plan = fixture.in_japanese(&["plan"]).await;
        let lines: Vec<_> = plan.out.lines().filter(|line| line.starts_with([' ', '!'])).collect();
        assert_eq!(lines, [expected], "{plan:?}");
    }
    let lines = "sre_schedule = \"SRE primary\"\nsre_on_holidays = \"sre@example.com\"";
    let fixture = Fixture::start().await.with("sre_user", lines);
    fixture.pagerduty.edit(|account| account.add_shift_schedule("PSHIFTS", "SRE primary", &[]));
    let plan = fixture.in_japanese(&["plan"]).await;
    let gaps = "! これから 1 週間に、SRE のスケジュールで誰もオンコールでない時間が 1 回あります。最初は 2026-11-24(火) 11:02 から \
                2026-12-01(火) 11:02 までです。ポリシーの誰もオンコールでない間のアラートからは、PagerDuty がインシデントを作りません";
    assert_eq!(plan.out.lines().filter(|line| line.starts_with('!')).collect::<Vec<_>>(), [gaps]);
    let plan = fixture.run(&["plan"], &[JA, ("HOLIDAYS_FILE", "/nowhere/holidays.csv")]).await;
    let first = plan.out.lines().next().unwrap_or_default();
    assert_eq!(
        first,
        "! 会社の休業日は、ファイルに書いたものだけになります: HOLIDAYS_FILE の holidays.csv がありません。場所を直してください"
    );
}

#[tokio::test]
async fn what_is_in_the_way() {
    const HEADING: &str = "toban: PagerDuty がファイルの前提と違います:\n";
    let missing = Fixture::start()
        .await
        .with("service", "service = \"backlogアプリ\"")
        .with("sre_user", "sre_schedule = \"SRE primary\"\nsre_on_holidays = \"nobody@example.com\"");
    let twice = Fixture::applied().await;
    twice.pagerduty.edit(|account| {
        account.users[0]["role"] = json!("read_only_user");
        account.users[2]["role"] = json!("read_only_limited_user");
        account.add_service("PSVC9", "Backlogアプリ", "PLEAD1");
        account.add_shift_schedule("PTWICE", "toban: developers in working hours", &[]);
        account.add_policy("PTWICE2", "toban: developers, then SRE", "PLEAD1");
    });
    let upgraded = Fixture::applied().await;
    upgraded.pagerduty.edit(|account| account.upgrade_schedule("PSCHED0002"));
    for (fixture, expected) in [
        (
            &missing,
            "  サービス \"backlogアプリ\" がありません。先に PagerDuty で、アラートの送り手とともに作るか、`service` を直してください
  `sre_on_holidays` のメールアドレスのユーザーがいません。`sre_on_holidays` を直すか、先に PagerDuty でユーザーを作ってください
  スケジュール \"SRE primary\" がありません。`sre_schedule` を直すか、先に PagerDuty で作ってください
",
        ),
        (
            &twice,
            "  サービス \"Backlogアプリ\" が 2 個あります。1 つを残して、名前を変えてください
  ユーザー \"Chat first response\" の権限は read_only_limited_user です。ステークホルダーはオンコールになれません。ほかの権限にしてください
  ユーザー \"佐伯 玲\" の権限は read_only_user です。ステークホルダーはオンコールになれません。ほかのユーザーを指定してください
  スケジュール \"toban: developers in working hours\" が 2 個あります (レイヤー形式 1 個、シフト形式 1 個)。1 つを残して、名前を変えてください
  エスカレーションポリシー \"toban: developers, then SRE\" が 2 個あります。1 つを残して、名前を変えてください
",
        ),
        (
            &upgraded,
            "  スケジュール \"toban: developers in working hours\" はシフト形式ですが、toban が書き込めるのはレイヤー形式だけです。ファイルの \
             `schedule` を別の名前にしてください。どのエスカレーションポリシーからも使われなくなれば、古いほうは PagerDuty で削除できます
",
        ),
    ] {
        for arguments in [&["plan"][..], &["apply", "--yes"]] {
            let ran = fixture.in_japanese(arguments).await;
            assert_eq!(ran, Ran { code: Some(1), out: String::new(), err: format!("{HEADING}{expected}") });
        }
    }
    missing.pagerduty.fail_call("GET /v3/schedules", PagerDutyFault::Forbidden);
    let refused = missing.in_japanese(&["plan"]).await.err;
    let why = "  スケジュール \"SRE primary\" がありません (シフト形式のものは PagerDuty が一覧を返しません: HTTP 403: Access \
               Denied)。`sre_schedule` を直すか、先に PagerDuty で作ってください";
    assert_eq!(refused.lines().last(), Some(why));
    let fixture = Fixture::start().await;
    fixture.pagerduty.fail_call("GET /v3/schedules", PagerDutyFault::Reset);
    let unread = "toban: PagerDuty から読み取れません (スケジュール): PagerDuty から使える応答がなく (the connection broke)、実行されたか\
                  どうか分かりません\n";
    assert_eq!(fixture.in_japanese(&["plan"]).await.err, unread);
    let without = fixture.run(&["plan"], &[JA, ("PAGERDUTY_API_KEY", "")]).await;
    assert_eq!(without.out, "desired.toml に誤りはありません。PagerDuty にはまだ問い合わせていません\n");
}

#[tokio::test]
async fn an_apply_that_stops() {
    let relay = "https://relay.example.com/prod/pagerduty";
    for (nth, fault, expected) in [
        (
            1,
            PagerDutyFault::Forbidden,
            "✗ 作成 スケジュール \"toban: developers in working hours\": \"Chat first response\"、月〜金 10:00-17:00 Asia/Tokyo: \
             この鍵の権限では PagerDuty が許可しません (HTTP 403: Access Denied)。計画だけなら読み取り専用で足りますが、適用するときの \
             PAGERDUTY_API_KEY には、すべての権限が必要です\n6 件の変更のうち 1 件が済みました。もう一度実行すると、比べ直して続きから\
             始めます\n"
                .to_owned(),
        ),
        (
            4,
            PagerDutyFault::Reset,
            format!(
                "✗ 作成 {relay} への Webhook の購読。署名の鍵は一度だけ表示します: PagerDuty から使える応答がなく (the connection \
                 broke)、実行されたかどうか分かりません。購読が作成されていても、そこからは届かず、署名の鍵は失われています。もう一度実行\
                 すると、別の購読を作り、削除すべきものを示します\n6 件の変更のうち 4 件が済みました。もう一度実行すると、比べ直して続きから\
                 始めます\n"
            ),
        ),
        (
            5,
            PagerDutyFault::ServerError,
            format!(
                "✗ 作成 {relay} への Webhook の購読。署名の鍵は一度だけ表示します: PagerDuty から使える応答がなく (HTTP 500: An internal \
                 error has occurred.)、実行されたかどうか分かりません。購読 PSUB0025 は作成しましたが、まだ届きません。もう一度実行すると、\
                 別の鍵の購読を作るので、上の鍵は使えなくなります\n6 件の変更のうち 4 件が済みました。もう一度実行すると、比べ直して続きから\
                 始めます\n"
            ),
        ),
    ] {
        let fixture = Fixture::start().await;
        fixture.pagerduty.fail_write_after(nth, fault);
        let ran = fixture.in_japanese(&["apply", "--yes"]).await;
        assert!(ran.code == Some(1) && ran.out.ends_with(&expected), "{expected} is not the end of\n{}", ran.out);
    }
    let fixture = Fixture::start().await;
    fixture.pagerduty.edit(|account| account.unlisted_schedule = Some("toban: developers in working hours"));
    let ran = fixture.in_japanese(&["apply", "--yes"]).await;
    let taken = "PagerDuty に断られました: HTTP 400: Invalid Input Provided: Name has already been taken。その名前かアドレスのものがすでに\
                 ありますが、一覧にはありませんでした。作られたばかりか、この鍵では見えないものです。ファイルで別の名前を指定してください\n";
    assert!(ran.out.contains(taken), "{}", ran.out);
    let read_only = fixture.run(&["plan"], &[JA, ("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY)]).await;
    assert_eq!(read_only.code, Some(0), "{read_only:?}");
}
