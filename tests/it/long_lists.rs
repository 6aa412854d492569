//! A body that is nothing but a list: its beginning is shown, the rest counted, and a thousand items cost no more than ten.

#[path = "../../benches/work/lists.rs"]
mod lists;

use crate::golden::difference;
use crate::running::TUESDAY;
use allocation_counter::measure;
use chrono::{DateTime, Utc};
use lists::{LISTS, Long};
use std::fmt::Write as _;
use std::path::Path;
use toban::chat::{Access, ChannelId, Chat, slack};
use toban::domain::unreadable::Unreadable;
use toban::relay::team::{Known, TeamSettings};
use toban::setup::config::{Config, Reach};
use toban::source::read;

fn team(language: &str) -> TeamSettings {
    let lookup = |variable: &str| (variable == "MESSAGE_LANGUAGE").then(|| language.to_owned());
    Config::from_lookup(lookup, &toban::net::http::client().expect("a client"), Reach::Local).expect("no faults").team
}

fn chat() -> Chat {
    let access = Access::none(toban::net::http::client().expect("a client"));
    Chat::new(&slack::BOT, access, ChannelId(String::new()), None)
}

/// What is said of a body.
fn said(list: &Long, length: usize, team: &TeamSettings, chat: &Chat) -> String {
    let now: DateTime<Utc> = TUESDAY.parse().expect("an instant");
    let events = read(list.sender, &(list.body)(length), now);
    let word = |event| team.word(event, chat, &Err(Unreadable::NoAnswer), None, Known::default(), now).rendered.text;
    assert!(events.iter().all(|event| event.unreadable.is_none()), "{}: it can be read", list.name);
    events.iter().map(word).collect()
}

#[test]
fn the_first_of_a_list_are_shown_and_the_rest_counted() {
    let mut wrong = Vec::new();
    for language in ["ja", "en"] {
        let team = team(language);
        let mut all = String::new();
        for list in &LISTS {
            write!(all, "== {}\n{}\n\n", list.name, said(list, 23, &team, &chat())).expect("a String takes everything");
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/long-lists.{language}.txt"));
        wrong.extend(difference(&path, &all));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A form is read pair by pair before its names are known, so that it is linear; of everything else what is not shown is not even
/// kept.
#[test]
fn a_list_of_a_thousand_costs_no_more_than_one_of_a_hundred() {
    let (team, chat) = (team("ja"), chat());
    for list in &LISTS {
        let cost = |length| {
            let body = (list.body)(length);
            let now: DateTime<Utc> = TUESDAY.parse().expect("an instant");
            let needed = measure(|| {
                for event in read(list.sender, &body, now) {
                    team.word(&event, &chat, &Err(Unreadable::NoAnswer), None, Known::default(), now);
                }
            });
            (body.len(), needed.count_total, needed.bytes_max)
        };
        let (_, few, _) = cost(100);
        let (length, many, bytes) = cost(1_000);
        let per_item = if list.sender == toban::source::Sender::Events { 3 * 900 } else { 0 };
        println!("{}: {few} allocations for 100, {many} for 1,000, {bytes} bytes at once of {length}", list.name);
        assert!(many <= few + 10 + per_item, "{}: {few} allocations for 100, {many} for 1,000", list.name);
        assert!(bytes <= 8 * length as u64 + 50_000, "{}: {bytes} bytes at once of {length}", list.name);
    }
}
