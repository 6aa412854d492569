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

    /// What it says outside the thread, without the mention if that was refused.
    fn whole(&self, message: &Message<'_>) -> Option<Said> {
        let whole = message.whole.as_deref()?;
        let is_plainer = self.said.as_deref().is_some_and(|(said, _)| said.to.is_none() && message.said.to.is_some());
        Some(if is_plainer { whole.without_mention(message.language) } else { whole.clone() })
    }

    /// Leaves out what the chat has refused, and returns how that is recorded; `None` if it is left out already, or was never
    /// there: then the message itself is refused.
    pub fn refuse(&mut self, error: &ChatError, message: &Message<'_>) -> Option<&'static str> {
        let (rendered, has_thread) = (self.rendered(message), self.thread.is_some());
        let said = self.said.as_deref().map_or(&message.said, |(said, _)| said);
        let (said, how) = match error {
            ChatError::Gone { .. } => {
                self.thread.take()?;
                let Some(whole) = self.whole(message) else { return Some("") };
                (whole, "")
            }
            ChatError::Form { form: Form::Mention, .. } if rendered.pings => {
                (said.without_mention(message.language), " · without the mention, which the chat refuses")
            }
            ChatError::Form { form: Form::Thread, .. } if has_thread => {
                let said = self.whole(message).unwrap_or_else(|| said.clone());
                (said.without_thread(message.language), " · outside the thread, which the chat refuses")
            }
            ChatError::Form { form: Form::Layout, .. } if rendered.status.is_some() || !rendered.buttons.is_empty() => {
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
