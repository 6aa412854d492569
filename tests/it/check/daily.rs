//! The daily check: what `toban check` finds wrong, told before the morning's reminder.

mod rotation;

use super::{World, on_call};
use crate::kit::{Account, Fault, Function, Invocation, PagerDuty, PagerDutyFault, Rows, Slack, Typetalk, Workspace};
use crate::provision::file;
use crate::running::{Settings, ledger_on};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use toban::ledger::{LEASE, Ledger};
use toban::relay::daily_check::{DailyCheck, DailyChecked, Patience, Untold};
use toban::relay::notices::Notices;
use toban::relay::tick::{Tick, Ticked};
use toban::setup::checks::watched;
use toban::setup::config::Reach;
use toban::setup::wiring::Base;
use toban::store::memory::Memory;

const TICK: &str = env!("CARGO_BIN_EXE_tick");

/// A team in order, with the daily check.
async fn team() -> World {
    let world = World::start().await;
    // Somebody has looked after New Year's day.
    let new_year: DateTime<Utc> = "2027-01-01T10:00:00+09:00".parse().expect("an instant");
    world.edit(|account| account.oncalls.retain(|one| one["start"] != json!(new_year)));
    let first: NaiveDate = "2026-12-01".parse().expect("a date");
    let rows = first.iter_days().take(60).map(|date| format!("{date},佐藤,鈴木\n")).collect::<String>();
    let rotation = file("rotation.csv", &format!("date,on-call,on-call\n{rows}"));
    let settings = world.settings.clone().with("ROTATION_FILE", &rotation);
    World { settings: settings.with("NOTICES", "check").with("MESSAGE_LANGUAGE", "en"), ..world }
}

/// As a process has it that was started with these settings.
fn daily_check(settings: &Settings, ledger: &Arc<Ledger>) -> DailyCheck {
    let http = toban::net::http::client().expect("a client");
    let lookup = |variable: &str| settings.value(variable);
    let base = Base::alone(http, Arc::new(Memory::default()), DateTime::UNIX_EPOCH);
    let config = base.settings(&lookup, Reach::Live).expect("settings without faults");
    let watched = watched(lookup).expect("settings without faults");
    let daily_check = base.notices(&config, watched).daily_check.expect("NOTICES names it");
    DailyCheck { ledger: ledger.clone(), ..daily_check }
}

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-12-{time}:00+09:00").parse().expect("an instant")
}

/// What a tick at this time does, by a process of its own.
async fn tick(world: &World, ledger: &Arc<Ledger>, time: &str) -> Result<Option<(usize, usize)>, Untold> {
    let checked = daily_check(&world.settings, ledger).run(at(time)).await?;
    Ok(checked.map(|DailyChecked { wrong, told }| (wrong, told)))
}

/// The topics of what the channel for reminders was told, a message each.
fn topics(slack: &Slack) -> Vec<Vec<String>> {
    let of = |line: &str| Some(line.strip_prefix("✗ ")?.split(':').next()?.to_owned());
    let messages = slack.take().into_iter().map(|message| {
        assert_eq!(message.channel.as_deref(), Some(Slack::REMINDER_CHANNEL));
        assert_eq!(message.mentions, [""; 0]);
        message.text.lines().filter_map(of).collect()
    });
    messages.collect()
}

fn without_bot(workspace: &mut Workspace) {
    workspace.channel(Slack::CHANNEL)["is_member"] = json!(false);
}

