//! PagerDuty's REST API for one account, as its reference documents it: <https://developer.pagerduty.com/api-reference/>.
//!
//! What a correct client would not send is refused as PagerDuty refuses it, and noted as a problem. What can happen to a
//! correct client is refused without a problem: a name that is taken, a key without the right, an unknown user. It also
//! does what is known of PagerDuty beyond its reference: a layer's start in the past is moved to now, a layer is never
//! deleted, a search finds similar names, a search among schedules made of shifts finds no name with brackets, and a secret
//! is shown once.

mod account;
mod changes;
mod events;
mod incidents;
mod judge;
mod policies;
mod reads;
mod schedules;
mod shifts;
mod subscriptions;
mod users;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::http::{Reply, Request, Response, Server};
pub use account::Account;
use judge::Refused;
pub use subscriptions::secret;

/// A call that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PagerDutyFault {
    /// 429, with `ratelimit-reset` in seconds where it is given.
    TooManyRequests { reset: Option<u64> },
    /// 500 in PagerDuty's own shape; nothing is done.
    ServerError,
    /// 503 with an HTML page; nothing is done.
    Html,
    /// The connection is reset; nothing is done.
    Reset,
    /// The call is done, then the connection is reset.
    ResetAfterAccepting,
    /// 403 in PagerDuty's own shape; nothing is done.
    Forbidden,
    /// 400 with that code in PagerDuty's own shape; nothing is done.
    Code(u64),
    /// 404 in PagerDuty's own shape; nothing is done.
    NotFound,
    /// 409 and nothing else; nothing is done.
    Conflict,
    /// The call is read and never answered; nothing is done.
    Hang,
    /// The call is done and never answered.
    HangAfterAccepting,
}

/// PagerDuty as the test sees it. Dropping it fails the test if problems were noted or faults were not used, unless the
/// test is already failing.
pub struct PagerDuty {
    state: Arc<Mutex<State>>,
    server: Server,
}

/// What others do to an incident.
type Meanwhile = Box<dyn FnOnce(&mut Value) + Send>;

struct State {
    account: Account,
    /// Which keys are known, and whether each may write.
    keys: Vec<(&'static str, bool)>,
    problems: Vec<String>,
    calls: Vec<String>,
    /// For the next calls, one each.
    next: VecDeque<PagerDutyFault>,
    /// A fault for the write after that many others.
    on_write: Option<(usize, PagerDutyFault)>,
    /// For calls of these lines, `GET /incidents/Q1`, one each, after that many others of the line.
    on_call: Vec<(String, usize, PagerDutyFault)>,
    /// What happens to an incident when it is written next, whatever comes of that.
    meanwhile: Option<(String, Meanwhile)>,
}

impl PagerDuty {
    pub const KEY: &str = "u+full-access-0123456789";
    pub const READ_ONLY_KEY: &str = "r+read-only-0123456789";

    /// An account with nothing in it, at a time that stands still.
    pub async fn start(now: &str) -> Self {
        Self::with_keys(now, vec![(Self::KEY, true), (Self::READ_ONLY_KEY, false)]).await
    }

    /// Another service region: it knows none of our keys.
    pub async fn elsewhere(now: &str) -> Self {
        Self::with_keys(now, Vec::new()).await
    }

    async fn with_keys(now: &str, keys: Vec<(&'static str, bool)>) -> Self {
        let now: DateTime<Utc> = now.parse().expect("an instant");
        let state = Arc::new(Mutex::new(State {
            account: Account::new(now),
            keys,
            problems: Vec::new(),
            calls: Vec::new(),
            next: VecDeque::new(),
            on_write: None,
            on_call: Vec::new(),
            meanwhile: None,
        }));
        let served = state.clone();
        let server = Server::start(move |request| std::future::ready(lock(&served).answer(&request))).await;
        Self { state, server }
    }

    /// What stands for `https://api.pagerduty.com`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Changes something as somebody does in PagerDuty's own pages.
    pub fn edit<T>(&self, edit: impl FnOnce(&mut Account) -> T) -> T {
        edit(&mut self.state().account)
    }

    /// Everything in the account, to be compared as a whole.
    pub fn snapshot(&self) -> Value {
        self.state().account.snapshot()
    }

    /// The calls since the last time this was asked, `POST /users`.
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().calls)
    }

    /// The texts of an incident's notes, oldest first.
    pub fn notes(&self, incident: &str) -> Vec<String> {
        self.state()
            .account
            .notes_of(incident)
            .map(|note| note["content"].as_str().unwrap_or_default().into())
            .collect()
    }

    /// How many calls have been judged.
    pub fn calls(&self) -> usize {
        self.server.requests()
    }

    /// Waits until so many calls have been judged, for a client whose call hangs.
    pub async fn called(&self, times: usize) {
        self.server.requested(times).await;
    }

