//! `toban check`: PagerDuty.

use super::{RELAY, World, about, extension, on_call, subscription};
use crate::kit::Account;
use crate::provision::Ran;
use serde_json::json;

/// Expects these lines, in English and in Japanese, besides those that are printed when all is well, and the exit code.
#[track_caller]
fn assert_reported(name: &str, en: &Ran, ja: &Ran, expected: &[(&str, &str)], code: i32) {
    let (in_english, in_japanese): (Vec<_>, Vec<_>) = expected.iter().copied().unzip();
    for (ran, expected, well) in [(en, in_english, super::WELL_EN), (ja, in_japanese, super::WELL_JA)] {
        let lines = about("pagerduty", ran);
        let other: Vec<_> = lines.iter().filter(|line| !well.contains(&format!("{line}\n"))).collect();
        assert_eq!(other, expected, "{name}");
        assert_eq!((ran.code, ran.err.as_str()), (Some(code), ""), "{name}: {}", ran.out);
    }
}

async fn check(name: &str, edit: fn(&mut Account), expected: &[(&str, &str)], code: i32) {
    let world = World::start().await;
    world.edit(edit);
    let en = world.check().await;
    let ja = world.run("ja", &["--url", RELAY]).await;
    assert_reported(name, &en, &ja, expected, code);
}

#[tokio::test]
async fn each_problem_of_the_webhook_is_reported_with_how_to_fix_it() {
    check(
        "none",
        |account| account.subscriptions.clear(),
        &[(
            "✗ pagerduty service \"Backlogアプリ\": it has no webhook, so nothing arrives: create one with toban pagerduty apply, or in \
             PagerDuty (Integrations → Generic Webhooks (v3))",
            "✗ pagerduty サービス \"Backlogアプリ\": Webhook がないため、何も届きません。toban pagerduty apply か、PagerDuty の Integrations \
             → Generic Webhooks (v3) で作ってください",
        )],
        1,
    )
    .await;
    check(
        "switched off",
        |account| account.subscriptions[0]["active"] = json!(false),
        &[(
            "✗ pagerduty service \"Backlogアプリ\": webhook PSUB1 is switched off: switch it on in PagerDuty (Integrations → Generic \
             Webhooks (v3))",
            "✗ pagerduty サービス \"Backlogアプリ\": Webhook PSUB1 は止められています。PagerDuty の Integrations → Generic Webhooks (v3) \
             で有効にしてください",
        )],
        1,
    )
    .await;
    check(
        "turned off",
        |account| account.subscriptions[0]["delivery_method"]["temporarily_disabled"] = json!(true),
        &[(
            "✗ pagerduty service \"Backlogアプリ\": PagerDuty has turned webhook PSUB1 off for a day, after giving up on three \
             deliveries: fix what the relay's log says, then switch it on in PagerDuty (Integrations → Generic Webhooks (v3))",
            "✗ pagerduty サービス \"Backlogアプリ\": Webhook PSUB1 は、3回続けて届けられなかったため PagerDuty に1日止められています。\
             リレーのログで原因を直してから、PagerDuty の Integrations → Generic Webhooks (v3) で有効にしてください",
        )],
        1,
    )
    .await;
    check(
        "elsewhere",
        |account| {
            account.subscriptions[0]["delivery_method"]["url"] = json!("https://relay.example.com/dev/pagerduty?token=s3cret");
            let other = "https://user:s3cret@hooks.example.org/services/s3cret";
            account.subscriptions.push(subscription("PSUB2", other, json!({"type": "account_reference"})));
        },
        &[(
            "✗ pagerduty service \"Backlogアプリ\": its webhook delivers to https://relay.example.com/dev/pagerduty, \
             https://hooks.example.org/…, not to https://relay.example.com/prod/pagerduty: a URL cannot be changed, so \
             create another webhook (toban pagerduty apply), or give the right --url",
            "✗ pagerduty サービス \"Backlogアプリ\": Webhook の届け先は https://relay.example.com/dev/pagerduty、\
             https://hooks.example.org/… で、https://relay.example.com/prod/pagerduty ではありません。届け先は変更できないため、\
             新しく作る (toban pagerduty apply) か、正しい --url を指定してください",
        )],
        1,
    )
    .await;
    check(
        "events",
        |account| {
            let events = account.subscriptions[0]["events"].as_array_mut().expect("events");
            events.retain(|event| !["incident.resolved", "incident.annotated"].iter().any(|one| event == one));
        },
        &[
            (
                "✗ pagerduty service \"Backlogアプリ\": webhook PSUB1 does not deliver incident.resolved, and without that an incident \
                 is reported wrongly: add it in PagerDuty, or with toban pagerduty apply",
                "✗ pagerduty サービス \"Backlogアプリ\": Webhook PSUB1 では incident.resolved が届かず、インシデントを正しく伝えられません。\
                 PagerDuty か toban pagerduty apply で追加してください",
            ),
            (
                "! pagerduty service \"Backlogアプリ\": webhook PSUB1 does not deliver incident.annotated: add what you want in \
                 PagerDuty, or all with toban pagerduty apply",
                "! pagerduty サービス \"Backlogアプリ\": Webhook PSUB1 では incident.annotated が届きません。必要なら PagerDuty か toban \
                 pagerduty apply で追加してください",
            ),
        ],
        1,
    )
    .await;
}

