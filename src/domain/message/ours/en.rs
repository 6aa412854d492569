//! In English.

use super::{Becomes, Ours};
use crate::domain::message::Line;
use crate::domain::message::answer::en::obstacle;
use crate::domain::press::Obstacle;

pub fn line(ours: Ours<'_>) -> Line {
    match ours {
        Ours::Called(people) => Line::joined(vec![Line::own("📣 SRE called: "), people], ""),
        Ours::NotCalled(why, who) => {
            let by = if why == Obstacle::NotRecorded { "" } else { "PagerDuty: " };
            let line = Line::own(format!("❌ SRE could not be called ({by}{}). ", obstacle(why)));
            match who {
                Some(who) => line.foreign(who).and(" is calling you; please respond."),
                None => line.and("Please respond."),
            }
        }
        Ours::Ends(incident, minutes) => {
            let minutes = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
            let text = format!(" is open; your shift ends in {minutes}.");
            Line::joined(vec![Line::own("⏰ "), incident, Line::own(text)], "")
        }
        Ours::Over(incident, becomes) => {
            let before = vec![Line::own("🌙 "), incident];
            let after = match becomes {
                Becomes::HandedOver(Some(people)) => vec![Line::own(" still open. Handed to SRE: "), people],
                Becomes::HandedOver(None) => vec![Line::own(" still open. Handed to SRE.")],
                Becomes::Continued(who) => vec![Line::own(" still open; "), who, Line::own(" stays.")],
                Becomes::Taken(who) => {
                    vec![Line::own(" still open; "), who, Line::own(" was on it, and has not said whether they stay.")]
                }
                Becomes::Nobodys => vec![Line::own(" still open; nobody is on it.")],
            };
            Line::joined(before.into_iter().chain(after).collect(), "")
        }
    }
}

pub fn sre_at(time: &str) -> String {
    format!("SRE is called automatically at {time}.")
}
