//! What a bot may ask about its workspace: `auth.test`, `conversations.info`, `conversations.list`, `users.info`, `usergroups.list`,
//! `usergroups.users.list`.
//!
//! <https://docs.slack.dev/reference/methods>. They take no JSON: their arguments are in the query. A wrong token, a
//! missing scope or an id that nobody has may happen to a correct client and is not noted as a problem.

use serde_json::{Value, json};

use super::{Message, Slack, answers};
use crate::kit::faults::{self, Fault};
use crate::kit::http::{Reply, Request, Response};
use crate::kit::mailbox::State;

/// The channels that can be posted to, by id and name.
pub const CHANNELS: [(&str, &str); 2] = [(Slack::CHANNEL, "app-monitoring"), (Slack::REMINDER_CHANNEL, "on-call")];

pub struct Workspace {
    /// The bot token's, as `docs/slack-app.yaml` asks for them.
    pub scopes: Vec<&'static str>,
    pub channels: Vec<Value>,
    pub users: Vec<Value>,
    pub groups: Vec<Value>,
    /// Who is in which group, by their ids.
    pub in_groups: Vec<(&'static str, &'static str)>,
}

impl Default for Workspace {
    fn default() -> Self {
        let mut workspace = Self {
            scopes: vec!["chat:write", "channels:read", "groups:read", "users:read", "usergroups:read", "commands"],
            channels: Vec::new(),
            users: Vec::new(),
            groups: Vec::new(),
            in_groups: vec![("S0SRETEAM1", "U0TAKAHA01")],
        };
        for (id, name) in CHANNELS {
            workspace.channels.push(json!({
                "id": id, "name": name, "is_channel": true, "is_private": false, "is_archived": false, "is_member": true,
            }));
        }
        for (id, name) in [("U0SATO0001", "佐藤"), ("U0SUZUKI01", "鈴木"), ("U0TAKAHA01", "高橋")] {
            workspace.add_user(id, name);
        }
        workspace.groups.push(json!({
            "id": "S0SRETEAM1", "team_id": Slack::TEAM, "is_usergroup": true, "name": "SRE", "handle": "sre", "date_delete": 0,
        }));
        workspace
    }
}

impl Workspace {
    pub fn channel(&mut self, id: &str) -> &mut Value {
        self.channels.iter_mut().find(|one| one["id"] == id).expect("a channel of that id")
    }

    /// A full member. `is_stranger` is there only with people of other workspaces.
    pub fn add_user(&mut self, id: &str, name: &str) {
        self.users.push(json!({
            "id": id, "team_id": Slack::TEAM, "name": id.to_lowercase(), "deleted": false, "real_name": name,
            "tz": "Asia/Tokyo", "tz_label": "Japan Standard Time", "tz_offset": 32_400,
            "profile": {"real_name": name, "display_name": name, "team": Slack::TEAM},
            "is_admin": false, "is_owner": false, "is_primary_owner": false, "is_restricted": false,
            "is_ultra_restricted": false, "is_bot": false, "is_app_user": false, "updated": 1_790_000_000,
        }));
    }

    pub fn user(&mut self, id: &str) -> &mut Value {
        self.users.iter_mut().find(|one| one["id"] == id).expect("a user of that id")
    }

    pub fn group(&mut self, id: &str) -> &mut Value {
        self.groups.iter_mut().find(|one| one["id"] == id).expect("a group of that id")
    }

    fn needs(&self, scope: &'static str) -> Result<(), Refused> {
        if self.scopes.contains(&scope) {
            return Ok(());
        }
        Err(Refused { needed: scope, ..Refused::quietly("missing_scope") })
    }
}

struct Refused {
    /// Slack's.
    code: &'static str,
    /// The scope that the token lacks; empty if it lacks none.
    needed: &'static str,
    /// `None` if it may happen to a correct client.
    problem: Option<String>,
}

impl Refused {
    fn quietly(code: &'static str) -> Self {
        Self { code, needed: "", problem: None }
    }

    fn noted(code: &'static str, problem: impl Into<String>) -> Self {
        Self { problem: Some(problem.into()), ..Self::quietly(code) }
    }
}

const QUESTIONS: [&str; 7] = [
    "auth.test",
    "chat.getPermalink",
    "conversations.info",
    "conversations.list",
    "users.info",
    "usergroups.list",
    "usergroups.users.list",
];

/// Whether a request only asks about the workspace.
pub fn is_question(request: &Request) -> bool {
    let method = request.target.split('?').next().unwrap_or_default().strip_prefix("/api/");
    method.is_some_and(|method| QUESTIONS.contains(&method))
}

pub fn answer(workspace: &Workspace, state: &mut State<Message>, request: &Request, fault: Option<Fault>) -> Reply {
    let judged = judge(workspace, state, request).map_err(|refused| {
        let Refused { code, needed, problem } = refused;
        problem.into_iter().for_each(|problem| state.problem(problem));
        match needed {
            "" => (answers::API.refused)(code),
            needed => {
                let provided = workspace.scopes.join(",");
                Response::json(200, &json!({"ok": false, "error": code, "needed": needed, "provided": provided}))
            }
        }
    });
    let scopes = workspace.scopes.join(",");
    let found = |found: Value| move || Response::json(200, &found).header("x-oauth-scopes", scopes);
    faults::reply(fault, answers::API, judged.map(found))
}

