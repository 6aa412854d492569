//! `toban remind`: prints a reminder as it would be sent, or sends it.

use super::language::language;
use super::{Failure, Purpose, print};
use crate::chat::Chat;
use crate::domain::calendar::{Calendar, Day};
use crate::domain::message::Language;
use crate::domain::reminder::{NotDue, Reminder};
use crate::relay::reminder::Sent;
use crate::setup::config::Reach;
use chrono::{DateTime, Utc};
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::Instant;

const LIMIT: Duration = Duration::from_secs(20);

/// Arguments of `toban remind`.
#[derive(Debug, clap::Args)]
#[command(long_about = "\
Prints the morning's or the evening's reminder as it would be sent at that time. Nothing is posted without --post; with \
it the reminder goes to the configured chats (SLACK_REMINDER_CHANNEL, TYPETALK_REMINDER_TOPIC_ID), on a working day.

With LEDGER_TABLE, what is posted before its hour counts as the day's reminder, and the scheduled one is not posted any \
more: that needs --yes as well.

The rotation is the configured one, or the sample. Exit code 1 when it was to be posted and no chat took it.")]
pub(super) struct Remind {
    /// Which of the two
    #[arg(value_enum)]
    reminder: Which,
    /// As of this time, such as '2026-11-24 11:02' [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    at: Option<DateTime<Utc>>,
    /// Post it, for real
    #[arg(long)]
    post: bool,
    /// Post it before its hour too, instead of the scheduled one
    #[arg(long, requires = "post")]
    yes: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Which {
    /// To today's pair
    Morning,
    /// To the next working day's pair
    Evening,
}

impl Remind {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        runtime.block_on(self.remind())
    }

    async fn remind(self) -> Result<ExitCode, Failure> {
        let reach = if self.post { Reach::Live } else { Reach::ReadOnly };
        let purpose = if self.post { Purpose::Write } else { Purpose::Look };
        let (base, lookup) = super::open_with_state(reach, purpose).await?;
        let config = base.settings(&lookup, reach)?;
        super::warn(&config.warnings);
        let reminder = match self.reminder {
            Which::Morning => Reminder::Morning,
            Which::Evening => Reminder::Evening,
        };
        let clock = config.clock.unwrap_or_else(Utc::now);
        let now = self.at.unwrap_or(clock);
        if self.post && !self.yes && base.knows_history() {
            on_time(reminder, &config.team.calendar, clock, now)?;
        }
        let reminders = base.reminders(config);
        let deadline = Instant::now() + LIMIT;
        if !self.post {
            match reminders.preview(reminder, &Chat::console(), deadline, now).await {
                Ok(text) => print::line(text),
                Err(why) => print::line(not_due(&why)),
            }
            return Ok(ExitCode::SUCCESS);
        }
        Ok(match reminders.send(reminder, now, deadline, now).await {
            Sent::Posted | Sent::Repeat => ExitCode::SUCCESS,
            Sent::NotDue(why) => {
                print::line(not_due(&why));
                ExitCode::SUCCESS
            }
            Sent::NotTaken => ExitCode::FAILURE,
        })
    }
}

/// Fails if the hour of the day's reminder has not come yet. A day off has no reminder to replace.
fn on_time(reminder: Reminder, calendar: &Calendar, clock: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Failure> {
    let date = calendar.date(now);
    let due = reminder.due(date, calendar);
    if clock >= due || calendar.day(date) != Day::Working {
        return Ok(());
    }
    Err(Failure::Early { due: due.with_timezone(&calendar.zone).format("%Y-%m-%d %H:%M").to_string() })
}

fn not_due(why: &NotDue) -> &'static str {
    let (english, japanese) = match why {
        NotDue::DayOff(_) => ("nothing is sent: it is a day off", "休みの日なので、何も送りません"),
        NotDue::TooLate => {
            ("nothing is sent: the time it is about is over", "お知らせする時間が過ぎているので、何も送りません")
        }
        NotDue::NoWorkingDay => (
            "nothing is sent: there is no working day within a year (look at BUSINESS_DAYS)",
            "1 年先まで営業日がないので、何も送りません (BUSINESS_DAYS を確認してください)",
        ),
    };
    match language() {
        Language::English => english,
        Language::Japanese => japanese,
    }
}