#[tokio::test]
async fn v2_beside_v3_comes_twice_and_v2_alone_is_odd() {
    check(
        "both",
        |account| account.extensions.push(extension(RELAY)),
        &[(
            "✗ pagerduty service \"Backlogアプリ\": extension \"old relay\" and webhook PSUB1 both deliver here, so everything is \
             posted twice: disable the extension in PagerDuty",
            "✗ pagerduty サービス \"Backlogアプリ\": 拡張 \"old relay\" と Webhook PSUB1 の両方から届くため、すべて2回投稿されます。\
             PagerDuty で拡張を無効にしてください",
        )],
        1,
    )
    .await;
    check(
        "v2 alone",
        |account| {
            account.extensions.push(extension(RELAY));
            account.subscriptions.clear();
        },
        &[(
            "! pagerduty service \"Backlogアプリ\": only the v2 extension \"old relay\" delivers, and PagerDuty no longer supports \
             v2: create a v3 webhook (toban pagerduty apply), then disable the extension",
            "! pagerduty サービス \"Backlogアプリ\": 届くのは v2 の拡張 \"old relay\" からだけで、v2 のサポートは終わっています。v3 の \
             Webhook を作り (toban pagerduty apply)、この拡張を無効にしてください",
        )],
        0,
    )
    .await;
}

#[tokio::test]
async fn a_webhook_of_the_team_or_of_the_account_does_as_well() {
    for (filter, is_ours) in [
        (json!({"type": "account_reference"}), true),
        (json!({"type": "team_reference", "id": "PTEAM1"}), true),
        (json!({"type": "team_reference", "id": "PTEAM2"}), false),
        (json!({"type": "service_reference", "id": "PSVC2"}), false),
    ] {
        let world = World::start().await;
        world.edit(|account| {
            account.services[0]["teams"] = json!([{"id": "PTEAM1", "type": "team_reference", "summary": "Web"}]);
            account.subscriptions[0]["filter"] = filter.clone();
        });
        let ran = world.check().await;
        assert_eq!(ran.out.contains("it has no webhook"), !is_ours, "{filter}\n{}", ran.out);
        assert_eq!(ran.code, Some(i32::from(!is_ours)), "{filter}");
    }
}

#[tokio::test]
async fn the_account_is_read_to_its_last_page() {
    let world = World::start().await;
    world.edit(|account| {
        let ours = account.subscriptions.remove(0);
        let filter = json!({"type": "service_reference", "id": "PSVC2"});
        account.subscriptions = (0..120).map(|nth| subscription(&format!("PX{nth}"), RELAY, filter.clone())).collect();
        account.subscriptions.push(ours);
        let first = account.oncalls.remove(0);
        let times = [("2026-12-02T10:00", "2026-12-02T11:00")];
        account.oncalls.extend((0..120).map(|_| on_call("PSVC1EP", 1, "PSRE1", Some(times[0]))));
        account.oncalls.push(first);
    });
    let ran = world.check().await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), super::WELL_EN));
}

