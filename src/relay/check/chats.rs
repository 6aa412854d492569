//! The chats: whether the token is good, the channels can be posted to, and the people are there.

use super::words::chats as words;
use super::{Checked, Report, patiently};
use crate::chat::Chat;
use crate::chat::asking::{Fact, Unanswered};
use crate::domain::member::Members;
use crate::domain::message::Language;

/// Checks one chat: `alerts` and `reminders` are the same one, with the two channels that it posts to.
pub(super) async fn check(
    report: &mut impl Report,
    alerts: &Chat,
    reminders: &Chat,
    members: Option<&Members>,
    language: Language,
) {
    let kind = alerts.kind();
    let topic = kind.title.to_lowercase();
    let facts = patiently(report, &words::asking(kind.title, language), alerts.ask(reminders, members)).await;
    for fact in &facts {
        let (grade, text) = words::told(fact, kind, language);
        match fact {
            Fact::NoAnswer(why) => report.unanswered(&topic, &text, name(why)),
            _ => report.add(Checked::new(grade, &topic, &text)),
        }
    }
}

fn name(why: &Unanswered) -> &'static str {
    match why {
        Unanswered::MissingScope => "scope",
        Unanswered::BadToken { .. } => "token",
        Unanswered::NotFound { .. } => "not found",
        Unanswered::Unavailable { .. } => "unavailable",
        Unanswered::Refused { .. } => "refused",
    }
}
