use super::*;
use crate::domain::press::Obstacle;
use crate::ledger::incident::Doer;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
}

fn someone(id: &str) -> Person {
    person(id, &format!("{id} 健")).expect("a name")
}

fn doer(press: &str) -> Doer {
    Doer { press: press.into(), who: someone("U1"), at: at(30), user: "PDUMMY1".into() }
}

/// With something in each of its fields.
fn whole() -> KnownIncident {
    let (primary, backup) = (Destination::Primary, Destination::Backup);
    let opening = Opening { text: "🔥 発生しました".into(), verb: 5..26 };
    let mut known = KnownIncident::new(IncidentId("Q1".into()), at(10));
    known.number = Some(IncidentNumber(4812));
    known.title = Foreign::line("disk full");
    known.service = Foreign::line("checkout");
    known.state = Some(State::Acknowledged);
    known.holders = Few::from(vec![someone("P1"), someone("P2")]).and_more(3);
    known.takers = vec![Taker { who: someone("U2"), since: at(20) }, Taker { who: someone("U1"), since: at(21) }];
    known.stays = vec![Taker { who: someone("U1"), since: at(22) }];
    known.call = Some(Call { doer: doer("p1"), outcome: Some(Err(Obstacle::NobodyOnCall)), is_over: false });
    known.resolution = Some(Resolution { doer: doer("p2"), state_since: Some(at(31)) });
    known.shift_ends_at = Some(at(40));
    known.presses = BTreeMap::from([("p1".into(), Pressed { at: at(30), note: "U1 が SRE を呼びました".into() })]);
    known.created_at = Some(at(5));
    known.first_at = Some(at(4));
    known.changed_at = at(11);
    known.threads = BTreeMap::from([(primary, "C1:1.2".into()), (backup, String::new())]);
    known.openings = BTreeMap::from([(primary, opening)]);
    known.told = BTreeMap::from([
        ((primary, Turn::Triggered), (10, ReportedBy::Webhook)),
        ((primary, Turn::Resolved), (10, ReportedBy::Press)),
        ((backup, Turn::Triggered), (10, ReportedBy::Watchdog)),
    ]);
    known.begins_apart = true;
    known.begins = BTreeMap::from([(backup, at(50))]);
    known.last = BTreeMap::from([(primary, Last { at: at(12), what: "?0f1e".into(), key: "events:a b".into() })]);
    known
}

#[test]
fn what_is_known_comes_back_from_its_row() {
    let new = KnownIncident::new(IncidentId("Q2".into()), at(0));
    let begun = KnownIncident { has_begun: true, created_at: None, ..whole() };
    for incident in [whole(), begun, KnownIncident { edition: Edition::First, ..whole() }, new] {
        assert_eq!(known(&row(&incident, 1, at(60))), Some(incident));
    }
}

/// Rows are read by the version before and the one after.
#[test]
fn a_row_is_written_in_words_that_stay() {
    let row = row(&whole(), 7, at(60));
    let told =
        [("primary triggered", "10 webhook"), ("primary resolved", "10 press"), ("backup triggered", "10 watchdog")];
    let texts =
        |name: &str| row.texts(name).iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>();
    assert_eq!(texts("told"), told);
    assert_eq!(texts("openings"), [("primary", "5-26 🔥 発生しました")]);
    assert_eq!(texts("last"), [("primary", "12000 ?0f1e events:a b")]);
    assert_eq!(texts("takers"), [("U2", "20000 U2 健"), ("U1", "21000 U1 健")]);
    assert_eq!(texts("begins"), [("backup", "1970-01-01T00:00:50.000Z")]);
    assert_eq!(row.text("first_at"), Some("1970-01-01T00:00:04.000Z"));
    assert_eq!((row.text("state"), row.number("more_holders")), (Some("acknowledged"), Some(3)));
    assert_eq!((row.number("rev"), row.number("edition")), (Some(7), Some(2)));
    assert_eq!((row.text("gsi_pk"), row.text("gsi_sk")), (Some(OPEN), Some("1970-01-01T00:00:10.000Z#Q1")));
}

/// What there is nothing of takes no room: a table is paid for by what is written.
#[test]
fn a_row_has_nothing_that_is_empty() {
    let row = row(&KnownIncident::new(IncidentId("Q2".into()), at(0)), 1, at(60));
    let names: Vec<_> = row.attributes().map(|(name, _)| name).collect();
    let expected = ["pk", "sk", "v", "expires_at", "rev", "opened_at", "has_begun", "changed_at", "threads", "edition"];
    assert_eq!(names, expected);
}