#[tokio::test]
async fn times_without_anybody_on_call_are_reported() {
    check(
        "nobody at night",
        |account| drop(account.oncalls.remove(0)),
        &[
            (
            "✗ pagerduty escalation policy \"Default of Backlogアプリ\": nobody is on call at some times, and PagerDuty creates \
             no incident for an alert that comes then: Tue Dec 1 17:00 – Wed Dec 2 10:00, Wed Dec 2 17:00 – Thu Dec 3 10:00, Thu Dec \
             3 17:00 – Fri Dec 4 10:00 and 2 more; add somebody who is always on call as the last level",
            "✗ pagerduty エスカレーションポリシー \"Default of Backlogアプリ\": 誰もオンコールでない時間があり、その間のアラートは\
             インシデントになりません: 12/1(火) 17:00 – 12/2(水) 10:00、12/2(水) 17:00 – 12/3(木) 10:00、12/3(木) 17:00 – \
             12/4(金) 10:00 ほか 2 件。最後の段階に、常にオンコールの人を加えてください",
        ),
            (
                "! pagerduty escalation policy \"Default of Backlogアプリ\": only the dummy is on call at some times, and PagerDuty \
                 notifies nobody of an alert that comes then: Tue Dec 1 11:02 – Tue Dec 1 17:00, Wed Dec 2 10:00 – Wed Dec 2 17:00, Thu \
                 Dec 3 10:00 – Thu Dec 3 17:00 and 3 more; add somebody who is always on call as the last level",
                "! pagerduty エスカレーションポリシー \"Default of Backlogアプリ\": オンコールがダミーだけの時間があり、その間のアラートは \
                 PagerDuty からは誰にも知らされません: 12/1(火) 11:02 – 12/1(火) 17:00、12/2(水) 10:00 – 12/2(水) 17:00、12/3(木) \
                 10:00 – 12/3(木) 17:00 ほか 3 件。最後の段階に、常にオンコールの人を加えてください",
            ),
        ],
        1,
    )
    .await;
    check(
        "nobody at all",
        |account| account.oncalls.clear(),
        &[
            (
            "✗ pagerduty escalation policy \"Default of Backlogアプリ\": nobody is on call at some times, and PagerDuty creates \
             no incident for an alert that comes then: Tue Dec 1 11:02 – Tue Dec 8 11:02; add somebody who is always on call as the \
             last level",
            "✗ pagerduty エスカレーションポリシー \"Default of Backlogアプリ\": 誰もオンコールでない時間があり、その間のアラートは\
             インシデントになりません: 12/1(火) 11:02 – 12/8(火) 11:02。最後の段階に、常にオンコールの人を加えてください",
            ),
            (
                "· pagerduty escalation policy \"Default of Backlogアプリ\": nobody in IGNORED_ASSIGNEES is on call, so days off are \
                 not checked (if there is a dummy, name it there)",
                "· pagerduty エスカレーションポリシー \"Default of Backlogアプリ\": IGNORED_ASSIGNEES \
                 のユーザーは誰もオンコールにいないため、休日は確認していません (ダミーを使うなら、そこに設定してください)",
            ),
        ],
        1,
    )
    .await;
}