fn judge(workspace: &Workspace, state: &State<Message>, request: &Request) -> Result<Value, Refused> {
    let url = reqwest::Url::parse(&format!("http://slack{}", request.target)).expect("a target");
    let method = url.path().trim_start_matches("/api/");
    let line = format!("{} {}", request.method, request.target);
    if request.target.contains(Slack::TOKEN) || url.query_pairs().any(|(name, _)| name == "token") {
        return Err(Refused::noted("invalid_auth", "the token is in the URL, where logs and errors would show it"));
    }
    match request.header("authorization") {
        Some(value) if value == format!("Bearer {}", Slack::TOKEN) => {}
        Some(value) if value.starts_with("Bearer ") => return Err(Refused::quietly("invalid_auth")),
        other => return Err(Refused::noted("not_authed", format!("Authorization is {other:?}"))),
    }
    let wanted = if method == "auth.test" { "POST" } else { "GET" };
    if request.method != wanted || !request.body.is_empty() {
        return Err(Refused::noted("invalid_post_type", format!("{line}, not a {wanted} without a body")));
    }
    let known: &[&str] = match method {
        "chat.getPermalink" => &["channel", "message_ts"],
        "conversations.info" => &["channel"],
        "conversations.list" => &["types", "exclude_archived", "limit", "cursor"],
        "users.info" => &["user"],
        "usergroups.list" => &["include_disabled", "include_count", "include_users"],
        "usergroups.users.list" => &["usergroup", "include_disabled"],
        _ => &[],
    };
    if let Some((name, _)) = url.query_pairs().find(|(name, _)| !known.contains(&&**name)) {
        return Err(Refused::noted("invalid_arguments", format!("{line}: {name} is not an argument of this method")));
    }
    let argument = |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    match method {
        "chat.getPermalink" => {
            let (channel, ts) = (argument("channel").unwrap_or_default(), argument("message_ts").unwrap_or_default());
            if ![Slack::CHANNEL, Slack::REMINDER_CHANNEL].contains(&&*channel) {
                return Err(Refused::noted("channel_not_found", format!("{line}: {channel:?} is no channel's id")));
            }
            if !state.messages().any(|message| message.ts == ts) {
                return Err(Refused::quietly("message_not_found"));
            }
            let permalink = format!("https://test.slack.com/archives/{channel}/p{}", ts.replace('.', ""));
            Ok(json!({"ok": true, "channel": channel, "permalink": permalink}))
        }
        "conversations.info" => {
            let id = argument("channel").unwrap_or_default();
            if !id.starts_with(['C', 'G', 'D']) || id.len() < 9 {
                return Err(Refused::noted("channel_not_found", format!("{line}: {id:?} is not a channel's id")));
            }
            let channel = workspace.channels.iter().find(|one| one["id"] == id.as_str());
            let is_private = channel.is_some_and(|one| one["is_private"] == true);
            workspace.needs(if is_private { "groups:read" } else { "channels:read" })?;
            // Only its members see a private channel.
            let channel = channel.filter(|one| !is_private || one["is_member"] == true);
            let channel = channel.ok_or(Refused::quietly("channel_not_found"))?;
            Ok(json!({"ok": true, "channel": channel}))
        }
        "conversations.list" => {
            workspace.needs("channels:read")?;
            workspace.needs("groups:read")?;
            let number = |name: &str| argument(name).and_then(|value| value.parse::<usize>().ok());
            let limit = number("limit").filter(|limit| (1..=1_000).contains(limit));
            let limit =
                limit.ok_or_else(|| Refused::noted("invalid_limit", format!("{line}: no limit of 1 to 1,000")))?;
            // The cursors of Slack are opaque; here they are the place in the list.
            let first = number("cursor").unwrap_or_default();
            let is_seen =
                |one: &&Value| one["is_archived"] != true && (one["is_private"] != true || one["is_member"] == true);
            let seen: Vec<_> = workspace.channels.iter().filter(is_seen).collect();
            let page: Vec<_> = seen.iter().skip(first).take(limit).collect();
            let next = first + page.len();
            let next = if next < seen.len() { next.to_string() } else { String::new() };
            Ok(json!({"ok": true, "channels": page, "response_metadata": {"next_cursor": next}}))
        }
        "users.info" => {
            workspace.needs("users:read")?;
            let id = argument("user").unwrap_or_default();
            if !id.starts_with(['U', 'W']) {
                return Err(Refused::noted("user_not_found", format!("{line}: {id:?} is not a user's id")));
            }
            let user = workspace.users.iter().find(|one| one["id"] == id.as_str());
            Ok(json!({"ok": true, "user": user.ok_or(Refused::quietly("user_not_found"))?}))
        }
        "usergroups.list" => {
            workspace.needs("usergroups:read")?;
            let with_disabled = argument("include_disabled").as_deref() == Some("true");
            let is_listed = |one: &&Value| with_disabled || one["date_delete"] == 0;
            Ok(json!({"ok": true, "usergroups": workspace.groups.iter().filter(is_listed).collect::<Vec<_>>()}))
        }
        "usergroups.users.list" => {
            workspace.needs("usergroups:read")?;
            let id = argument("usergroup").unwrap_or_default();
            if !id.starts_with('S') {
                return Err(Refused::noted("no_such_subteam", format!("{line}: {id:?} is not a group's id")));
            }
            let group = workspace.groups.iter().find(|one| one["id"] == id.as_str() && one["date_delete"] == 0);
            group.ok_or(Refused::quietly("no_such_subteam"))?;
            let users = workspace.in_groups.iter().filter(|(of, _)| *of == id).map(|(_, user)| *user);
            Ok(json!({"ok": true, "users": users.collect::<Vec<_>>()}))
        }
        _ => Ok(json!({
            "ok": true, "url": "https://test.slack.com/", "team": "Test Inc.", "user": "toban", "team_id": Slack::TEAM,
            "user_id": Slack::BOT_USER, "bot_id": Slack::BOT, "is_enterprise_install": false,
        })),
    }
}
