//! The JSON of a press: <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>

use super::{Received, address, id, short, user};
use crate::domain::incident::IncidentId;
use crate::domain::press::{Act, Asked, Channel, Press};
use crate::net::lenient::{Lenient, List};
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// What Slack calls every private channel.
const PRIVATE: &str = "privategroup";
/// Ids of incidents are a tenth of it.
const LONGEST_ID: usize = 255;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Payload {
    r#type: Lenient<String>,
    user: Lenient<Named>,
    /// `null` for an app that was installed for a whole organisation.
    team: Lenient<Named>,
    channel: Lenient<Named>,
    trigger_id: Lenient<String>,
    response_url: Lenient<String>,
    actions: List<Action>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    id: Lenient<String>,
    name: Lenient<String>,
    team_id: Lenient<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Action {
    action_id: Lenient<String>,
    value: Lenient<String>,
    action_ts: Lenient<String>,
}

pub(super) fn read(text: &str, now: DateTime<Utc>) -> Received {
    let Ok(payload) = serde_json::from_str::<Payload>(text) else { return Received::Unreadable };
    let is_press = payload.r#type.as_deref() == Some("block_actions");
    let pressed = payload.actions.items.iter().find_map(|action| Some((act(action)?, action)));
    match pressed {
        Some((act, action)) if is_press => {
            press(&payload, act, action, now).map_or(Received::Unreadable, |press| Received::Press(Box::new(press)))
        }
        _ => Received::Nothing,
    }
}

fn act(action: &Action) -> Option<Act> {
    Act::from_name(action.action_id.as_deref()?)
}

fn press(payload: &Payload, act: Act, action: &Action, now: DateTime<Utc>) -> Option<Press> {
    let text = |field: &Lenient<String>| field.as_deref().unwrap_or_default().to_owned();
    let of = |named: &Lenient<Named>, field: fn(&Named) -> &Lenient<String>| {
        let named: &Named = named.as_ref()?;
        let text: &Option<String> = field(named);
        short(text.as_deref()?)
    };
    let user = user(&of(&payload.user, |user| &user.id)?)?;
    let incident: &Option<String> = &action.value;
    let incident = incident.clone().filter(|value| is_id(value))?;
    let trigger = text(&payload.trigger_id);
    let of_user = of(&payload.user, |user| &user.team_id);
    Some(Press {
        id: id(&trigger, &[user.as_str(), act.name(), &incident, &text(&action.action_ts)]),
        user,
        workspace: of_user.or_else(|| of(&payload.team, |team| &team.id)),
        at: now,
        asked: Asked::Button {
            act,
            incident: IncidentId(incident),
            channel: Channel {
                id: of(&payload.channel, |channel| &channel.id).unwrap_or_default(),
                name: of(&payload.channel, |channel| &channel.name).filter(|name| name != PRIVATE).unwrap_or_default(),
            },
        },
        answer_to: address(&text(&payload.response_url)),
    })
}

/// What could be the id of an incident: it becomes part of a key and of a path.
fn is_id(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'.');
    !text.is_empty() && text.len() <= LONGEST_ID && text.bytes().all(is_plain)
}
