//! People of the team, and how each chat calls them.

use crate::domain::incident::Person;
use crate::domain::text::{Foreign, compatible, is_unseen};

/// Which chat a name has to be known to. A name that pings on one is mere text on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Platform {
    /// Only ids ping: `U…` and `W…` a person, `S…` a user group.
    Slack,
    /// `@name` pings.
    Typetalk,
    /// A terminal or a page: a name is shown as it is.
    Screen,
}

/// A row of the members tab.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Member {
    /// As the rotation calls them, normalized.
    pub name: String,
    /// Their Slack id.
    pub slack: Option<Handle>,
    /// Their Typetalk name.
    pub typetalk: Option<Handle>,
    /// Their PagerDuty user id or name, normalized.
    pub pagerduty: Option<String>,
}

/// Somebody who can be mentioned on the chat in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentionee {
    /// The name people know.
    pub name: Foreign,
    /// What pings them.
    pub handle: Handle,
}

/// A chat's own name of a person or group, in a form that the chat really pings.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(String);

impl Handle {
    /// Slack: `U…` or `W…` for a person, `S…` for a group, also as they are copied from a message (`<@U…>`,
    /// `<@U…|name>`, `<!subteam^S…|@name>`). The letters and digits after the first mean nothing.
    pub fn slack(text: &str) -> Option<Self> {
        const SHORTEST: usize = 7;
        let text = normalized(text);
        let (id, kinds) = if let Some(person) = text.strip_prefix("<@") {
            (person.trim_end_matches('>'), &['U', 'W'][..])
        } else if let Some(group) = text.strip_prefix("<!subteam^") {
            (group.trim_end_matches('>'), &['S'][..])
        } else {
            (text.as_str(), &['U', 'W', 'S'][..])
        };
        let id = id.split('|').next()?;
        let is_id = id.len() >= SHORTEST
            && id.starts_with(kinds)
            && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        is_id.then(|| Self(id.to_owned()))
    }

    /// The same where names stand too: WATANABE is a name, so an id that is not marked as one needs a digit.
    pub fn slack_in_rota(text: &str) -> Option<Self> {
        let is_marked = normalized(text).starts_with('<');
        Self::slack(text).filter(|handle| is_marked || handle.0.bytes().any(|b| b.is_ascii_digit()))
    }

    /// Typetalk: the user's unique name, without `@`. `all` and its like are names nobody has.
    pub fn typetalk(text: &str) -> Option<Self> {
        let name = normalized(text);
        let is_name = !name.is_empty()
            && name.len() <= 64
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.+".contains(&b))
            && !is_everybody(&name);
        is_name.then_some(Self(name))
    }

    fn screen(name: &str) -> Option<Self> {
        (!name.is_empty() && !is_everybody(name)).then(|| Self(name.to_owned()))
    }

    /// The handle in the platform's form.
    pub fn parse(text: &str, platform: Platform) -> Option<Self> {
        match platform {
            Platform::Slack => Self::slack(text),
            Platform::Typetalk => Self::typetalk(text),
            Platform::Screen => Self::screen(&normalized(text)),
        }
    }

