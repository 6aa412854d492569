//! What has to hold of every message, by what people know who look at the sheet and at the clock.

use super::calendar::{
    CLOSES, OPENS, at, date, day_of, is_first_of_its_week, is_in_hours, is_last_of_its_week, is_working, minute_of,
    working_days, working_days_back, written,
};
use super::chat::{ALERTS, Post, REMINDERS};
use super::expected::Expected;
use super::sheet::Sheet;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How far ahead the daily check looks.
const AHEAD: i64 = 14;

/// What was posted, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Check {
    /// The notices, as one text.
    pub told: String,
    pub wrong: Vec<String>,
    pub counts: BTreeMap<&'static str, usize>,
    /// Who stood in a day's row on that day, and whether anybody could doubt who it was.
    today: Option<(NaiveDate, BTreeSet<u32>, bool)>,
    /// When incidents began.
    triggered: Vec<DateTime<Utc>>,
    /// The exercise of a day whose answer is to come.
    asked: Option<(String, NaiveDate)>,
    /// What the daily check has told.
    known: BTreeSet<(NaiveDate, usize)>,
}

/// What a notice is, by how it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Check,
    Turns,
    Weekly,
    Exercise,
}

impl Kind {
    fn of(post: &Post) -> Self {
        let text = body(&post.seen());
        if text.starts_with('🔎') {
            Self::Check
        } else if text.starts_with('📊') || text.starts_with('📋') {
            Self::Weekly
        } else if text.contains("【演習】") {
            Self::Exercise
        } else {
            Self::Turns
        }
    }
}

