//! The copy that instances share: what was read, by which version, and when.

use super::*;
use toban::ledger::RotationCopy;

#[tokio::test]
async fn two_instances_say_the_same() {
    let google = google().await;
    google.edit("rotation", 4, 2, json!("佐籐、高橋"));
    let ledger = Ledger::memory();
    let now = at("2026-11-24T02:00:00Z");
    let one = read(&roster(&google).await, &ledger, now).await.expect("it can be read");
    let other = read(&roster(&google).await, &ledger, now + TimeDelta::seconds(30)).await.expect("it can be read");
    assert_eq!((one.workbook, one.read_at), (other.workbook, other.read_at), "people, cells, links and findings");
    assert_eq!((google.reads(), google.looks()), (1, 1));
}

/// A process whose clock is nine hours ahead has kept a copy.
#[tokio::test]
async fn a_copy_from_the_future_is_neither_trusted_nor_kept_for_ever() {
    let google = google().await;
    let ledger = Ledger::memory();
    let now = at("2026-11-24T02:00:00Z");
    read(&roster(&google).await, &ledger, now + TimeDelta::hours(9)).await.expect("it can be read");
    google.edit("rotation", 3, 2, json!("高橋"));
    let roster = roster(&google).await;
    assert_eq!(pair(&read(&roster, &ledger, now).await), ["U0TAKAHA01", "U0SUZUKI01"], "Google was asked");
    assert_eq!(ledger.rotation().await.map(|copy| copy.read_at), Some(now), "and what it said was kept");
    assert_eq!(google.reads(), 2);
}

/// While Google does not answer it is better than nothing, and it is not younger than now.
#[tokio::test]
async fn a_copy_from_the_future_is_used_while_google_does_not_answer() {
    let google = google().await;
    let ledger = Ledger::memory();
    let now = at("2026-11-24T02:00:00Z");
    read(&roster(&google).await, &ledger, now + TimeDelta::hours(9)).await.expect("it can be read");
    google.sheets_fail_always(GoogleFault::Unavailable);
    let reading = read(&roster(&google).await, &ledger, now).await;
    assert_eq!(pair(&reading), ["U0SATO0001", "U0SUZUKI01"]);
    assert!(reading.expect("a copy").read_at <= now);
}

/// During an upgrade two versions of the reader run side by side.
#[tokio::test]
async fn what_another_version_has_read_counts_only_while_google_does_not_answer() {
    let google = google().await;
    let ledger = Ledger::memory();
    let now = at("2026-11-24T02:00:00Z");
    read(&roster(&google).await, &ledger, now).await.expect("it can be read");
    let copy = ledger.rotation().await.expect("a copy");
    let this = format!("\"reader\":{}", toban::roster::table::READER);
    assert!(copy.reading.contains(&this), "{}", copy.reading);
    let older = RotationCopy { reading: copy.reading.replace(&this, "\"reader\":0"), read_at: now };
    ledger.keep_rotation(older, now).await;
    google.edit("rotation", 3, 2, json!("高橋"));
    let reading = read(&roster(&google).await, &ledger, now + TimeDelta::seconds(5)).await;
    assert_eq!((pair(&reading), google.reads()), (vec!["U0TAKAHA01".into(), "U0SUZUKI01".into()], 2));

    let older =
        RotationCopy { reading: copy.reading.replace(&this, "\"reader\":0"), read_at: now + TimeDelta::seconds(6) };
    ledger.keep_rotation(older, now + TimeDelta::seconds(6)).await;
    google.sheets_fail_always(GoogleFault::Unavailable);
    let reading = read(&roster(&google).await, &ledger, now + TimeDelta::seconds(10)).await;
    assert_eq!(pair(&reading), ["U0SATO0001", "U0SUZUKI01"], "the other version's, as there is nothing else");
}