/// As a schedule made of shifts is told: with another type, with several people at once, and with times of nobody.
#[tokio::test]
async fn people_on_a_schedule_made_of_shifts_count_and_a_time_of_nobody_is_a_gap() {
    let shifts = |account: &mut Account, times: &[(&str, &str, &str)]| {
        account.oncalls.remove(0);
        for (user, start, end) in times {
            let mut one = on_call("PSVC1EP", 2, user, Some((start, end)));
            one["schedule"] = json!({"id": "PSHIFTS", "type": "schedule_v3_reference", "summary": "SRE"});
            if user.is_empty() {
                one["user"] = json!(null);
            }
            account.oncalls.push(one);
        }
    };
    let world = World::start().await;
    world.edit(|account| {
        let first = ("PSRE1", "2026-11-30T00:00", "2026-12-03T00:00");
        let alongside = ("PLEAD1", "2026-11-30T00:00", "2026-12-20T00:00");
        shifts(account, &[first, alongside, ("PSRE1", "2026-12-20T00:00", "2027-01-30T00:00")]);
    });
    let ran = world.check().await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), super::WELL_EN));
    let world = World::start().await;
    world.edit(|account| {
        let nobody = ("", "2026-12-03T00:00", "2026-12-03T09:00");
        let others = [("PSRE1", "2026-11-30T00:00", nobody.1), ("PSRE1", nobody.2, "2027-01-30T00:00")];
        shifts(account, &[others[0], nobody, others[1]]);
    });
    let en = world.check().await;
    let ja = world.run("ja", &["--url", RELAY]).await;
    let expected = (
        "✗ pagerduty escalation policy \"Default of Backlogアプリ\": nobody is on call at some times, and PagerDuty creates \
         no incident for an alert that comes then: Thu Dec 3 00:00 – Thu Dec 3 09:00; add somebody who is always on call as the \
         last level",
        "✗ pagerduty エスカレーションポリシー \"Default of Backlogアプリ\": 誰もオンコールでない時間があり、その間のアラートは\
         インシデントになりません: 12/3(木) 00:00 – 12/3(木) 09:00。最後の段階に、常にオンコールの人を加えてください",
    );
    assert_reported("a time of nobody", &en, &ja, &[expected], 1);
}

#[tokio::test]
async fn a_missing_override_is_reported() {
    check(
        "the dummy on a holiday",
        |account| {
            let day = account.oncalls.iter_mut().find(|one| one["start"] == "2026-12-29T01:00:00Z").expect("that day");
            day["user"] = json!({"id": "PDUMMY1", "type": "user_reference", "summary": "一次対応 (チャット)"});
        },
        &[(
            "✗ pagerduty escalation policy \"Default of Backlogアプリ\": the dummy is on call in working hours of days when nobody is \
             at work: Tue Dec 29 年末休業; override the schedule with a real person (toban pagerduty apply does)",
            "✗ pagerduty エスカレーションポリシー \"Default of Backlogアプリ\": 誰も出社しない休日の業務時間に、ダミーがオンコールです: \
             12/29(火) 年末休業。スケジュールの override で実際の人を入れてください (toban pagerduty apply が作ります)",
        )],
        1,
    )
    .await;
}

/// Its events come by EventBridge, so there is to be no webhook.
#[tokio::test]
async fn of_events_of_an_event_bus_no_webhook_is_missed() {
    let world = World::start().await;
    let world = World { settings: world.settings.clone().with("EVENTBRIDGE", "pagerduty"), ..world };
    let twice = (
        "! pagerduty service \"Backlogアプリ\": webhook PSUB1 delivers, and EventBridge may, too (EVENTBRIDGE): if its extension Amazon \
         EventBridge is on, everything is posted twice; then delete one of the two in PagerDuty",
        "! pagerduty サービス \"Backlogアプリ\": Webhook PSUB1 から届きます。EventBridge からも受け取る設定 (EVENTBRIDGE) なので、拡張 Amazon EventBridge \
         もあれば、すべて2回投稿されます。そのときは、PagerDuty でどちらかを削除してください",
    );
    assert_reported("both", &world.run("en", &[]).await, &world.run("ja", &[]).await, &[twice], 0);
    world.edit(|account| account.subscriptions.clear());
    let by_bus = (
        "· pagerduty service \"Backlogアプリ\": its events are taken from EventBridge (EVENTBRIDGE): whether its extension Amazon EventBridge \
         is on cannot be seen from here",
        "· pagerduty サービス \"Backlogアプリ\": イベントは EventBridge から受け取ります (EVENTBRIDGE)。PagerDuty の拡張 Amazon EventBridge \
         の設定は、ここからは確認できません",
    );
    assert_reported("none", &world.run("en", &[]).await, &world.run("ja", &[]).await, &[by_bus], 0);
}

