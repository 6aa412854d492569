//! What `toban check` asks of Typetalk with the bot's token, which may have the scopes `topic.post` and `topic.read`.
//!
//! <https://developer.nulab.com/docs/typetalk/api/1/get-messages>

use super::{TOKEN, Typetalk, code};
use crate::chat::ChannelId;
use crate::chat::asking::{AskedChannel, ChannelState, Fact, Scope, Unanswered, ask};
use crate::chat::kind::Access;
use crate::domain::text::Foreign;
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    topic: Topic,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Topic {
    name: String,
    is_archived: bool,
}

impl Typetalk {
    /// Each topic, with the setting that names it. What keeps one from being read would keep the others as well.
    pub(in crate::chat) async fn ask(&self, topics: &[(&ChannelId, &'static str)]) -> Vec<Fact> {
        let mut facts = Vec::new();
        for (id, variable) in topics {
            let fact =
                |name: Option<Foreign>, state| Fact::Topic(AskedChannel { name, id: (*id).clone(), variable }, state);
            match self.topic(id).await {
                Ok(Topic { name, is_archived: true }) => facts.push(fact(Foreign::line(&name), ChannelState::Archived)),
                Ok(Topic { name, .. }) => facts.push(fact(Foreign::line(&name), ChannelState::Good)),
                Err(Unanswered::NotFound { .. }) => facts.push(fact(None, ChannelState::NotFound)),
                Err(Unanswered::MissingScope) => {
                    facts.push(Fact::MissingScope(Scope::Topics));
                    break;
                }
                Err(error) => {
                    facts.push(Fact::NoAnswer(error));
                    break;
                }
            }
        }
        facts
    }

    /// A topic, with no more of its messages than has to be; scope `topic.read`.
    async fn topic(&self, id: &ChannelId) -> Result<Topic, Unanswered> {
        let Self(Access { http, base_url, secret }) = self;
        let url = format!("{base_url}/api/v1/topics/{id}?count=1");
        let reply = ask(http, || http.get(&url).header(TOKEN, secret.expose())).await?;
        let code = code(&reply);
        match reply.status.as_u16() {
            200..300 => {}
            // An expired token is a 400 too.
            400 | 401 => return Err(Unanswered::BadToken { code }),
            403 => return Err(Unanswered::MissingScope),
            404 => return Err(Unanswered::NotFound { code }),
            _ => return Err(Unanswered::Refused { code }),
        }
        match serde_json::from_slice::<Answer>(&reply.body) {
            Ok(Answer { topic }) => Ok(topic),
            Err(_) => Err(Unanswered::Refused { code: format!("{code}, which is not an answer of Typetalk's") }),
        }
    }
}
