//! What every fake chat has: messages to read, problems that it noted, and faults to play.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::faults::{Fault, Script};
use super::http::{Reply, Request, Server};
use super::pace::{Meter, Pace};

/// A fake chat as the test sees it. Dropping it fails the test, unless that is failing already, if it noted problems, if
/// messages or edits are unread, or if faults of [`Mailbox::fail_next`] or [`Mailbox::fail_next_of`] were not played.
pub struct Mailbox<M: Debug> {
    name: &'static str,
    state: Arc<Mutex<State<M>>>,
    server: Server,
}

/// What is asked beside a post, in no order: it is not among the calls, and only faults of its own are played for it.
const ASIDE: &str = "chat.getPermalink";

/// A fake chat as its own server sees it.
pub struct State<M> {
    entries: Vec<Entry<M>>,
    problems: Vec<String>,
    script: Script,
    delay: Duration,
    asides: usize,
}

struct Entry<M> {
    message: M,
    seen: Seen,
}

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Unread,
    Read,
    /// Read, and edited since.
    Edited,
}

impl<M: Clone + Debug + Send + 'static> Mailbox<M> {
    /// Starts the chat called `name`. `answer` judges each call and replies under the fault that the script has for it.
    pub async fn open<F>(name: &'static str, answer: F) -> Self
    where
        F: Fn(&mut State<M>, &Request, Option<Fault>) -> Reply + Clone + Send + Sync + 'static,
    {
        let (entries, problems, script) = (Vec::new(), Vec::new(), Script::default());
        let state = Arc::new(Mutex::new(State { entries, problems, script, delay: Duration::ZERO, asides: 0 }));
        let served = state.clone();
        let server = Server::start(move |request| {
            let mut state = lock(&served);
            let is_aside = request.target.contains(ASIDE);
            state.asides += usize::from(is_aside);
            let fault =
                if is_aside { state.script.draw_of(&request.target) } else { state.script.draw(&request.target) };
            let (reply, delay) = (answer(&mut state, &request, fault), state.delay);
            drop(state);
            async move {
                tokio::time::sleep(delay).await;
                reply
            }
        })
        .await;
        Self { name, state, server }
    }

    /// `http://`, host and port.
    pub fn origin(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// All unread messages, in the order in which they were accepted.
    pub fn take(&self) -> Vec<M> {
        self.state().read(Seen::Unread)
    }

    /// The only unread message.
    #[track_caller]
    pub fn expect_one(&self) -> M {
        one(self.take(), &format!("unread message in {}", self.name))
    }

    /// All messages that were edited after they were read, as they are now.
    pub fn take_edits(&self) -> Vec<M> {
        self.state().read(Seen::Edited)
    }

    /// The only message that was edited after it was read, as it is now.
    #[track_caller]
    pub fn expect_edit(&self) -> M {
        one(self.take_edits(), &format!("unread edit in {}", self.name))
    }

    /// Nothing was posted or edited since the last call.
    #[track_caller]
    pub fn expect_none(&self) {
        let messages = self.take();
        let edits = self.take_edits();
        assert!(
            messages.is_empty() && edits.is_empty(),
            "expected silence in {}, but this was posted: {messages:#?}, and this edited: {edits:#?}",
            self.name,
        );
    }

    /// Plays these faults, one for each of the next calls. Each must be played before the fake is dropped.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state().script.next.extend(faults);
    }

    /// The same for the next calls whose path has `part` in it: `users.info`. Other calls do not use them up, so that the
    /// order of calls that are made side by side does not matter.
    pub fn fail_next_of(&self, part: &'static str, faults: impl IntoIterator<Item = Fault>) {
        self.state().script.next_of.extend(faults.into_iter().map(|fault| (part, fault)));
    }

    /// Plays this fault for every call whose path has `part` in it, after those of [`Mailbox::fail_next`], until
    /// [`Mailbox::heal`].
    pub fn fail_always_of(&self, part: &'static str, fault: Fault) {
        self.state().script.always_of.push((part, fault));
    }

    /// Plays this fault for every call, after those of [`Mailbox::fail_next`], until [`Mailbox::heal`].
    pub fn fail_always(&self, fault: Fault) {
        self.state().script.always = Some(fault);
    }

    /// Accepts posts at this pace in each channel and answers 429 to faster ones, until [`Mailbox::heal`].
    pub fn limit(&self, pace: Pace) {
        self.state().script.meter = Some(Meter::new(pace));
    }

    /// Answers each call after this time.
    pub fn slow(&self, delay: Duration) {
        self.state().delay = delay;
    }

    /// Plays no more faults.
    pub fn heal(&self) {
        self.state().script = Script::default();
    }

    /// Calls that were judged so far, whatever came of them.
    pub fn calls(&self) -> usize {
        self.server.requests() - self.asides()
    }

    /// Calls that are made beside a post.
    pub fn asides(&self) -> usize {
        self.state().asides
    }

    /// Waits until so many calls have been judged, for a client whose call hangs.
    pub async fn called(&self, times: usize) {
        self.server.requested(times).await;
    }

    /// Connections that were accepted so far.
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// What was wrong with the calls, oldest first. Reading clears it, so that dropping the fake does not report it.
    pub fn problems(&self) -> Vec<String> {
        std::mem::take(&mut self.state().problems)
    }

    fn state(&self) -> MutexGuard<'_, State<M>> {
        lock(&self.state)
    }
}

