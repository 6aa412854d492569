//! `toban check`: what is right, what is wrong, and how to fix it.

mod difference;
mod printed;

use super::language::language;
use super::{Failure, Purpose, nothing_set, print};
use crate::domain::member::Platform;
use crate::relay::check::words::in_language;
pub(super) use crate::relay::check::words::rotation::finding as advice;
use crate::relay::check::{Connections, Report as _, connections, place, platforms, rotation};
use crate::setup::checks::{is_nothing_set, takes_from_nobody, watched};
use crate::setup::config::{Config, Faults, Reach, Watched};
use crate::setup::wiring::misnamed_settings;
use crate::source::Sender;
use chrono::{DateTime, Utc};
use printed::Printed;
use std::process::ExitCode;

#[derive(Debug, Default, clap::Args)]
#[command(long_about = "\
Reads the settings and the rotation, asks the chats and PagerDuty, and prints what is right (✓), what is odd (!) and what \
is wrong (✗), with how to fix it; (·) is what cannot be checked.

Posts nothing and changes nothing. For Slack and Typetalk it checks whether the token is good, whether the channels can be \
posted to, and, on Slack, whether everybody in the members tab is still there. For PagerDuty, with PAGERDUTY_API_KEY \
(read-only is enough) and PAGERDUTY_SERVICE_IDS: whether the webhook is on, points here (--url) and delivers every event, \
whether somebody is on call at every moment of the coming week, and whether the dummy (IGNORED_ASSIGNEES) holds alerts on \
a day off. For answering from Slack, if it is set up: whether the token's scopes, the members tab, the signing secret, and the \
key and the user that act in PagerDuty are enough, whether SRE's escalation policy calls anybody now, and who may resolve.

Before an upgrade, --rotation-only --diff says which days the new version reads otherwise than the copy that is in use.

Findings are in the language of the messages (MESSAGE_LANGUAGE, by default ja). Settings of chats may be missing: then names are looked up in the members tab only. Exit code 1 when anything is wrong, 2 when \
nothing is configured.")]
pub(super) struct Check {
    /// Check as of this time, such as '2026-11-24 11:02' [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    at: Option<DateTime<Utc>>,
    /// Where PagerDuty has to deliver to: the relay's URL, https://…/pagerduty
    #[arg(long, value_name = "URL", value_parser = relay_url)]
    url: Option<String>,
    /// Check only the settings and the rotation; ask neither the chats nor PagerDuty
    #[arg(long, conflicts_with = "url")]
    rotation_only: bool,
    /// Also say which of the coming two weeks this version reads otherwise than the functions do now (LEDGER_TABLE)
    #[arg(long, requires = "rotation_only")]
    diff: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        runtime.block_on(self.check())
    }

    async fn check(self) -> Result<ExitCode, Failure> {
        let mut report = Printed::default();
        let terminals = language();
        for found in misnamed_settings() {
            report.odd("settings", &found.said(terminals));
        }
        let (base, lookup) = super::open_with_state(Reach::Live, Purpose::Look).await?;
        if is_nothing_set(&lookup) {
            print::stderr_line(nothing_set::to_check(terminals));
            return Ok(ExitCode::from(2));
        }
        let has_chat = Config::names_a_chat(&lookup);
        let reach = if has_chat { Reach::Live } else { Reach::ReadOnly };
        let config = base.settings(&lookup, reach);
        let watched = if self.rotation_only { Ok(None) } else { watched(&lookup) };
        let (config, watched) = match (config, watched) {
            (Ok(config), Ok(watched)) => (config, watched),
            (config, watched) => {
                let faults = [config.err(), watched.err()].into_iter().flatten().flat_map(|Faults(faults)| faults);
                faults.for_each(|fault| report.wrong("settings", &fault.said(terminals)));
                let ja = "設定が正しくなるまで調べません";
                report.unchecked("rotation", in_language(terminals, ja, "not checked until the settings are right"));
                return Ok(ExitCode::FAILURE);
            }
        };
        let now = self.at.or(config.clock).unwrap_or_else(Utc::now);
        let language = config.team.language;
        for warning in &config.warnings {
            report.wrong("settings", &warning.said(terminals));
        }
        let has_parameters = lookup("PARAMETERS_PATH").is_some_and(|path| !path.is_empty());
        if has_parameters && config.wants_chats_named(&lookup) {
            let ja = "CHAT_NAMES が設定されていません。2つのチャットが互いを待たずに済むよう、CHAT_NAMES=slack,backup のように両方を書いてください";
            let en = "CHAT_NAMES is not set: name both chats, as in CHAT_NAMES=slack,backup, so that neither waits for the other";
            report.odd("settings", in_language(language, ja, en));
        }
        if has_chat && !has_parameters && takes_from_nobody(&lookup) {
            let ja = "送り手の秘密の値 (PAGERDUTY_WEBHOOK_SECRETS など) がありません。toban serve は起動しません";
            let en = "no sender's secret is set (PAGERDUTY_WEBHOOK_SECRETS and others), and toban serve does not start without";
            report.odd("settings", in_language(language, ja, en));
        }
        let platforms = platforms(&config.outlets);
        if platforms != [Platform::Screen] {
            let names: Vec<_> = config.outlets.chats().iter().map(|chat| chat.name()).collect();
            report.right("chats", &names.join(", "));
        }
        if !has_chat {
            let none = in_language(
                language,
                "まだ設定されていません。SLACK_BOT_TOKEN と SLACK_CHANNEL か、README の表にある別のチャットを設定してください",
                "none is configured yet: set SLACK_BOT_TOKEN and SLACK_CHANNEL, or another of the README's table",
            );
            report.odd("chats", none);
        }
        let place = place(&config.roster, language);
        let roster = base.roster(config.roster, (&config.team.calendar).into());
        let workbook = rotation(&mut report, place, &roster, &config.team, &platforms, now).await;
        if let (true, Some(workbook), Some(platform)) = (self.diff, &workbook, platforms.first()) {
            let today = config.team.calendar.date(now);
            difference::check(&mut report, base.ledger(), workbook, *platform, today, language).await;
        }
        if !self.rotation_only {
            let answering = base.answering(&lookup, terminals);
            let watched = watched.map(|Watched { access, services }| (base.pagerduty(access), services));
            let to = Connections {
                alerts: &config.outlets,
                reminders: &config.reminder_outlets,
                answering: answering.as_ref(),
                pagerduty: watched.as_ref().map(|(client, services)| (client, services.as_slice())),
                by_event_bus: config.credentials.eventbridge.takes(Sender::PagerDuty),
                relay: self.url.as_deref(),
            };
            connections(&mut report, &to, workbook.as_deref(), &config.team, now).await;
        }
        if report.is_all_right() {
            print::line(in_language(language, "問題はありません", "nothing is wrong"));
            return Ok(ExitCode::SUCCESS);
        }
        let ja = "✗ の項目を直してから、もう一度実行してください";
        print::line(in_language(language, ja, "fix what is marked with ✗ and run this again"));
        Ok(ExitCode::FAILURE)
    }
}

/// The URL of a relay on the command line.
fn relay_url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).ok().filter(|url| url.has_host() && ["http", "https"].contains(&url.scheme()));
    url.map(|_| text.to_owned()).ok_or_else(|| "not a URL such as https://relay.example.com/pagerduty".into())
}