    /// The bare id or name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name as it is compared: trimmed, NFKC (so that full-width letters and spaces are the usual ones), no leading `@`.
pub fn normalized(name: &str) -> String {
    compatible(name).trim().trim_start_matches('@').trim().to_owned()
}

/// What of a name is compared: no white space, no invisible character or variation selector, no leading `@`, lower case.
pub fn name_key(name: &str) -> String {
    let is_seen = |c: &char| !c.is_whitespace() && !c.is_control() && !is_unseen(*c);
    let plain = |c: char| if matches!(c, '‘' | '’') { '\'' } else { c };
    let name = compatible(name);
    name.trim_start().trim_start_matches('@').chars().filter(is_seen).map(plain).flat_map(char::to_lowercase).collect()
}

/// Names that would ping a whole channel somewhere.
pub fn is_everybody(name: &str) -> bool {
    ["all", "channel", "here", "everyone"].iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// The members tab. Names are unique; the first row of a name wins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members(pub Vec<Member>);

impl Members {
    /// The member of that name.
    pub fn by_name(&self, name: &str) -> Option<&Member> {
        let exact = self.0.iter().find(|member| member.name == name);
        exact.or_else(|| {
            let key = name_key(name);
            self.0.iter().find(|member| name_key(&member.name) == key)
        })
    }

    /// The member whom Slack knows by that id.
    pub fn by_slack(&self, id: &str) -> Option<&Member> {
        self.0.iter().find(|member| member.slack.as_ref().is_some_and(|known| known.as_str() == id))
    }

    /// The member that PagerDuty calls so, by id or by name.
    pub fn by_pagerduty(&self, person: &Person) -> Option<&Member> {
        let name = normalized(person.name.as_str());
        self.0
            .iter()
            .find(|member| member.pagerduty.as_ref().is_some_and(|known| *known == person.id || *known == name))
    }
}

impl Member {
    /// The member as somebody to mention; `None` when the tab does not say how this chat calls them.
    pub fn on(&self, platform: Platform) -> Option<Mentionee> {
        let handle = match platform {
            Platform::Slack => self.slack.clone()?,
            Platform::Typetalk => self.typetalk.clone()?,
            Platform::Screen => Handle::screen(&self.name)?,
        };
        Some(Mentionee { name: Foreign::line(&self.name)?, handle })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_really_pings_is_a_handle() {
        for (platform, text, expected) in [
            (Platform::Slack, "U0SATO0001", Some("U0SATO0001")),
            (Platform::Slack, " <@W012A3CDE> ", Some("W012A3CDE")),
            (Platform::Slack, "<!subteam^S0PAIR0001|@pair>", Some("S0PAIR0001")),
            (Platform::Slack, "@sato", None),
            (Platform::Slack, "SUZUKI", None),
            (Platform::Slack, "SUZUKIKENJI", Some("SUZUKIKENJI")),
            (Platform::Slack, "UABCDEF", Some("UABCDEF")),
            (Platform::Slack, "<@U0SATO0001|sato>", Some("U0SATO0001")),
            (Platform::Slack, "UABCDE", None),
            (Platform::Slack, "TABCDEFGH", None),
            (Platform::Slack, "<@S0PAIR0001>", None),
            (Platform::Slack, "<!subteam^U0SATO0001>", None),
            (Platform::Slack, "U0sato0001", None),
            (Platform::Slack, "<!channel>", None),
            (Platform::Typetalk, "@sato", Some("sato")),
            (Platform::Typetalk, "ｓａｔｏ", Some("sato")),
            (Platform::Typetalk, "佐藤", None),
            (Platform::Typetalk, "yamada(dev", None),
            (Platform::Typetalk, "All", None),
            (Platform::Typetalk, "", None),
            (Platform::Typetalk, "@", None),
            (Platform::Screen, "佐藤　健", Some("佐藤 健")),
            (Platform::Screen, "@here", None),
            (Platform::Screen, "", None),
        ] {
            assert_eq!(Handle::parse(text, platform).as_ref().map(Handle::as_str), expected, "{platform:?} {text}");
        }
    }

    #[test]
    fn a_bare_id_among_names_has_a_digit() {
        for (text, expected) in [
            ("U0SATO0001", true),
            ("WATANABE", false),
            ("SUZUKIKENJI", false),
            ("<@UABCDEFG>", true),
            ("<!subteam^SABCDEFG>", true),
        ] {
            assert_eq!(Handle::slack_in_rota(text).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn names_are_compared_without_what_nobody_sees() {
        for (one, other) in [
            ("佐藤 健", "佐藤　健"),
            ("佐藤健", " @佐藤 健\u{200B}"),
            ("Alice", "ＡＬＩＣＥ"),
            ("葛\u{E0100}城", "葛城"),
            ("辻\u{FE00}", "辻"),
            ("タナカ", "ﾀﾅｶ"),
        ] {
            assert_eq!(name_key(one), name_key(other), "{one} {other}");
        }
        assert_ne!(name_key("髙橋"), name_key("高橋"));
    }
}
