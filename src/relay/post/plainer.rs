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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Chat;
    use crate::chat::delivery::Outlet;
    use crate::domain::destination::Destination;
    use crate::domain::message::{Addressee, Language, Line};

    fn refused(form: Form) -> ChatError {
        ChatError::Form { form, code: "no".into() }
    }

    /// To the fallback, in a thread, with a status.
    fn message(chat: &Chat) -> Message<'_> {
        let said = |text: &'static str| Said::new(Some(Addressee::Fallback), vec![Line::own(text)]);
        let outlet = Outlet { place: Destination::Primary, chat };
        let message = Message::new(outlet, said("short"), Language::English, String::new());
        let rendered = Rendered { status: Some("open".into()), ..message.rendered };
        Message { rendered, thread: Some(PostId("1".into())), whole: Some(Box::new(said("whole"))), ..message }
    }

    #[test]
    fn only_what_is_there_can_be_left_out() {
        let chat = Chat::console();
        let forms = [Form::Mention, Form::Thread, Form::Layout];
        let left_out = |message: &Message<'_>| {
            let plainer = || Plainer { thread: message.thread.clone(), said: None };
            forms.map(|form| plainer().refuse(&refused(form), message).is_some())
        };
        let whole = message(&chat);
        assert_eq!(left_out(&whole), [true; 3]);
        let quiet = Rendered { pings: false, status: None, buttons: Vec::new(), ..whole.rendered };
        assert_eq!(left_out(&Message { thread: None, rendered: quiet, ..message(&chat) }), [false; 3]);
    }

    #[test]
    fn a_mention_that_nobody_refused_is_in_the_whole_message_too() {
        let chat = Chat::console();
        let message = message(&chat);
        let gone = ChatError::Gone { code: "thread_not_found".into() };
        for (form, pings) in [(Form::Layout, true), (Form::Mention, false)] {
            let mut plainer = Plainer { thread: message.thread.clone(), said: None };
            plainer.refuse(&refused(form), &message).expect("it is there");
            plainer.refuse(&gone, &message).expect("it was in a thread");
            let rendered = plainer.rendered(&message);
            assert_eq!((rendered.pings, rendered.text.contains("whole")), (pings, true), "{form:?}");
        }
    }
}