#[tokio::test]
async fn a_missing_url_is_reported() {
    let world = World::start().await;
    let en = world.run("en", &[]).await;
    let ja = world.run("ja", &[]).await;
    let no_url = (
        "! pagerduty only the end (/pagerduty) of the URLs that webhooks deliver to was compared: give the relay's URL with --url (PagerDutyUrl, \
         which sam deploy prints)",
        "! pagerduty Webhook の届け先は末尾 (/pagerduty) だけを照合しました。--url にこのリレーのアドレス (sam deploy が表示する PagerDutyUrl) を指定してください",
    );
    assert_reported("no address", &en, &ja, &[no_url], 0);
    world.edit(|account| account.subscriptions[0]["delivery_method"]["url"] = json!("https://siem.example.com/s3cret"));
    let en = world.run("en", &[]).await;
    let ja = world.run("ja", &[]).await;
    let elsewhere = (
        "✗ pagerduty service \"Backlogアプリ\": its webhook delivers to https://siem.example.com/…, not to a URL that ends in \
         /pagerduty: a URL cannot be changed, so create another webhook (toban pagerduty apply), or give the right --url",
        "✗ pagerduty サービス \"Backlogアプリ\": Webhook の届け先は https://siem.example.com/… で、末尾が /pagerduty のアドレス \
         ではありません。届け先は変更できないため、新しく作る (toban pagerduty apply) か、正しい --url を指定してください",
    );
    assert_reported("somebody else's", &en, &ja, &[no_url, elsewhere], 1);
}

#[tokio::test]
async fn a_shared_policy_is_read_once_and_an_unknown_service_is_reported() {
    let world = World::start().await;
    world.edit(|account| {
        account.add_service("PSVC2", "Cacoo", "PSRE1");
        account.services[1]["escalation_policy"]["id"] = json!("PSVC1EP");
        let filter = json!({"type": "service_reference", "id": "PSVC2"});
        account.subscriptions.push(subscription("PSUB2", RELAY, filter));
    });
    let settings = world.settings.clone().with("PAGERDUTY_SERVICE_IDS", "PSVC1,PNOBODY,PSVC2,PSVC1");
    let world = World { settings, ..world };
    let en = world.check().await;
    assert_eq!(world.pagerduty.take_calls().iter().filter(|call| *call == "GET /oncalls").count(), 1);
    let ja = world.run("ja", &["--url", RELAY]).await;
    let expected = [
        (
            "✗ pagerduty there is no service PNOBODY: check PAGERDUTY_SERVICE_IDS (the end of a service's URL)",
            "✗ pagerduty サービス PNOBODY がありません。PAGERDUTY_SERVICE_IDS (サービスの URL の末尾) を確認してください",
        ),
        (
            "✓ pagerduty service \"Cacoo\": webhook PSUB2 is on and delivers every event that is needed",
            "✓ pagerduty サービス \"Cacoo\": Webhook PSUB2 は有効で、必要なイベントがすべて届きます",
        ),
    ];
    assert_reported("two services", &en, &ja, &expected, 1);
    assert_eq!(about("pagerduty", &en).len(), 5, "{}", en.out);
}

/// What was asked for was not done, so the exit code is no success.
#[tokio::test]
async fn a_url_that_cannot_be_compared_is_wrong() {
    let world = World::start().await;
    for missing in ["PAGERDUTY_API_KEY", "PAGERDUTY_SERVICE_IDS"] {
        let without = World { settings: world.settings.clone().with(missing, ""), ..World::start().await };
        for (language, expected, last) in [
            (
                "en",
                "✗ pagerduty the URL of --url cannot be compared without PAGERDUTY_API_KEY (read-only is enough) and \
                 PAGERDUTY_SERVICE_IDS: set both",
                "fix what is marked with ✗ and run this again",
            ),
            (
                "ja",
                "✗ pagerduty --url のアドレスを照合できません。PAGERDUTY_API_KEY (読み取り専用で十分) と PAGERDUTY_SERVICE_IDS を設定してください",
                "✗ の項目を直してから、もう一度実行してください",
            ),
        ] {
            let ran = without.run(language, &["--url", RELAY]).await;
            assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{missing}");
            assert_eq!(about("pagerduty", &ran), [expected], "{missing}");
            assert_eq!(ran.out.lines().last(), Some(last), "{missing}");
        }
    }
    assert_eq!(world.pagerduty.take_calls(), [""; 0]);
}
