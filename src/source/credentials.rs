//! Accepted credentials, per route, and what to do about a request without them.

use super::eventbridge::Taken;
use super::{Headers, Sender, slack};
use crate::net::secret::Secret;
use std::borrow::Cow;

/// How a source shows that a request is its own, and which settings hold what it has to show.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// A token, most easily in the URL. A request without one gets 401: none of these senders sends anything again, and
    /// whoever sets one up sees at once that the token is wrong.
    Token {
        tokens: &'static str,
        /// Who it is, in a sentence: `Jenkins`.
        who: &'static str,
        /// Where its URL is entered, in a sentence: `the endpoint's URL`.
        url: &'static str,
    },
    /// Signatures (v3) or tokens (v2). A request without either gets 503, as PagerDuty sends it again for 48 hours.
    PagerDuty { secrets: &'static str, tokens: &'static str },
    /// It has no route. EventBridge hands its events to the function, whose policy says of which rules.
    EventBridge,
}

impl Access {
    pub(super) fn variables(self) -> impl Iterator<Item = &'static str> {
        let (secrets, tokens) = match self {
            Self::Token { tokens, .. } => (None, Some(tokens)),
            Self::PagerDuty { secrets, tokens } => (Some(secrets), Some(tokens)),
            Self::EventBridge => (None, None),
        };
        secrets.into_iter().chain(tokens)
    }
}

/// The accepted credentials of one route. With none, it is closed.
#[derive(Debug, Clone, Default)]
pub struct RouteCredentials {
    /// Signing secrets; two while one is being replaced.
    pub secrets: Vec<Secret>,
    pub tokens: Vec<Secret>,
}

impl RouteCredentials {
    pub fn are_none(&self) -> bool {
        self.secrets.is_empty() && self.tokens.is_empty()
    }

    /// Accepts a request that carries one of the tokens, in a header or in its body.
    pub(super) fn check_token(&self, headers: &Headers<'_>, in_body: Option<&str>) -> Result<(), NotAuthentic> {
        if self.are_none() {
            return Err(NotAuthentic::RouteClosed);
        }
        let given: Vec<_> = headers.token().into_iter().chain(in_body.map(Cow::from)).collect();
        if given.iter().any(|given| self.tokens.iter().any(|token| token.is(given))) {
            return Ok(());
        }
        Err(if given.is_empty() { NotAuthentic::NoCredentials } else { NotAuthentic::WrongToken })
    }
}

/// The accepted credentials of every route.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    routes: [RouteCredentials; Sender::ALL.len()],
    /// Slack's signing secrets, for what people press.
    pub slack: Vec<Secret>,
    /// What needs none, as EventBridge vouches for it.
    pub eventbridge: Taken,
}

impl Credentials {
    /// What the settings hold: `values` has the values of a variable.
    pub fn from_settings(mut values: impl FnMut(&'static str) -> Vec<Secret>) -> Self {
        let routes = Sender::ALL.map(|sender| match sender.source().access {
            Access::Token { tokens, .. } => RouteCredentials { secrets: Vec::new(), tokens: values(tokens) },
            Access::PagerDuty { secrets, tokens } => {
                RouteCredentials { secrets: values(secrets), tokens: values(tokens) }
            }
            Access::EventBridge => RouteCredentials::default(),
        });
        Self { routes, slack: values(slack::SECRETS), eventbridge: Taken::default() }
    }

    pub fn of(&self, sender: Sender) -> &RouteCredentials {
        &self.routes[sender as usize]
    }

    pub fn of_mut(&mut self, sender: Sender) -> &mut RouteCredentials {
        &mut self.routes[sender as usize]
    }

    /// Whether every sender's route is closed.
    pub fn are_none(&self) -> bool {
        self.routes.iter().all(RouteCredentials::are_none)
    }
}

/// Why a request is not accepted. The words are for the log; the sender is told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthentic {
    #[error("no credentials are configured for this route")]
    RouteClosed,
    #[error("the request carries no credentials")]
    NoCredentials,
    #[error("the signature matches none of the configured secrets")]
    WrongSignature,
    #[error("the token matches none of the configured tokens")]
    WrongToken,
    #[error("the signature is of another time, by more than five minutes")]
    NotRecent,
    #[error("a v3 body needs a signature; a token does not vouch for it")]
    TokenForSignedBody,
}