impl Check {
    pub fn finds(&mut self, at: DateTime<Utc>, what: &str) {
        self.wrong.push(format!("{} {:02}:{:02} {what}", day_of(at), minute_of(at) / 60, minute_of(at) % 60));
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// The sheet is like this from now on.
    pub fn looks_at(&mut self, sheet: &Sheet, now: DateTime<Utc>) {
        let day = day_of(now);
        let people = sheet.people(day);
        let is_unsure = sheet.is_down || people.len() < 2;
        match &mut self.today {
            Some((today, all, doubts)) if *today == day => {
                all.extend(people);
                *doubts |= is_unsure;
            }
            today => *today = Some((day, people.into_iter().collect(), is_unsure)),
        }
    }

    /// What an event of an incident has brought.
    pub fn alert(&mut self, posts: &[Post], kind: &str, now: DateTime<Utc>) {
        let [post] = posts else { return self.finds(now, &format!("{} posts for an alert", posts.len())) };
        let (mentioned, fallback) = (post.mentioned(), post.calls_the_fallback());
        self.count("alert");
        if kind == "triggered" {
            self.triggered.push(now);
        }
        let calls = kind == "triggered" && is_in_hours(now);
        let (today, all, doubts) = self.today.clone().expect("the sheet was looked at");
        assert_eq!(today, day_of(now));
        let is_right = if calls {
            let called = if mentioned.is_empty() { doubts && fallback } else { mentioned.is_subset(&all) && !fallback };
            called && (doubts || mentioned.len() == 2)
        } else {
            mentioned.is_empty() && !fallback
        };
        if !is_right || post.channel != ALERTS {
            self.finds(now, &format!("an alert mentions {mentioned:?}, {fallback}: {}", post.text));
        }
    }

    /// What a reminder has brought: the people of that day are the only ones whom it mentions.
    pub fn reminder(&mut self, posts: &[Post], about: NaiveDate, sheet: &Sheet, now: DateTime<Utc>) {
        let is_due = is_working(day_of(now));
        if posts.len() != usize::from(is_due) {
            return self.finds(now, &format!("{} reminders", posts.len()));
        }
        let Some(post) = posts.first() else { return };
        self.count("reminder");
        let people: BTreeSet<_> = sheet.people(about).into_iter().collect();
        // While Google is down nobody knows of the last edit.
        if !sheet.is_down && post.mentioned() != people {
            self.finds(now, &format!("a reminder about {about} mentions {:?}: {}", post.mentioned(), post.text));
        }
    }

    /// What a tick has brought.
    pub fn tick(&mut self, posts: &[Post], expected: &mut Vec<Expected>, sheet: &Sheet, now: DateTime<Utc>) {
        let of = |kind: Kind| posts.iter().filter(|post| Kind::of(post) == kind).collect::<Vec<_>>();
        self.daily_check(&of(Kind::Check), sheet, now);
        self.turns(&of(Kind::Turns), expected, sheet, now);
        self.week(&of(Kind::Weekly), now);
        self.exercise(&of(Kind::Exercise), sheet, now);
        for post in posts {
            if post.channel != REMINDERS {
                self.finds(now, &format!("it was posted elsewhere: {}", post.text));
            }
            let minute = minute_of(now);
            let place = if post.thread.is_some() { " (スレッド)" } else { "" };
            let head = format!("{} {}:{:02}{place}", written(day_of(now)), minute / 60, minute % 60);
            // Of the rows to paste, of which other tests see more, the heading.
            let seen = post.seen();
            let seen = if seen.starts_with('📋') { seen.lines().next().unwrap_or_default() } else { &seen };
            writeln!(self.told, "{head}\n{seen}\n").expect("a String takes everything");
        }
    }

    /// Half an hour before the last hours of a week end, with as many alerts as there were; nobody is mentioned.
    fn week(&mut self, posts: &[&Post], now: DateTime<Utc>) {
        let is_due = is_last_of_its_week(day_of(now)) && minute_of(now) == CLOSES - 30;
        let firsts: Vec<_> = posts.iter().filter(|post| post.thread.is_none()).collect();
        if firsts.len() != usize::from(is_due) {
            return self.finds(now, &format!("{} weekly notices", firsts.len()));
        }
        let Some(first) = firsts.first() else { return };
        self.count("weekly notice");
        // A week is what came since the last one was told.
        let told_before = |day: NaiveDate| {
            working_days_back(day).skip(1).find(|day| is_last_of_its_week(*day)).expect("there is a week before")
        };
        let last = told_before(day_of(now));
        let times = [told_before(last), last, day_of(now)].map(|day| at(day, CLOSES - 30));
        let count = |nth: usize| self.triggered.iter().filter(|at| (times[nth]..times[nth + 1]).contains(*at)).count();
        let (this, before) = (count(1), count(0));
        let counted = format!("アラート {this}件 (先週 {before})");
        let is_counted = this + before == 0 || first.text.contains(&counted);
        let calls = posts.iter().any(|post| !post.mentioned().is_empty() || post.calls_the_fallback());
        let is_elsewhere = posts.iter().any(|post| post.thread.as_ref().is_some_and(|thread| *thread != first.id));
        if !is_counted || calls || is_elsewhere {
            self.finds(now, &format!("instead of {counted}: {}", first.seen()));
        }
    }

    /// For a pair that has had four working days without an alert, half an hour after they begin; at four what was done then.
    fn exercise(&mut self, posts: &[&Post], sheet: &Sheet, now: DateTime<Utc>) {
        let day = day_of(now);
        let tick = (is_working(day), minute_of(now));
        let days: Vec<_> = working_days_back(day).take(5).collect();
        let pair = |day: NaiveDate| sheet.people(day).into_iter().collect::<BTreeSet<_>>();
        let is_quiet_from = |from: NaiveDate| !self.triggered.iter().any(|time| *time >= at(from, 0) && *time < now);
        let belongs = |nth: usize| is_quiet_from(days[nth]) && pair(days[nth]) == pair(day);
        let is_due = tick == (true, OPENS + 30) && (0..4).all(belongs) && !belongs(4);
        let asked = self.asked.take_if(|(_, on)| *on == day);
        match (posts, asked) {
            ([], None) if !is_due => {}
            // Nothing is old enough in the first weeks.
            ([], None) if day < date("2026-05-01") => {}
            ([post], None) if is_due && post.thread.is_none() && post.mentioned() == pair(day) => {
                self.count("exercise");
                self.asked = Some((post.id.clone(), day));
            }
            ([], Some(asked)) if tick != (true, CLOSES - 60) => self.asked = Some(asked),
            ([post], Some((asked, _)))
                if tick == (true, CLOSES - 60)
                    && post.thread.as_ref() == Some(&asked)
                    && post.mentioned().is_empty()
                    && !post.calls_the_fallback() => {}
            (posts, asked) => {
                let seen: Vec<_> = posts.iter().map(|post| post.seen()).collect();
                self.finds(now, &format!("an exercise, due: {is_due}, asked: {asked:?}: {seen:?}"));
            }
        }
    }

    /// Ten minutes before hours, of what is wrong; and of what was known again in the next week.
    fn daily_check(&mut self, posts: &[&Post], sheet: &Sheet, now: DateTime<Utc>) {
        let day = day_of(now);
        if !is_working(day) || minute_of(now) != OPENS - 10 {
            if !posts.is_empty() {
                self.finds(now, "a daily check at another time");
            }
            return;
        }
        let wrong = sheet.wrong(working_days(day).take_while(|date| *date < day + TimeDelta::days(AHEAD)));
        let is_due = !wrong.is_empty() && (is_first_of_its_week(day) || !wrong.is_subset(&self.known));
        if posts.len() != usize::from(is_due) {
            self.finds(now, &format!("{} daily checks of {wrong:?}", posts.len()));
        }
        for post in posts {
            self.count("daily check");
            let names_all = wrong.iter().all(|(date, slot)| post.text.contains(&sheet.cell(*date, *slot)));
            if !names_all || !post.mentioned().is_empty() || post.calls_the_fallback() {
                self.finds(now, &format!("a daily check of {wrong:?}: {}", post.text));
            }
        }
        self.known = wrong;
    }

    /// What was expected at this tick, and nothing else.
    fn turns(&mut self, posts: &[&Post], expected: &mut Vec<Expected>, sheet: &Sheet, now: DateTime<Utc>) {
        let tick = at(day_of(now), minute_of(now));
        if !posts.is_empty() && !is_in_hours(now) {
            self.finds(now, "changed turns outside hours");
        }
        let due = expected.iter().position(|expected| expected.at == tick || expected.again_at == Some(tick));
        let Some(due) = due else {
            posts.iter().for_each(|post| self.finds(now, &format!("nobody expects {}", post.seen())));
            return;
        };
        let this = expected[due].clone();
        let (said, repeated) = (this.text(sheet), this.repeated(sheet));
        let bodies: Vec<_> = posts.iter().map(|post| body(&post.seen())).collect();
        let bodies: Vec<_> = bodies.iter().map(String::as_str).collect();
        // A tick that crashes may have told it; the next one does not know, or does.
        let right: &[&[&str]] = match (this.again_at, this.at == tick, this.is_told()) {
            (None, ..) => &[&[&said]],
            (Some(_), true, _) => &[&[], &[&said]],
            (Some(_), false, true) => &[&[], &[&repeated]],
            (Some(_), false, false) => &[&[&said], &[&repeated]],
        };
        if !right.contains(&bodies.as_slice()) {
            self.finds(now, &format!("{bodies:?} instead of one of {right:?}"));
        }
        for post in posts {
            self.count("changed turns");
            if post.mentioned() != this.mentioned() || post.calls_the_fallback() {
                self.finds(now, &format!("{:?} are mentioned instead of {:?}", post.mentioned(), this.mentioned()));
            }
        }
        if this.again_at.is_some() && this.at == tick {
            expected[due].told(!bodies.is_empty());
        } else {
            expected.remove(due);
        }
    }

    /// What was never told.
    pub fn ends(&mut self, expected: &[Expected]) {
        for expected in expected {
            self.wrong.push(format!("{} {expected:?} was never told", expected.at));
        }
    }
}

/// Without the line of the mentions.
fn body(seen: &str) -> String {
    match seen.split_once('\n') {
        Some((first, rest)) if first.starts_with('@') => rest.to_owned(),
        _ => seen.to_owned(),
    }
}
