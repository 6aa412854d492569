//! What can be asked of Typetalk with the bot's token, which may have the scopes `topic.post` and `topic.read`.
//!
//! <https://developer.nulab.com/docs/typetalk/api/1/get-messages>

use super::{Typetalk, code as said};
use crate::chat::asking::{Unanswered, ask, code};
use crate::domain::text::Foreign;
use serde::Deserialize;

/// A topic, as the bot sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypetalkTopic {
    /// Its name.
    pub name: Option<Foreign>,
    /// Whether it is put away.
    pub is_archived: bool,
}

#[derive(Deserialize)]
struct Answer {
    topic: Topic,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Topic {
    #[serde(default)]
    name: String,
    #[serde(default)]
    is_archived: bool,
}

impl Typetalk {
    /// The bot's topic, with no more of its messages than has to be; scope `topic.read`.
    pub async fn own_topic(&self) -> Result<TypetalkTopic, Unanswered> {
        let url = format!("{}/api/v1/topics/{}?count=1", self.base_url, self.topic);
        let reply = ask(|| self.http.get(&url).header("X-Typetalk-Token", self.token.expose())).await?;
        let code = code(&said(&reply));
        match reply.status.as_u16() {
            200..300 => {}
            // An expired token is a 400 too.
            400 | 401 => return Err(Unanswered::BadToken { code }),
            403 => return Err(Unanswered::MissingScope),
            404 => return Err(Unanswered::NotFound { code }),
            _ => return Err(Unanswered::Refused { code }),
        }
        match serde_json::from_slice::<Answer>(&reply.body) {
            Ok(Answer { topic }) => {
                Ok(TypetalkTopic { name: Foreign::line(&topic.name), is_archived: topic.is_archived })
            }
            Err(_) => Err(Unanswered::Refused { code: format!("{code}, which is no answer of Typetalk's") }),
        }
    }
}
