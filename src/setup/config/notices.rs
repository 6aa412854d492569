//! `NOTICES`: what is sent besides alerts and reminders.

use super::fault::{Bilingual, Fault};
use super::lookup::Settings;
use std::collections::BTreeSet;

const NOTICES: &str = "NOTICES";
const EXAMPLE: &str = "check,weekly";

/// Something that is sent if it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeKind {
    /// The daily check.
    Check,
    /// The week, on its last working day.
    Weekly,
    /// Who is on call in the next days instead of somebody else.
    Turns,
    /// A past incident, for those who had none.
    Exercises,
}

impl NoticeKind {
    pub const ALL: [Self; 4] = [Self::Check, Self::Weekly, Self::Turns, Self::Exercises];

    /// As `NOTICES` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Weekly => "weekly",
            Self::Turns => "turns",
            Self::Exercises => "exercises",
        }
    }
}

/// Those that are named. A name that is none leaves everything else working, so it is a warning.
pub(super) fn notices(settings: &Settings<'_>) -> (BTreeSet<NoticeKind>, Vec<Fault>) {
    let (mut named, mut faults) = (BTreeSet::new(), Vec::new());
    for name in settings.list(NOTICES) {
        match NoticeKind::ALL.into_iter().find(|kind| kind.name() == name) {
            Some(kind) => drop(named.insert(kind)),
            None => {
                let known = NoticeKind::ALL.map(|kind| format!("'{}'", kind.name())).join(", ");
                let problem: Bilingual = (
                    format!("names '{name}', which is none of what can be sent ({known})"),
                    format!("の '{name}' は、送れるもの ({known}) のどれでもありません"),
                )
                    .into();
                faults.push(Fault::new(NOTICES, problem, EXAMPLE));
            }
        }
    }
    (named, faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_what_is_sent() {
        for (text, named, faults) in [
            ("", &[][..], &[][..]),
            ("check", &[NoticeKind::Check], &[]),
            (" check , ,check", &[NoticeKind::Check], &[]),
            ("exercises,turns,weekly,check", &NoticeKind::ALL, &[]),
            (
                "daily,check,Check",
                &[NoticeKind::Check],
                &[
                    "NOTICES names 'daily', which is none of what can be sent ('check', 'weekly', 'turns', 'exercises'), for \
                     example NOTICES=check,weekly",
                    "NOTICES names 'Check', which is none of what can be sent ('check', 'weekly', 'turns', 'exercises'), for \
                     example NOTICES=check,weekly",
                ],
            ),
        ] {
            let lookup = |variable: &str| (variable == "NOTICES").then(|| text.to_owned());
            let (found, wrong) = notices(&Settings::new(&lookup));
            assert_eq!(found.into_iter().collect::<Vec<_>>(), named, "{text}");
            assert_eq!(wrong.iter().map(ToString::to_string).collect::<Vec<_>>(), faults, "{text}");
        }
    }
}
