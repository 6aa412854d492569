//! The chats: whether the token is good, the channels can be posted to, and the people are there.

use super::report::{Report, patiently};
use super::words::chats as words;
use crate::chat::Chat;
use crate::domain::member::Members;
use crate::domain::message::Language;

/// Checks one chat: `alerts` and `reminders` are the same one, with the two channels that it posts to.
pub(super) async fn check(
    report: &mut Report,
    alerts: &Chat,
    reminders: &Chat,
    members: Option<&Members>,
    language: Language,
) {
    let kind = alerts.kind();
    let facts = patiently(&words::asking(kind.title, language), alerts.ask(reminders, members)).await;
    for fact in &facts {
        let (grade, text) = words::told(fact, kind, language);
        report.graded(grade, &kind.title.to_lowercase(), &text);
    }
}
