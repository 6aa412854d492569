//! What `toban check` asks of Slack with the bot's token.

mod api;

use super::SlackBot;
use crate::chat::ChannelId;
use crate::chat::asking::{AskedChannel, ChannelState, Fact, Mentioned, Scope, Unanswered, Why};
use crate::domain::member::{Handle, Members, Platform};
use crate::domain::text::Foreign;
use api::Channel;
pub(super) use api::User;

impl SlackBot {
    /// Everything that can be known of the token, of these channels, each with its setting, and of everybody who may be
    /// mentioned.
    pub(in crate::chat) async fn ask(
        &self,
        channels: &[(&ChannelId, &'static str)],
        members: Option<&Members>,
        fallback: Option<&str>,
    ) -> Vec<Fact> {
        let mut facts = Vec::new();
        if let Err(error) = self.ask_all(channels, members, fallback, &mut facts).await {
            facts.push(Fact::NoAnswer(error));
        }
        facts
    }

    /// Which of the scopes the token lacks that answering people needs. `None` if Slack does not say.
    pub(in crate::chat) async fn lacks_for_presses(&self) -> Result<Option<Vec<&'static str>>, Unanswered> {
        let granted = self.granted().await?;
        let lacks = || ["users:read", "commands"].into_iter().filter(|needed| !granted.iter().any(|one| one == needed));
        Ok((!granted.is_empty()).then(|| lacks().collect()))
    }

    /// Which of these user groups there are not, or are disabled.
    pub(in crate::chat) async fn lacks_groups(&self, groups: &[&Handle]) -> Result<Vec<String>, Unanswered> {
        let known = self.groups().await?;
        let is_there = |id: &str| known.iter().any(|known| known.id == id && known.date_delete == 0);
        Ok(groups.iter().map(|group| group.as_str()).filter(|id| !is_there(id)).map(str::to_owned).collect())
    }

    /// Fails at what will keep every further question from being answered.
    async fn ask_all(
        &self,
        channels: &[(&ChannelId, &'static str)],
        members: Option<&Members>,
        fallback: Option<&str>,
        facts: &mut Vec<Fact>,
    ) -> Result<(), Unanswered> {
        facts.push(Fact::Workspace(Foreign::line(&self.workspace().await?.team)));
        let mut lacks_scope = false;
        for (id, variable) in channels {
            let asked = if is_id(id) {
                self.ask_channel(id, variable).await.map(|fact| facts.push(fact))
            } else {
                let found = self.channel_named(id.0.trim_start_matches('#')).await;
                let asked = AskedChannel { name: None, id: (*id).clone(), variable };
                facts.push(Fact::NamedChannel(asked, found.as_ref().ok().cloned().flatten()));
                found.map(|_| ())
            };
            match asked {
                Ok(()) => {}
                Err(Unanswered::MissingScope) => lacks_scope = true,
                Err(error) => return Err(error),
            }
        }
        if lacks_scope {
            facts.push(Fact::MissingScope(Scope::Channels));
        }
        let (groups, people): (Vec<_>, Vec<_>) =
            mentioned(members, fallback).into_iter().partition(|mentioned| mentioned.id.starts_with('S'));
        or_missing(Scope::Users, self.ask_people(people, facts).await, facts)?;
        let asked = self.ask_groups(groups, facts).await;
        or_missing(Scope::Groups, asked, facts)
    }

    async fn ask_channel(&self, id: &ChannelId, variable: &'static str) -> Result<Fact, Unanswered> {
        let fact = |name, state| Ok(Fact::Channel(AskedChannel { name, id: id.clone(), variable }, state));
        match self.channel(id).await {
            Ok(channel) => {
                let name = Foreign::line(&channel.name);
                match channel {
                    Channel { is_archived: true, .. } => fact(name, ChannelState::Archived),
                    Channel { is_member: false, .. } => fact(name, ChannelState::WithoutBot),
                    Channel { .. } => fact(name, ChannelState::Good),
                }
            }
            Err(Unanswered::NotFound { .. }) => fact(None, ChannelState::NotFound),
            Err(error) => Err(error),
        }
    }

    async fn ask_people(&self, people: Vec<Mentioned>, facts: &mut Vec<Fact>) -> Result<(), Unanswered> {
        let mut found = 0;
        for person in people {
            match self.user(&person.id).await {
                Ok(User { deleted: true, .. }) => facts.push(Fact::Unreachable(person, Why::Deactivated)),
                Ok(User { is_bot: true, .. }) => facts.push(Fact::Unreachable(person, Why::Bot)),
                Ok(User { .. }) => found += 1,
                Err(Unanswered::NotFound { .. }) => facts.push(Fact::Unreachable(person, Why::NoSuchPerson)),
                Err(error) => return Err(error),
            }
        }
        if found > 0 {
            facts.push(Fact::People(found));
        }
        Ok(())
    }

    async fn ask_groups(&self, groups: Vec<Mentioned>, facts: &mut Vec<Fact>) -> Result<(), Unanswered> {
        if groups.is_empty() {
            return Ok(());
        }
        let known = self.groups().await?;
        let mut found = 0;
        for group in groups {
            match known.iter().find(|known| known.id == group.id) {
                Some(known) if known.date_delete == 0 => found += 1,
                Some(_) => facts.push(Fact::Unreachable(group, Why::GroupDisabled)),
                None => facts.push(Fact::Unreachable(group, Why::NoSuchGroup)),
            }
        }
        if found > 0 {
            facts.push(Fact::Groups(found));
        }
        Ok(())
    }
}

/// Whether a setting is a channel's id, by which alone Slack tells what it is.
pub(in crate::chat) fn is_id(channel: &ChannelId) -> bool {
    let ChannelId(id) = channel;
    id.len() >= 9 && id.starts_with(['C', 'G']) && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// A scope that is missing keeps only its own question from being answered.
fn or_missing(scope: Scope, asked: Result<(), Unanswered>, facts: &mut Vec<Fact>) -> Result<(), Unanswered> {
    match asked {
        Err(Unanswered::MissingScope) => {
            facts.push(Fact::MissingScope(scope));
            Ok(())
        }
        asked => asked,
    }
}

/// Everybody whom Slack has to know, each id once, members first.
fn mentioned(members: Option<&Members>, fallback: Option<&str>) -> Vec<Mentioned> {
    let of_members = members.into_iter().flat_map(|members| &members.0).filter_map(|member| {
        let id = member.slack.as_ref()?.as_str().to_owned();
        Some(Mentioned { id, member: Foreign::line(&member.name) })
    });
    let words = fallback.unwrap_or_default().split_whitespace();
    let of_fallback = words.filter_map(|word| Handle::parse(word, Platform::Slack));
    let of_fallback = of_fallback.map(|handle| Mentioned { id: handle.as_str().to_owned(), member: None });
    let mut all: Vec<Mentioned> = Vec::new();
    for one in of_members.chain(of_fallback) {
        if !all.iter().any(|known| known.id == one.id) {
            all.push(one);
        }
    }
    all
}