impl<M: Debug> Mailbox<M> {
    /// What fails the test when the fake is dropped.
    pub fn left(&self) -> Vec<String> {
        lock(&self.state).left()
    }
}

impl<M: Debug> Drop for Mailbox<M> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let left = self.left();
        assert!(left.is_empty(), "{}: the test left this behind:\n{}", self.name, left.join("\n"));
    }
}

impl<M> State<M> {
    /// Notes what is wrong with a call.
    pub fn problem(&mut self, what: impl Into<String>) {
        self.problems.push(what.into());
    }

    pub fn messages(&self) -> impl Iterator<Item = &M> {
        self.entries.iter().map(|entry| &entry.message)
    }

    /// The fault of a post that comes too fast, if the test has set a pace.
    pub fn too_fast(&mut self, channel: &str) -> Option<Fault> {
        self.script.meter.as_mut().and_then(|meter| meter.count(channel))
    }

    pub fn accept(&mut self, message: M) {
        let seen = Seen::Unread;
        self.entries.push(Entry { message, seen });
    }

    /// Edits the first message for which `wanted` holds.
    pub fn edit(&mut self, wanted: impl Fn(&M) -> bool, edit: impl FnOnce(&mut M)) {
        let found = self.entries.iter_mut().find(|entry| wanted(&entry.message));
        let Some(entry) = found else { return };
        edit(&mut entry.message);
        if entry.seen == Seen::Read {
            entry.seen = Seen::Edited;
        }
    }
}

impl<M: Clone> State<M> {
    fn read(&mut self, seen: Seen) -> Vec<M> {
        let entries = self.entries.iter_mut().filter(|entry| entry.seen == seen);
        let read = |entry: &mut Entry<M>| {
            entry.seen = Seen::Read;
            entry.message.clone()
        };
        entries.map(read).collect()
    }
}

impl<M: Debug> State<M> {
    fn left(&self) -> Vec<String> {
        let problems = self.problems.iter().map(|what| format!("problem: {what}"));
        let unread = self.entries.iter().filter_map(|entry| match entry.seen {
            Seen::Unread => Some(format!("unread message: {:#?}", entry.message)),
            Seen::Edited => Some(format!("unread edit: {:#?}", entry.message)),
            Seen::Read => None,
        });
        let faults = self.script.next.iter().chain(self.script.next_of.iter().map(|(_, fault)| fault));
        let faults = faults.map(|fault| format!("fault that no call came for: {fault:?}"));
        problems.chain(unread).chain(faults).collect()
    }
}

/// The only one of those that were found.
#[track_caller]
pub fn one<M: Debug>(mut found: Vec<M>, what: &str) -> M {
    match found.pop() {
        Some(message) if found.is_empty() => message,
        Some(message) => {
            found.push(message);
            panic!("expected one {what}, found {}: {found:#?}", found.len())
        }
        None => {
            panic!("expected one {what}, found none: check what the function answered and logged")
        }
    }
}

fn lock<M>(state: &Mutex<State<M>>) -> MutexGuard<'_, State<M>> {
    state.lock().expect("no fake panics while it judges a call: see the first panic above")
}
