//! A message again, without what its chat has refused of it.

use super::{Message, Said};
use crate::chat::{ChatError, Form, PostId, Rendered};

/// A message without what its chat has refused of it.
pub(super) struct Plainer {
    pub thread: Option<PostId>,
    /// What it says now, and that as the chat's text; `None` as long as it says the same.
    pub said: Option<Box<(Said, Rendered)>>,
}

impl Plainer {
    pub fn rendered<'a>(&'a self, message: &'a Message<'_>) -> &'a Rendered {
        self.said.as_deref().map_or(&message.rendered, |(_, rendered)| rendered)
    }

    /// Leaves out what the chat has refused, and returns how that is recorded; `None` if it is left out already, or was never
    /// there: then the message itself is refused.
    pub fn refuse(&mut self, error: &ChatError, message: &Message<'_>) -> Option<&'static str> {
        let (rendered, has_thread) = (self.rendered(message), self.thread.is_some());
        let said = self.said.as_deref().map_or(&message.said, |(said, _)| said);
        let (said, how) = match error {
            ChatError::Gone { .. } => {
                self.thread.take()?;
                return Some("");
            }
            ChatError::Form { form: Form::Mention, .. } if rendered.pings => {
                (said.without_mention(message.language), " · without the mention, which the chat refuses")
            }
            ChatError::Form { form: Form::Thread, .. } if has_thread => {
                (said.without_thread(message.language), " · outside the thread, which the chat refuses")
            }
            ChatError::Form { form: Form::Layout, .. } if rendered.status.is_some() => {
                (said.without_layout(), " · as plain text, because the chat refuses the layout")
            }
            _ => return None,
        };
        if matches!(error, ChatError::Form { form: Form::Thread, .. }) {
            self.thread = None;
        }
        let rendered = message.outlet.chat.write(&said);
        self.said = Some(Box::new((said, rendered)));
        Some(how)
    }
}