fn webhook_is(is_on: bool) -> impl FnOnce(&mut Account) {
    move |account| account.subscriptions[0]["active"] = json!(is_on)
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_teams_language() {
    let world = team().await;
    world.slack.edit(|workspace| {
        without_bot(workspace);
        workspace.users.retain(|user| user["id"] != "U0SATO0001");
    });
    world.edit(webhook_is(false));
    for (language, expected) in [
        (
            "en",
            "🔎 toban's daily check: 3 things are wrong.\n\
             ✗ slack: the bot is not in ＃app-monitoring (C0APPMON001) (SLACK_CHANNEL): type /invite ＠toban there\n\
             ✗ slack: nobody in the workspace has the ID of 佐藤 (U0SATO0001): fix slack in the members tab\n\
             ✗ pagerduty: service \"Backlogアプリ\": webhook PSUB1 is switched off: switch it on in PagerDuty (Integrations → \
             Generic Webhooks (v3))",
        ),
        (
            "ja",
            "🔎 toban の朝の点検: 直すところが3件あります。\n\
             ✗ slack: ＃app-monitoring (C0APPMON001) (SLACK_CHANNEL) にボットが参加していません。そこで /invite ＠toban を実行してください\n\
             ✗ slack: 佐藤 (U0SATO0001) という ID の人はワークスペースにいません。members シートの slack を直してください\n\
             ✗ pagerduty: サービス \"Backlogアプリ\": Webhook PSUB1 は止められています。PagerDuty の Integrations → Generic Webhooks \
             (v3) で有効にしてください",
        ),
    ] {
        let settings = world.settings.clone().with("MESSAGE_LANGUAGE", language);
        let check = daily_check(&settings, &Arc::new(Ledger::memory()));
        let checked = check.run(at("02T09:50")).await;
        assert_eq!(checked, Ok(Some(DailyChecked { wrong: 3, told: 3 })));
        let message = world.slack.expect_one();
        assert_eq!(message.text, expected);
        assert_eq!((message.channel.as_deref(), message.mentions.len()), (Some(Slack::REMINDER_CHANNEL), 0));
    }
}

/// What each day of two weeks brings: what is new on the day, everything on Mondays, nothing of what is in order.
#[tokio::test]
async fn each_finding_is_told_once_and_on_mondays() {
    type Change = fn(&World);
    let nothing: Change = |_| ();
    let world = team().await;
    let ledger = Arc::new(Ledger::memory());
    for (time, change, expected, told) in [
        // Not before its time; then once, and all is well.
        ("01T09:40", nothing, None, None),
        ("01T09:50", nothing, Some((0, 0)), None),
        ("01T09:55", (|world| world.slack.edit(without_bot)) as Change, None, None),
        ("01T10:00", nothing, None, None),
        ("02T09:50", |world| world.edit(webhook_is(false)), Some((2, 2)), Some(&["slack", "pagerduty"][..])),
        ("02T09:51", nothing, None, None),
        ("03T09:50", nothing, Some((2, 0)), None),
        ("04T09:50", |world| world.edit(webhook_is(true)), Some((1, 0)), None),
        // Saturday and Sunday.
        ("05T09:50", nothing, None, None),
        ("06T09:50", nothing, None, None),
        // Monday.
        ("07T09:50", |world| world.edit(webhook_is(false)), Some((2, 2)), Some(&["slack", "pagerduty"])),
        // What is fixed is forgotten, and told when it comes back.
        ("08T09:50", |world| world.edit(webhook_is(true)), Some((1, 0)), None),
        ("09T09:50", |world| world.edit(webhook_is(false)), Some((2, 1)), Some(&["pagerduty"])),
        ("10T09:50", nothing, Some((2, 0)), None),
        // The company's day off.
        ("29T09:50", nothing, None, None),
    ] {
        change(&world);
        let (before, asked) = (world.slack.calls(), world.pagerduty.calls());
        assert_eq!(tick(&world, &ledger, time).await, Ok(expected), "{time}");
        let told: Vec<_> = told.into_iter().collect();
        assert_eq!(topics(&world.slack), told, "{time}");
        if expected.is_none() {
            let calls = (world.slack.calls() - before, world.pagerduty.calls() - asked);
            assert_eq!(calls, (0, 0), "{time}: nobody is asked");
        }
    }
}

/// The times at which nobody is on call are others every day.
#[tokio::test]
async fn what_moves_with_the_days_is_not_new() {
    let world = team().await;
    world.edit(|account| {
        account.oncalls = vec![on_call("PSVC1EP", 1, "PSRE1", Some(("2026-12-01T00:00", "2026-12-06T00:00")))];
    });
    let ledger = Arc::new(Ledger::memory());
    assert_eq!(tick(&world, &ledger, "02T09:50").await, Ok(Some((1, 1))));
    let first = world.slack.expect_one().text;
    assert!(first.contains("nobody is on call at some times"), "{first}");
    assert!(first.contains("Sun Dec 6 00:00 – Wed Dec 9 09:50"), "{first}");
    assert_eq!(tick(&world, &ledger, "03T09:50").await, Ok(Some((1, 0))), "until Thursday, Dec 10");
    assert_eq!(topics(&world.slack), [[""; 0]; 0]);
}

/// What does not answer is told as wrong, and makes nothing forgotten that was told.
#[tokio::test]
async fn an_outage_of_one_morning_repeats_nothing_on_the_next() {
    let world = team().await;
    world.edit(webhook_is(false));
    let ledger = Arc::new(Ledger::memory());
    assert_eq!(tick(&world, &ledger, "01T09:50").await, Ok(Some((1, 1))));
    world.slack.take();
    world.pagerduty.fail_next([PagerDutyFault::Forbidden]);
    assert_eq!(tick(&world, &ledger, "02T09:50").await, Ok(Some((1, 1))));
    let said = world.slack.expect_one().text;
    assert!(said.contains("✗ pagerduty: this key may not read that (HTTP 403: Access Denied)"), "{said}");
    assert_eq!(tick(&world, &ledger, "03T09:50").await, Ok(Some((1, 0))), "the webhook is still off");
    assert_eq!(topics(&world.slack), [[""; 0]; 0]);
}

/// Without the members nobody can ask the chat about them.
#[tokio::test]
async fn a_rotation_that_cannot_be_read_makes_nothing_forgotten() {
    let world = team().await;
    world.slack.edit(|workspace| workspace.users.retain(|user| user["id"] != "U0SATO0001"));
    let ledger = Arc::new(Ledger::memory());
    assert_eq!(tick(&world, &ledger, "01T09:50").await, Ok(Some((1, 1))));
    assert_eq!(topics(&world.slack), [["slack"]]);
    let without = World { settings: world.settings.clone().with("ROTATION_FILE", "/nowhere/rota.csv"), ..team().await };
    assert_eq!(tick(&without, &ledger, "02T09:50").await, Ok(Some((1, 1))));
    assert_eq!(
        world.slack.expect_one().text,
        "🔎 toban's daily check: one thing is wrong.\n\
         ✗ rotation: ROTATION_FILE: rota.csv is not there; name a file that is"
    );
    assert_eq!(tick(&world, &ledger, "03T09:50").await, Ok(Some((1, 0))));
    assert_eq!(topics(&world.slack), [[""; 0]; 0]);
}

#[tokio::test]
async fn what_does_not_answer_in_time_costs_only_itself() {
    let world = team().await;
    let settings = world.settings.clone().with("NOTICES", "check,daily");
    let world = World { settings, ..world };
    let ledger = Arc::new(Ledger::memory());
    let patience = Patience { checking: Duration::ZERO, posting: Duration::from_secs(20) };
    let check = DailyCheck { patience, ..daily_check(&world.settings, &ledger) };
    assert_eq!(check.run(at("02T09:50")).await, Ok(Some(DailyChecked { wrong: 1, told: 1 })));
    assert_eq!(
        world.slack.expect_one().text,
        "🔎 toban's daily check: one thing is wrong.\n\
         ✗ settings: NOTICES names 'daily', which is none of what can be sent ('check', 'weekly', 'turns', 'exercises'), for \
         example NOTICES=check,weekly\n\
         ⏳ Something did not answer in time and is not checked: `toban check` waits longer."
    );
}

#[tokio::test]
async fn two_processes_tell_it_once() {
    let world = team().await;
    world.slack.edit(without_bot);
    let table = Arc::new(Memory::default());
    let of = |owner: &str| Arc::new(Ledger::new(table.clone(), owner.to_owned(), LEASE));
    let (first, second) = (of("first"), of("second"));
    let (one, other) = tokio::join!(tick(&world, &first, "02T09:50"), tick(&world, &second, "02T09:50"));
    let mut both = [one, other].map(|checked| checked.expect("both are well"));
    both.sort_unstable();
    assert_eq!(both, [None, Some((1, 1))]);
    assert_eq!(topics(&world.slack), [["slack"]]);
    // The next one, on the next day, knows what was told.
    assert_eq!(tick(&world, &of("third"), "03T09:50").await, Ok(Some((1, 0))));
    assert_eq!(topics(&world.slack), [[""; 0]; 0]);
}

#[tokio::test]
async fn what_no_chat_has_taken_is_new_on_the_next_day() {
    let world = team().await;
    world.slack.edit(without_bot);
    let ledger = Arc::new(Ledger::memory());
    world.slack.fail_always_of("chat.postMessage", Fault::ServerError);
    assert_eq!(tick(&world, &ledger, "02T09:50").await, Err(Untold::NotTaken));
    world.slack.heal();
    assert_eq!(tick(&world, &ledger, "02T10:00").await, Ok(None), "the hours have begun");
    assert_eq!(tick(&world, &ledger, "03T09:50").await, Ok(Some((1, 1))));
    assert_eq!(topics(&world.slack), [["slack"]]);
}

/// A later tick before the hours tries again what no chat has taken.
#[tokio::test]
async fn what_no_chat_has_taken_may_be_tried_again_before_the_hours() {
    let world = team().await;
    world.slack.edit(without_bot);
    let ledger = Arc::new(Ledger::memory());
    world.slack.fail_next_of("chat.postMessage", [Fault::ServerError]);
    assert_eq!(tick(&world, &ledger, "02T09:50").await, Err(Untold::NotTaken));
    assert_eq!(tick(&world, &ledger, "02T09:55").await, Ok(Some((1, 1))));
    assert_eq!(topics(&world.slack), [["slack"]]);
}

#[tokio::test]
async fn without_the_ledger_nothing_is_asked_or_told() {
    let world = team().await;
    world.slack.edit(without_bot);
    let rows = Rows::start().await;
    rows.refuse(&["GetItem"]);
    assert_eq!(tick(&world, &Arc::new(ledger_on(&rows)), "02T09:50").await, Err(Untold::Ledger));
    assert_eq!((world.slack.calls(), world.pagerduty.calls()), (0, 0));
}

#[tokio::test]
async fn each_of_two_chats_hears_it() {
    let typetalk = Typetalk::start().await;
    let world = team().await;
    world.slack.edit(without_bot);
    let settings = world.settings.clone().typetalk(&typetalk).with("CHAT_NAMES", "slack,typetalk");
    let world = World { settings, ..world };
    let ledger = Arc::new(Ledger::memory());
    assert_eq!(tick(&world, &ledger, "02T09:50").await, Ok(Some((1, 1))));
    let heading = "🔎 toban's daily check: one thing is wrong.\n";
    assert!(typetalk.expect_one().message.starts_with(heading));
    assert!(world.slack.expect_one().text.starts_with(heading));
    assert_eq!(tick(&world, &ledger, "02T09:52").await, Ok(None));
}

/// What `SRE_ESCALATION_POLICY_ID` leads to is asked, too; that the front has its secret is not the tick's to say.
#[tokio::test]
async fn answering_is_checked_where_people_can_press_something() {
    let world = team().await;
    world.edit(|account| account.add_policy("PSREEP", "SRE", "PSRE1"));
    let settings = world.settings.clone().with("PAGERDUTY_ACTION_KEY", PagerDuty::KEY);
    let settings = settings.with("PAGERDUTY_ACT_AS", "sre@example.com").with("SRE_ESCALATION_POLICY_ID", "PSREEP");
    let off = World { settings: settings.clone(), ..World::start().await };
    // Nobody listens there, and nobody is asked anything.
    let on_aws = [("AWS_REGION", "r"), ("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let settings = on_aws.into_iter().fold(settings, |all, (name, value)| all.with(name, value));
    let queue = "http://127.0.0.1:9/1/toban.fifo";
    let settings = settings.with("AWS_ENDPOINT_URL", "http://127.0.0.1:9").with("LEDGER_TABLE", "toban");
    let settings = settings.with("QUEUE_URL", queue).with("PRESSES_QUEUE_URL", queue);
    let world = World { settings, ..world };
    assert_eq!(tick(&world, &Arc::new(Ledger::memory()), "02T09:50").await, Ok(Some((1, 1))));
    assert_eq!(
        world.slack.expect_one().text,
        "🔎 toban's daily check: one thing is wrong.\n\
         ✗ answering: nobody is on call now at the first level of the escalation policy \"SRE\" (the dummy does not count), so \
         \"Call SRE\" only mentions the fallback: put somebody of SRE there"
    );
    let checked = daily_check(&off.settings, &Arc::new(Ledger::memory())).answering;
    assert!(checked.is_none(), "nobody can press anything: {checked:?}");
}

/// What it could not do fails the tick, so that an alarm counts it; the rest of the tick has been done by then.
#[tokio::test]
async fn a_daily_check_that_fails_fails_its_tick() {
    let world = team().await;
    let rows = Rows::start().await;
    rows.refuse(&["GetItem"]);
    let daily_check = Some(daily_check(&world.settings, &Arc::new(ledger_on(&rows))));
    let tick = Tick { notices: Notices { daily_check, ..Notices::default() }, ..Tick::default() };
    let failed = tick.run(at("02T09:50")).await.expect_err("the ledger does not answer");
    assert_eq!(failed.to_string(), "the ledger does not say what was told before, so nothing is checked");
    let ticked = tick.run(at("02T11:00")).await.expect("it is not due");
    assert_eq!(ticked, Ticked::default());
}

/// The function itself. Without `NOTICES` it asks nobody, and its answer is what it was.
#[tokio::test]
async fn the_tick_checks_only_if_notices_says_so() {
    for (notices, calls, posted, expected) in [
        ("", 0, 0, json!({"is_due": false, "listed": 0, "missed": 0, "silenced": 0, "open": 0})),
        (
            "check",
            8,
            1,
            json!({"is_due": false, "listed": 0, "missed": 0, "silenced": 0, "open": 0, "wrong": 1, "told": 1}),
        ),
    ] {
        let world = team().await;
        world.slack.edit(without_bot);
        let settings = world.settings.clone().with("NOTICES", notices).with("TOBAN_NOW", "2026-12-02T09:50:00+09:00");
        // The watchdog would need queues.
        let settings = settings.with("PAGERDUTY_SERVICE_IDS", "");
        let function = Function::start(TICK, &settings.pairs()).await;
        let Invocation::Answer(answer) = function.invoke(&json!({})).await else { panic!("{}", function.logs()) };
        assert_eq!(answer, expected, "{}", function.logs());
        assert_eq!(topics(&world.slack).len(), posted, "{notices}");
        assert_eq!((world.slack.calls(), world.pagerduty.calls()), (calls, 0), "{notices}");
    }
}
