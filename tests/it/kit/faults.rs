//! Faults of a chat, and the script that plays them.

use std::collections::VecDeque;

use super::http::{Reply, Response};
use super::pace::Meter;

/// A call that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// None: this call is answered as it deserves, and the next one is meant.
    Accept,
    /// 429, with `Retry-After` in seconds where it is given.
    TooManyRequests { retry_after: Option<u64> },
    /// 500 with no body.
    ServerError,
    /// The request is read, the connection is reset, nothing is accepted.
    Reset,
    /// The lost answer: the message is accepted and recorded, then the connection is reset.
    ResetAfterAccepting,
    /// The request is read and never answered.
    Hang,
    /// The message is accepted and recorded, and the call is never answered.
    HangAfterAccepting,
    /// A permanent refusal with the chat's own code: Slack's API puts it in a 200, a Slack webhook in the status and the
    /// text, Typetalk in a 4xx with `WWW-Authenticate`.
    Refuse(&'static str),
    /// 503 with an HTML page, as a load balancer answers.
    Html503,
    /// 200 with a page that is not the chat's.
    NotJson,
    /// The same, and the message is accepted and recorded.
    NotJsonAfterAccepting,
    /// The message is accepted and recorded, and a gateway answers 502.
    BadGatewayAfterAccepting,
    /// The message is accepted and recorded, and the answer has 100 KiB.
    LongAnswer,
}

/// How an API words its refusals.
#[derive(Clone, Copy)]
pub struct Manner {
    /// The answer to a call that is refused with this code.
    pub refused: fn(&str) -> Response,
    /// The body of a 429 and its content type.
    pub rate_limited: (&'static str, &'static str),
}

/// Answers a call: `judged` accepts the message, or is the refusal of a call that is wrong in itself.
///
/// With a fault the message is not recorded, unless it is one of those after accepting.
pub fn reply(fault: Option<Fault>, manner: Manner, judged: Result<impl FnOnce() -> Response, Response>) -> Reply {
    let accepted = || judged.map_or_else(|refusal| refusal, |accept| accept());
    let Some(fault) = fault else {
        return Reply::Send(accepted());
    };
    match fault {
        Fault::Accept => Reply::Send(accepted()),
        Fault::TooManyRequests { retry_after } => {
            let (content_type, body) = manner.rate_limited;
            let response = Response::new(429, content_type, body);
            Reply::Send(match retry_after {
                Some(seconds) => response.header("Retry-After", seconds.to_string()),
                None => response,
            })
        }
        Fault::ServerError => Reply::Send(Response::empty(500)),
        Fault::Reset => Reply::Reset,
        Fault::ResetAfterAccepting => {
            accepted();
            Reply::Reset
        }
        Fault::Hang => Reply::Hang,
        Fault::HangAfterAccepting => {
            accepted();
            Reply::Hang
        }
        Fault::Refuse(code) => Reply::Send((manner.refused)(code)),
        Fault::Html503 => Reply::Send(page(503, "Service Unavailable")),
        Fault::NotJson => Reply::Send(page(200, "Sign in to the network")),
        Fault::NotJsonAfterAccepting => {
            accepted();
            Reply::Send(page(200, "Sign in to the network"))
        }
        Fault::BadGatewayAfterAccepting => {
            accepted();
            Reply::Send(page(502, "Bad Gateway"))
        }
        Fault::LongAnswer => Reply::Send(accepted().padded(100 * 1024)),
    }
}

fn page(status: u16, title: &str) -> Response {
    let html = format!("<!DOCTYPE html>\n<html><head><title>{title}</title></head></html>\n");
    Response::new(status, "text/html; charset=utf-8", html)
}

/// The faults to come.
#[derive(Default)]
pub struct Script {
    /// One for each of the next calls that have this in their target.
    pub next_of: Vec<(&'static str, Fault)>,
    /// One for each of the next other calls.
    pub next: VecDeque<Fault>,
    /// For every call after those that has this in its target.
    pub always_of: Vec<(&'static str, Fault)>,
    /// For every call after those.
    pub always: Option<Fault>,
    /// For posts that come too fast and have no other fault.
    pub meter: Option<Meter>,
}

impl Script {
    /// The fault of a call with this target.
    pub fn draw(&mut self, target: &str) -> Option<Fault> {
        let is_of = |(part, _): &(&str, Fault)| target.contains(part);
        if let Some(at) = self.next_of.iter().position(is_of) {
            return Some(self.next_of.remove(at).1);
        }
        self.next.pop_front().or_else(|| self.draw_of(target)).or(self.always)
    }

    /// The same of the faults for calls with a part of this target alone.
    pub fn draw_of(&mut self, target: &str) -> Option<Fault> {
        let is_of = |(part, _): &(&str, Fault)| target.contains(part);
        if let Some(at) = self.next_of.iter().position(is_of) {
            return Some(self.next_of.remove(at).1);
        }
        self.always_of.iter().copied().find(is_of).map(|(_, fault)| fault)
    }
}
