//! `toban check`: what is right, what is wrong, and how to mend it.

use super::Failure;
use crate::chat::delivery::Outlets;
use crate::config::{Config, Faults, Reach};
use crate::domain::calendar::Day;
use crate::domain::lint::lint;
use crate::domain::member::Platform;
use crate::domain::message::{Language, day, describe, describe_unreadable};
use crate::domain::rotation::Coverage;
use crate::domain::workbook::Workbook;
use crate::office::Office;
use crate::roster::{Reading, Roster, Source};
use chrono::{DateTime, Utc};
use std::process::ExitCode;

/// Arguments of `toban check`.
#[derive(Debug, Default, clap::Args)]
#[command(long_about = "\
Reads the settings and the rotation, and prints what is right (✓), what is odd (!) and what is wrong (✗), with how to \
mend it. Posts nothing.

Settings of chats may be missing: then names are looked up in the members tab only. Exit code 1 when anything is wrong.")]
pub(super) struct Check {
    /// Check as of this time, RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    at: Option<DateTime<Utc>>,
}

/// What was found, printed as it is found.
#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    fn right(&self, topic: &str, text: &str) {
        println!("✓ {topic:<10}{text}");
    }

    fn odd(&self, topic: &str, text: &str) {
        println!("! {topic:<10}{text}");
    }

    fn wrong(&mut self, topic: &str, text: &str) {
        self.wrong += 1;
        println!("✗ {topic:<10}{text}");
    }
}

impl Check {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        runtime.block_on(self.check())
    }

    async fn check(self) -> Result<ExitCode, Failure> {
        let mut report = Report::default();
        let (base, lookup) = super::open(Reach::Live).await?;
        let has_chat = Config::names_a_chat(&lookup);
        let reach = if has_chat { Reach::Live } else { Reach::ReadOnly };
        let config = match base.settings(&lookup, reach) {
            Ok(config) => config,
            Err(Faults(faults)) => {
                faults.iter().for_each(|fault| report.wrong("settings", &fault.to_string()));
                return Ok(ExitCode::FAILURE);
            }
        };
        let now = self.at.or(config.clock).unwrap_or_else(Utc::now);
        for warning in &config.warnings {
            report.wrong("settings", &warning.to_string());
        }
        let platforms = chats(&report, &config.outlets);
        if !has_chat {
            report.odd(
                "chats",
                "none is configured yet: set SLACK_BOT_TOKEN and SLACK_CHANNEL, or another of the README's table",
            );
        }
        let place = place(&config.roster);
        let roster = base.roster(config.roster);
        rotation(&mut report, place, &roster, &config.office, &platforms, now).await;
        let (en, ja) = match report.wrong {
            0 => ("nothing is wrong", "問題はありません"),
            _ => ("mend what is marked with ✗ and run this again", "✗ の項目を直してから、もう一度実行してください"),
        };
        println!("{}", in_language(config.office.language, ja, en));
        Ok(if report.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The platforms of the configured chats; on each of them every name has to ping.
fn chats(report: &Report, outlets: &Outlets) -> Vec<Platform> {
    let chats = match outlets {
        Outlets::One(chat) => vec![chat],
        Outlets::Mirror(primary, backup) | Outlets::Failover(primary, backup) => vec![primary, backup],
    };
    let names: Vec<_> = chats.iter().map(|chat| chat.name()).collect();
    let mut platforms: Vec<_> = chats.iter().map(|chat| chat.platform()).collect();
    platforms.dedup();
    if platforms != [Platform::Screen] {
        report.right("chats", &names.join(", "));
    }
    platforms
}

/// Where the rotation is; `None` when its settings are wrong, which is said among the settings.
fn place(source: &Source) -> Option<String> {
    match source {
        Source::Sheet(access) => Some(format!("sheet {} as {}", access.sheet_id, access.key.email())),
        Source::Files(files) => Some(files.rotation.display().to_string()),
        Source::Sample => Some("the sample (set GOOGLE_SHEET_ID or ROTATION_FILE)".into()),
        Source::Misconfigured(_) => None,
    }
}

async fn rotation(
    report: &mut Report,
    place: Option<String>,
    roster: &Roster,
    office: &Office,
    platforms: &[Platform],
    now: DateTime<Utc>,
) {
    const TOPIC: &str = "rotation";
    let language = office.language;
    let Some(place) = place else {
        return;
    };
    let started = std::time::Instant::now();
    let reading = roster.read_through(now).await;
    let took = started.elapsed().as_millis();
    let workbook = match reading {
        Ok(Reading { workbook, .. }) => workbook,
        Err(why) => {
            report.wrong(TOPIC, &format!("{place}: {}", describe_unreadable(&why, language).plain()));
            return;
        }
    };
    report.right(TOPIC, &format!("{place}: {} ({took} ms)", size(&workbook, language)));
    let calendar = office.calendar.with_company_holidays(workbook.holidays.clone());
    let today = calendar.date(now);
    for found in lint(&workbook, platforms, &calendar, today) {
        let text = describe(&found.finding, language).plain();
        let text = match found.date {
            Some(date) => format!("{}: {text}", day(date, language)),
            None => text,
        };
        match found.finding.problem.is_fault() {
            true => report.wrong(TOPIC, &text),
            false => report.odd(TOPIC, &text),
        }
    }
    let next = match calendar.day(today) {
        Day::Working => Some(today),
        _ => calendar.next_working_day(today),
    };
    let (Some(date), Some(platform)) = (next, platforms.first()) else {
        return;
    };
    if let Coverage::OnCall { people, .. } = workbook.coverage(date, *platform) {
        let names: Vec<_> = people.iter().map(|person| person.name.as_str()).collect();
        let word = in_language(language, "当番", "on call");
        report.right(TOPIC, &format!("{} {word}: {}", day(date, language), names.join(", ")));
    }
}

fn size(workbook: &Workbook, language: Language) -> String {
    let shifts = &workbook.rotation.shifts;
    let span = match (shifts.keys().next(), shifts.keys().next_back()) {
        (Some(first), Some(last)) => format!(" ({first} – {last})"),
        _ => String::new(),
    };
    let members = workbook.members.as_ref().map_or(0, |members| members.0.len());
    let (days, runbooks, holidays) = (shifts.len(), workbook.runbooks.len(), workbook.holidays.len());
    match language {
        Language::Japanese => format!("{days}日分{span}、メンバー {members}人、手順 {runbooks}件、休業日 {holidays}件"),
        Language::English => format!("{days} days{span}, {members} members, {runbooks} runbooks, {holidays} holidays"),
    }
}

fn in_language<'a>(language: Language, ja: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Japanese => ja,
        Language::English => en,
    }
}
