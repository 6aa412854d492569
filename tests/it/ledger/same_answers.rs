//! The ledger gives the same answers in memory, in SQLite and in the table.

use super::{after, event, first_post, granted, id, key, learn, learn_with, note, said, settlement};
use chrono::TimeDelta;
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKind, IncidentEvent, Person};
use toban::domain::text::Foreign;
use toban::ledger::incident::{KnownIncident, Opening};
use toban::ledger::{Attempt, Doubt, Ended, FirstPost, Ledger, Mentioned, RotationCopy, Settlement};

#[tokio::test]
async fn in_memory() {
    check(&Ledger::memory()).await;
}

#[cfg(feature = "serve")]
#[tokio::test]
async fn in_sqlite() {
    let state = || toban::store::sqlite::State::in_memory().expect("a database");
    check(&Ledger::new(state(), "me".to_owned(), super::LEASE)).await;
    check(&Ledger::alone(state(), "me".to_owned(), super::LEASE)).await;
}

pub async fn check(ledger: &Ledger) {
    let answers = [
        claims(ledger).await,
        history(ledger).await,
        incidents(ledger).await,
        attempts(ledger).await,
        rotation(ledger).await,
        watching(ledger).await,
    ];
    assert_eq!(answers.join("\n"), EXPECTED.trim());
}