/// What to do about a request that was not accepted; for a closed route, which settings open it.
pub fn advice(sender: Sender, why: NotAuthentic) -> String {
    let name = sender.name();
    match (sender.source().access, why) {
        (Access::Token { tokens, url, .. }, NotAuthentic::RouteClosed) => {
            format!("Set {tokens}; {url} is then https://toban:TOKEN@…/{name}, with one of them")
        }
        (Access::Token { tokens, who, url }, _) => {
            format!("If this is {who}, {url} is https://toban:TOKEN@…/{name}, with one of {tokens}")
        }
        (Access::PagerDuty { secrets, tokens }, NotAuthentic::RouteClosed) => {
            format!("Set {secrets} (v3) or {tokens} (v2)")
        }
        (Access::PagerDuty { tokens, .. }, NotAuthentic::NoCredentials) => {
            format!("If this is PagerDuty's v2 extension, give it a header with one of {tokens}")
        }
        (Access::PagerDuty { secrets, .. }, NotAuthentic::WrongSignature) => {
            format!("If this is PagerDuty, put the subscription's secret into {secrets}")
        }
        (Access::PagerDuty { tokens, .. }, NotAuthentic::WrongToken) => {
            format!("If this is PagerDuty, put the extension's token into {tokens}")
        }
        (Access::PagerDuty { secrets, .. }, NotAuthentic::TokenForSignedBody | NotAuthentic::NotRecent) => {
            format!("Point the v3 subscription here and put its secret into {secrets}")
        }
        (Access::EventBridge, _) => format!("Name {name} in EVENTBRIDGE; it has no route"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_in_three_ways() {
        let tokens = vec![Secret::new("old"), Secret::new("new:er")];
        let credentials = RouteCredentials { secrets: Vec::new(), tokens };
        let (accepted, wrong, none) = (Ok(()), Err(NotAuthentic::WrongToken), Err(NotAuthentic::NoCredentials));
        for (name, value, expected) in [
            ("Authorization", "Bearer old", accepted),
            ("authorization", "bearer  new:er ", accepted),
            ("Authorization", "Basic dG9iYW46b2xk", accepted),
            ("Authorization", "Basic eDpuZXc6ZXI=", accepted),
            ("X-Toban-Token", "old", accepted),
            ("Authorization", "Basic b2xk", none),
            ("Authorization", "Basic ???", none),
            ("Authorization", "old", none),
            ("Authorization", "Token old", none),
            ("X-Toban-Token", "", none),
            ("X-Toban-Token", "wrong", wrong),
        ] {
            let headers = Headers(vec![(name.into(), value.into())]);
            assert_eq!(credentials.check_token(&headers, None), expected, "{name}: {value}");
            let closed = RouteCredentials::default().check_token(&headers, Some("old"));
            assert_eq!(closed, Err(NotAuthentic::RouteClosed), "{name}: {value}");
        }
    }

    #[test]
    fn a_token_may_be_in_the_body_as_well() {
        let credentials =
            RouteCredentials { secrets: Vec::new(), tokens: vec![Secret::new("old"), Secret::new("new")] };
        let (wrong, none) = (Err(NotAuthentic::WrongToken), Err(NotAuthentic::NoCredentials));
        for (in_header, in_body, expected) in [
            (None, Some("new"), Ok(())),
            (Some("old"), Some("wrong"), Ok(())),
            (Some("of a proxy"), Some("old"), Ok(())),
            (None, Some("wrong"), wrong),
            (Some("wrong"), Some(""), wrong),
            (None, None, none),
        ] {
            let headers = Headers(in_header.map(|token| ("X-Toban-Token".into(), token.into())).into_iter().collect());
            assert_eq!(credentials.check_token(&headers, in_body), expected, "{in_header:?} {in_body:?}");
        }
    }
}