    /// The next calls fail, one for each fault.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = PagerDutyFault>) {
        self.state().next.extend(faults);
    }

    /// The write after that many others fails.
    pub fn fail_write_after(&self, writes: usize, fault: PagerDutyFault) {
        self.state().on_write = Some((writes, fault));
    }

    /// While the incident is written next, this happens to it.
    pub fn on_write_of(&self, incident: &str, meanwhile: impl FnOnce(&mut Value) + Send + 'static) {
        self.state().meanwhile = Some((incident.to_owned(), Box::new(meanwhile)));
    }

    /// The next call of this line fails, `GET /incidents/Q1`.
    pub fn fail_call(&self, line: &str, fault: PagerDutyFault) {
        self.fail_call_after(line, 0, fault);
    }

    /// The call of this line after that many others of it fails: a later page of a list.
    pub fn fail_call_after(&self, line: &str, others: usize, fault: PagerDutyFault) {
        self.state().on_call.push((line.to_owned(), others, fault));
    }

    /// What was wrong with the calls, oldest first. Reading clears it, so dropping the fake does not fail the test.
    pub fn problems(&self) -> Vec<String> {
        std::mem::take(&mut self.state().problems)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for PagerDuty {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let state = self.state();
        let mut left: Vec<_> = state.problems.iter().map(|what| format!("problem: {what}")).collect();
        left.extend(state.next.iter().map(|fault| format!("unused fault: {fault:?}")));
        left.extend(state.on_call.iter().map(|(line, _, fault)| format!("unused fault of {line}: {fault:?}")));
        left.extend(state.on_write.map(|(_, fault)| format!("unused fault of a write: {fault:?}")));
        assert!(left.is_empty(), "PagerDuty: what the test left behind:\n{}", left.join("\n"));
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Reply {
        let path = request.target.split('?').next().unwrap_or_default();
        let line = format!("{} {path}", request.method);
        let fault = self.next_fault(&line, request.method != "GET");
        self.calls.push(line);
        if let Some((id, meanwhile)) = self.meanwhile.take_if(|_| request.method == "PUT") {
            meanwhile(self.account.incident(&id));
        }
        // On a copy, so that a wrong call is noted even if it fails by a fault, and leaves nothing behind.
        let mut after = self.account.clone();
        let judged = judge::judge(&mut after, &self.keys, request);
        if let Err(Refused { problem: Some(problem), .. }) = &judged {
            self.problems.push(format!("{} {}: {problem}", request.method, request.target));
        }
        self.problems.append(&mut after.problems);
        let answer = match judged {
            Ok((status, body)) => Ok((after, Response::json(status, &body))),
            Err(refused) => Err(refused.response()),
        };
        let mut accept = |answer: Result<(Account, Response), Response>| match answer {
            Ok((after, response)) => {
                self.account = after;
                response
            }
            Err(refusal) => refusal,
        };
        match fault {
            None => Reply::Send(accept(answer)),
            Some(PagerDutyFault::ResetAfterAccepting) => {
                accept(answer);
                Reply::Reset
            }
            Some(PagerDutyFault::HangAfterAccepting) => {
                accept(answer);
                Reply::Hang
            }
            Some(PagerDutyFault::Reset) => Reply::Reset,
            Some(PagerDutyFault::Hang) => Reply::Hang,
            Some(PagerDutyFault::ServerError) => {
                Reply::Send(Refused::new(500, 2000, "An internal error has occurred.", []).response())
            }
            Some(PagerDutyFault::Forbidden) => Reply::Send(Refused::new(403, 2010, "Access Denied", []).response()),
            Some(PagerDutyFault::Code(code)) => {
                Reply::Send(Refused::new(400, code, "Something of that number", []).response())
            }
            Some(PagerDutyFault::NotFound) => Reply::Send(judge::not_found().response()),
            Some(PagerDutyFault::Conflict) => Reply::Send(Response::new(409, "text/plain", "Conflict")),
            Some(PagerDutyFault::Html) => {
                Reply::Send(Response::new(503, "text/html", "<html><title>Service Unavailable</title></html>"))
            }
            Some(PagerDutyFault::TooManyRequests { reset }) => {
                let response = Refused::new(429, 2020, "Rate Limit Exceeded", []).response();
                Reply::Send(match reset {
                    Some(seconds) => response
                        .header("ratelimit-limit", "960")
                        .header("ratelimit-remaining", "0")
                        .header("ratelimit-reset", seconds.to_string()),
                    None => response,
                })
            }
        }
    }

    fn next_fault(&mut self, line: &str, is_write: bool) -> Option<PagerDutyFault> {
        if let Some(nth) = self.on_call.iter().position(|(of, ..)| of == line) {
            match &mut self.on_call[nth].1 {
                0 => return Some(self.on_call.remove(nth).2),
                others => *others -= 1,
            }
        }
        match self.on_write {
            Some((0, fault)) if is_write => {
                self.on_write = None;
                return Some(fault);
            }
            Some((writes, fault)) if is_write => self.on_write = Some((writes - 1, fault)),
            _ => {}
        }
        self.next.pop_front()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no panic while a call is judged: see the first panic above")
}