const EXPECTED: &str = "
claim 01G at 0 s: yours
claim 01G at 44 s: taken
claim 01H at 44 s: yours
claim 01H at 44 s: yours
claim 01G at 45 s: yours, perhaps again
claim 01G at 46 s: yours, perhaps again
claim 01G at 600000 s: completed
claim 01G at the backup: yours
posted from 10 to 20: Q1 Triggered Somebody at 10, Q1 Acknowledged WithAnother at 19
posted from 0 to 100000: Q1 Triggered Somebody at 10, Q1 Acknowledged WithAnother at 19, Q1 Resolved Nobody at 20, \
Q1 Other(Foreign(\"incident.snoozed\")) Nobody at 90000
posted from 200000 to 300000: nothing
open: Q1 Triggered since 0, Q2 Triggered since 5
a note has: #4812 HTTP 5xx, checkout
open: Q1 Acknowledged since 0, Q2 Triggered since 5
Q1 in {Primary: \"1732413720.000100\"}
Q1 is with PUSER01 佐藤 since 20
Q1 said: Some(Opening { text: \"🔥 #PD4812\", verb: 0..4 })
Q1 said at the backup: None
resolved, and a late event that it was acknowledged
open: Q2 Triggered since 5
reopened
open: Q2 Triggered since 5, Q1 Triggered since 60
Q3: None
attempts: at 10 Primary slack HTTP 500 because, at 20 Primary slack posted because
rotation: None
may read at 0 s: true
may read at 4 s: false
may read at 5 s: true
rotation: Some(RotationCopy { reading: \"{}\", read_at: 2026-11-24T02:02:06Z })
may read at 60 s: true
watching since 7 and 7
";

async fn claims(ledger: &Ledger) -> String {
    let claim = async |name: &str, seconds| ledger.claim(&key(name), Destination::Primary, after(seconds)).await;
    let mut lines = Vec::new();
    for (name, seconds, ended) in [
        ("01G", 0, None),
        ("01G", 44, None),
        ("01H", 44, Some(Ended::NotPosted)),
        ("01H", 44, None),
        ("01G", 45, Some(Ended::PerhapsPosted(Doubt::NoAnswer))),
        ("01G", 46, Some(Ended::Posted)),
        ("01G", 600_000, None),
    ] {
        let claim = claim(name, seconds).await;
        lines.push(format!("claim {name} at {seconds} s: {}", said(&claim)));
        if let Some(ended) = ended {
            let settlement = Settlement::of_no_incident("x", ended, Vec::new());
            ledger.settle(granted(claim), settlement, None, after(seconds)).await;
        }
    }
    let backup = ledger.claim(&key("01G"), Destination::Backup, after(48)).await;
    lines.push(format!("claim 01G at the backup: {}", said(&backup)));
    lines.join("\n")
}

async fn incidents(ledger: &Ledger) -> String {
    let open = async || {
        let seconds = |known: &KnownIncident| (known.opened_at - after(0)).num_seconds();
        let one = |known: &KnownIncident| match known.state {
            Some(state) => format!("{} {state:?} since {}", known.id, seconds(known)),
            None => format!("{} in no state", known.id),
        };
        let open = ledger.open_incidents().await.expect("an answer");
        format!("open: {}", open.iter().map(one).collect::<Vec<_>>().join(", "))
    };
    let introduce = async |mut event: IncidentEvent| {
        let now = event.occurred_at;
        learn(ledger, &event, now).await;
        ledger.introduce(&event).await.expect("an incident").complete(&mut event);
        event.incident
    };
    introduce(event(EventKind::Triggered, "Q2", after(5))).await;
    introduce(event(EventKind::Triggered, "Q1", after(0))).await;
    let mut said = vec![open().await];
    let incident = introduce(note("Q1", after(10))).await;
    let text = |text: Option<Foreign>| text.map(|text| text.to_string()).unwrap_or_default();
    let number = incident.number.map(|number| number.to_string()).unwrap_or_default();
    said.push(format!("a note has: #{number} {}, {}", text(incident.title), text(incident.service)));
    let agent = Person { id: "PUSER01".into(), name: Foreign::line("佐藤").expect("a name") };
    introduce(IncidentEvent { agent: Some(agent), ..event(EventKind::Acknowledged, "Q1", after(20)) }).await;
    said.push(open().await);
    let opening = Opening { text: "🔥 #PD4812".into(), verb: 0..4 };
    let first = FirstPost { opening: Some(opening), ..first_post("1732413720.000100") };
    learn_with(ledger, &note("Q1", after(20)), Some(first), after(20)).await;
    let known = ledger.incident(&id("Q1")).await.expect("an answer").expect("it is known");
    said.push(format!("Q1 in {:?}", known.threads));
    let status = known.status().expect("it has one");
    let holders = status.holders.first.iter().map(|person| format!("{} {}", person.id, person.name));
    let since = (status.changed_at - after(0)).num_seconds();
    said.push(format!("Q1 is with {} since {since}", holders.collect::<Vec<_>>().join(", ")));
    said.push(format!("Q1 said: {:?}", ledger.opening(&known, Destination::Primary).await));
    said.push(format!("Q1 said at the backup: {:?}", ledger.opening(&known, Destination::Backup).await));
    introduce(event(EventKind::Resolved, "Q1", after(40))).await;
    introduce(event(EventKind::Acknowledged, "Q1", after(30))).await;
    said.extend(["resolved, and a late event that it was acknowledged".to_owned(), open().await]);
    introduce(event(EventKind::Reopened, "Q1", after(60))).await;
    said.extend(["reopened".to_owned(), open().await]);
    said.push(format!("Q3: {:?}", ledger.incident(&id("Q3")).await.expect("an answer")));
    said.join("\n")
}

async fn history(ledger: &Ledger) -> String {
    let snoozed = EventKind::Other(Foreign::line("incident.snoozed").expect("a visible name"));
    for (seconds, kind, mentioned) in [
        (10, EventKind::Triggered, Mentioned::Somebody),
        (20, EventKind::Resolved, Mentioned::Nobody),
        (19, EventKind::Acknowledged, Mentioned::WithAnother),
        (90_000, snoozed, Mentioned::Nobody),
    ] {
        let event = event(kind, "Q1", after(0));
        let key = key(&format!("at {seconds}"));
        let grant = granted(ledger.claim(&key, Destination::Primary, after(seconds)).await);
        let settlement = Settlement { mentioned, ..settlement(&event, Ended::Posted) };
        ledger.settle(grant, settlement, None, after(seconds)).await;
    }
    let mut said = Vec::new();
    for (from, to) in [(10, 20), (0, 100_000), (200_000, 300_000)] {
        let posted = ledger.posted_between(after(from), after(to)).await.expect("an answer");
        let mut lines = posted.iter().map(|posted| {
            let seconds = (posted.at - after(0)).num_seconds();
            format!("{} {:?} {:?} at {seconds}", posted.incident, posted.kind, posted.mentioned)
        });
        let first = lines.next().unwrap_or_else(|| "nothing".to_owned());
        said.push(lines.fold(format!("posted from {from} to {to}: {first}"), |all, one| format!("{all}, {one}")));
    }
    said.join("\n")
}

async fn attempts(ledger: &Ledger) -> String {
    for (seconds, ended, outcome) in [(10, Ended::NotPosted, "HTTP 500"), (20, Ended::Posted, "posted")] {
        for key in [key("01I"), key("01J")] {
            let attempt = Attempt {
                at: after(seconds),
                what: "triggered".into(),
                incident: None,
                place: Destination::Primary,
                chat: "slack".into(),
                outcome: outcome.into(),
                why: "because".into(),
            };
            let grant = granted(ledger.claim(&key, Destination::Primary, after(seconds)).await);
            let settlement = Settlement::of_no_incident("triggered", ended, vec![attempt]);
            ledger.settle(grant, settlement, None, after(seconds)).await;
        }
    }
    let one = |Attempt { at, place, chat, outcome, why, .. }: &Attempt| {
        format!("at {} {place:?} {chat} {outcome} {why}", (*at - after(0)).num_seconds())
    };
    let tried = ledger.attempts(&key("01I")).await.expect("an answer");
    format!("attempts: {}", tried.iter().map(one).collect::<Vec<_>>().join(", "))
}

async fn rotation(ledger: &Ledger) -> String {
    let may_read =
        async |seconds| format!("may read at {seconds} s: {}", ledger.may_read_rotation(after(seconds)).await);
    let copy = async || format!("rotation: {:?}", ledger.rotation().await);
    let mut said = vec![copy().await, may_read(0).await, may_read(4).await, may_read(5).await];
    let read_at = after(0) + TimeDelta::seconds(6);
    ledger.keep_rotation(RotationCopy { reading: "{}".into(), read_at }, read_at).await;
    said.extend([copy().await, may_read(60).await]);
    said.join("\n")
}

async fn watching(ledger: &Ledger) -> String {
    let seconds =
        async |at| ledger.watching_since(after(at)).await.map_or(-1, |since| (since - after(0)).num_seconds());
    format!("watching since {} and {}", seconds(7).await, seconds(700).await)
}
