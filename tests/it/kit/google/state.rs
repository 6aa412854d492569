//! What is behind both services: the tokens that were given, the cells, the faults to come, and what went wrong.

use std::sync::{Mutex, MutexGuard};

use chrono::Utc;
use tokio::sync::watch;

use super::fault::{self, GoogleFault, Script};
use super::tabs::Tabs;
use super::{answers, grant, key, look, read};
use crate::kit::http::{Reply, Request, Response};

/// Google as its own server sees it.
#[derive(Default)]
pub struct State {
    /// `http://` and the address, without a path.
    pub origin: String,
    pub tabs: Tabs,
    /// The access tokens that were given, oldest first. Each is good for as long as the test runs.
    pub tokens: Vec<String>,
    /// What was wrong with the calls, oldest first.
    pub problems: Vec<String>,
    pub sheets: Service,
    /// A tab whose reads fail.
    pub of_tab: Option<(String, GoogleFault)>,
    /// Calls that ask about the tabs rather than for their values.
    pub looks: Service,
    pub token: Service,
}

/// One of the two services: the faults to come, and the calls that were judged.
#[derive(Default)]
pub struct Service {
    pub script: Script,
    pub calls: watch::Sender<usize>,
}

/// A call that is not accepted: the client's answer, and the problem for the test, if it is one.
pub struct Refused {
    pub answer: Response,
    pub why: Option<String>,
}

impl State {
    /// Judges a call and answers it under the fault that the script has for it.
    pub fn answer(&mut self, request: &Request) -> Reply {
        let path = request.target.split('?').next().unwrap_or_default();
        if path == key::TOKEN_PATH {
            let fault = self.token.script.draw();
            let judged = grant::judge(self, request, Utc::now()).map_err(|refused| self.refuse(refused));
            let reply = fault::reply(fault.map(GoogleFault::at_token), judged.map(|()| || grant::give(self)));
            self.token.calls.send_modify(|calls| *calls += 1);
            reply
        } else if look::is_one(path) {
            let reply = match (look::judge(self, request), self.looks.script.draw()) {
                (Err(refused), _) => Reply::Send(self.refuse(refused)),
                (Ok(answer), fault) => fault::reply(fault.map(|fault| fault.at_sheets("")), Ok(|| answer)),
            };
            self.looks.calls.send_modify(|calls| *calls += 1);
            reply
        } else if path.starts_with("/v4/") {
            let asked = read::first_range(request);
            let is_of = |(tab, _): &&(String, GoogleFault)| asked.contains(&format!("'{tab}'"));
            let of_tab = self.of_tab.as_ref().filter(is_of).map(|(_, fault)| *fault);
            let fault = of_tab.or_else(|| self.sheets.script.draw());
            let judged = read::judge(self, request).map_err(|refused| self.refuse(refused));
            let reply = fault::reply(fault.map(|fault| fault.at_sheets(&asked)), judged.map(|values| || values));
            self.sheets.calls.send_modify(|calls| *calls += 1);
            reply
        } else {
            self.problem(format!("{} {}, which is neither of the two services", request.method, request.target));
            Reply::Send(answers::no_such_page())
        }
    }

    /// Plays no more faults.
    pub fn heal(&mut self) {
        self.sheets.script = Script::default();
        self.looks.script = Script::default();
        self.token.script = Script::default();
    }

    /// Notes what is wrong with a call.
    pub fn problem(&mut self, what: impl Into<String>) {
        self.problems.push(what.into());
    }

    /// The answer of a refusal, after noting why.
    fn refuse(&mut self, refused: Refused) -> Response {
        self.problems.extend(refused.why);
        refused.answer
    }

    /// What dropping the fake fails for.
    pub fn left(&self) -> Vec<String> {
        let problems = self.problems.iter().map(|what| format!("problem: {what}"));
        let faults = self.sheets.script.next.iter().map(|fault| format!("fault that no read came for: {fault:?}"));
        let token_faults = self.token.script.next.iter();
        let token_faults = token_faults.map(|fault| format!("fault that no call for a token came for: {fault:?}"));
        problems.chain(faults).chain(token_faults).collect()
    }
}

impl Refused {
    /// A refusal that only a wrong client earns.
    pub fn problem(answer: Response, why: impl Into<String>) -> Self {
        Self { answer, why: Some(why.into()) }
    }
}

pub fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("Google does not panic while it judges a call: look at the first panic above")
}
