//! Slack's requests: a button that was pressed, a command that was typed.
//! <https://docs.slack.dev/interactivity/handling-user-interaction>, <https://docs.slack.dev/interactivity/implementing-slash-commands>
//!
//! Unlike webhooks they come from a person, who waits for an answer and presses again: nothing is sent twice by Slack itself.

mod payload;
mod signature;

use crate::domain::member::Handle;
use crate::domain::press::{Asked, Press};
use crate::net::digest::sha256;
use crate::net::secret::Secret;
use crate::source::{Headers, NotAuthentic};
use chrono::{DateTime, Utc};
use std::borrow::Cow;

/// The setting with the signing secrets.
pub const SECRETS: &str = "SLACK_SIGNING_SECRETS";
/// The last part of the route.
pub const ROUTE: &str = "slack";

/// What to do about a request that was not accepted.
pub const ADVICE: &str = "If this is Slack, set SLACK_SIGNING_SECRETS to the signing secret of your app (Basic Information), \
    with a queue of presses; and the clock of this machine must be right";

/// A press carries its whole message, of 50 KB at most, percent-encoded.
const LARGEST_BODY: usize = 512 * 1024;
/// Longer than any that is understood.
const LONGEST_COMMAND: usize = 300;
/// Slack's are a tenth of it.
const LONGEST_ADDRESS: usize = 1_000;

/// What an authentic request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    Press(Box<Press>),
    /// It looks whether there is anybody, or shows what is not a button of ours.
    Nothing,
    /// A press that cannot be read.
    Unreadable,
}

/// Authenticates a request and reads it.
pub fn receive(
    secrets: &[Secret],
    headers: &Headers<'_>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Received, NotAuthentic> {
    let authentic = signature::check(secrets, headers, body, now);
    let form = || Form::parse(body);
    // Slack asks now and then whether the certificate is good, and does not say that it signs that.
    let is_check = || body.len() < 1_000 && form().find("ssl_check").as_deref() == Some("1");
    match authentic {
        Err(NotAuthentic::RouteClosed) => return Err(NotAuthentic::RouteClosed),
        Err(_) if is_check() => return Ok(Received::Nothing),
        Err(error) => return Err(error),
        Ok(()) if body.len() > LARGEST_BODY => return Ok(Received::Unreadable),
        Ok(()) => {}
    }
    let form = form();
    Ok(match (form.find("ssl_check"), form.find("payload"), form.find("command")) {
        (Some(check), ..) if check == "1" => Received::Nothing,
        (_, Some(payload), _) => payload::read(&payload, now),
        (_, None, Some(_)) => {
            command(&form, now).map_or(Received::Unreadable, |press| Received::Press(Box::new(press)))
        }
        (_, None, None) => Received::Unreadable,
    })
}

fn command(form: &Form<'_>, now: DateTime<Utc>) -> Option<Press> {
    let text = form.find("text").unwrap_or_default();
    let trigger = form.find("trigger_id").unwrap_or_default();
    let user = user(&form.find("user_id")?)?;
    Some(Press {
        id: id(&trigger, &[user.as_str(), &text, &now.timestamp_millis().to_string()]),
        user,
        workspace: form.find("team_id").and_then(|id| short(&id)),
        at: now,
        asked: Asked::Command { text: text.chars().take(LONGEST_COMMAND).collect() },
        answer_to: address(&form.find("response_url").unwrap_or_default()),
    })
}

/// What a press is recognised by: Slack's id of it, or where that is missing, everything it says.
fn id(trigger: &str, rest: &[&str]) -> String {
    let named = if trigger.is_empty() { rest.join(" ") } else { trigger.to_owned() };
    sha256(named.as_bytes())[..32].to_owned()
}

/// A person: a group presses nothing.
fn user(id: &str) -> Option<Handle> {
    Handle::slack(id).filter(|handle| handle.as_str() == id && !id.starts_with('S'))
}

/// An id or a name, which is never longer.
fn short(text: &str) -> Option<String> {
    const LONGEST: usize = 100;
    (text.chars().count() <= LONGEST).then(|| text.to_owned())
}

fn address(text: &str) -> String {
    if text.len() > LONGEST_ADDRESS { String::new() } else { text.to_owned() }
}

/// `application/x-www-form-urlencoded`; the first of a name counts.
struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    fn parse(body: &'a [u8]) -> Self {
        Self(form_urlencoded::parse(body).collect())
    }

    /// `None` if it is missing or empty.
    fn find(&self, name: &str) -> Option<Cow<'_, str>> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        (!value.is_empty()).then(|| Cow::Borrowed(&**value))
    }
}

#[cfg(test)]
mod tests;
