//! Faults of Google, and the script that plays them.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{a1, answers};
use crate::kit::http::{Reply, Response};

/// A call that fails. A call that would be refused anyway is refused under [`GoogleFault::Truncated`] and
/// [`GoogleFault::Huge`], too, and under every fault a wrong call is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoogleFault {
    /// Sheets: 400, the first of the ranges names a tab that is not there.
    MissingTab,
    /// Sheets: 403, the spreadsheet is not shared with the service account.
    NotShared,
    /// Sheets: 404, no spreadsheet has this id.
    NotFound,
    /// Sheets: 400, the document is an Excel file in Drive.
    Xlsx,
    /// Sheets: 429.
    Quota,
    /// Sheets: 403, the project has not turned the API on.
    ApiDisabled,
    /// Sheets: 403, the token is for something else.
    Scope,
    /// Sheets: 403, VPC Service Controls.
    Policy,
    /// Sheets: 403 for too many reads, as the older API answers.
    Quota403,
    /// Sheets: 401, the token is not good any more.
    Unauthenticated,
    /// Token: 400 `invalid_grant`, the host's clock is wrong.
    InvalidGrant,
    /// Token: 400 `invalid_grant`, the service account was deleted.
    AccountNotFound,
    /// 503 with the JSON of the service.
    Unavailable,
    /// 503 with an HTML page, as a load balancer answers.
    Html,
    /// 200 with an HTML page that is not Google's.
    HtmlOk,
    /// The request is read and never answered.
    Hang,
    /// The request is read and the connection is reset.
    Reset,
    /// 200 with an answer whose JSON ends in the middle. Its `Content-Length` is right.
    Truncated,
    /// 200 with a correct answer of 2 MB. In a sheet they are notes below the rows, in the last column of the range.
    Huge,
}

/// How a fault looks at the service that plays it.
pub enum Play {
    Refuse(Response),
    Hang,
    Reset,
    Cut,
    Swell(fn(&mut Value)),
}

impl GoogleFault {
    #[track_caller]
    pub fn expect_at_sheets(&self) {
        let is_right = !matches!(self, Self::InvalidGrant | Self::AccountNotFound);
        assert!(is_right, "{self:?} is a fault of the token endpoint: look at where the test scripts it");
    }

    #[track_caller]
    pub fn expect_at_token(&self) {
        let is_right = !matches!(
            self,
            Self::MissingTab
                | Self::NotShared
                | Self::NotFound
                | Self::Xlsx
                | Self::Quota
                | Self::ApiDisabled
                | Self::Scope
                | Self::Policy
                | Self::Quota403
                | Self::Unauthenticated
        );
        assert!(is_right, "{self:?} is a fault of the Sheets API: look at where the test scripts it");
    }

    /// The fault at the Sheets API, where `asked` is the first of the ranges.
    pub fn at_sheets(self, asked: &str) -> Play {
        let denied = "The caller does not have permission";
        let unsupported = "This operation is not supported for this document";
        let unavailable = "The service is currently unavailable.";
        match self {
            Self::MissingTab => Play::Refuse(answers::cannot_parse_range(asked)),
            Self::NotShared => Play::Refuse(answers::error(403, "PERMISSION_DENIED", denied)),
            Self::NotFound => Play::Refuse(answers::not_found()),
            Self::Xlsx => Play::Refuse(answers::error(400, "FAILED_PRECONDITION", unsupported)),
            Self::Quota => Play::Refuse(answers::quota()),
            Self::ApiDisabled => Play::Refuse(answers::api_disabled()),
            Self::Scope => Play::Refuse(answers::scope()),
            Self::Policy => Play::Refuse(answers::policy()),
            Self::Quota403 => Play::Refuse(answers::quota_403()),
            Self::Unauthenticated => Play::Refuse(answers::unauthenticated()),
            Self::Unavailable => Play::Refuse(answers::error(503, "UNAVAILABLE", unavailable)),
            Self::Huge => Play::Swell(add_notes),
            other => other.anywhere(),
        }
    }

    pub fn at_token(self) -> Play {
        let invalid_grant = |description| Play::Refuse(answers::token_error("invalid_grant", description));
        match self {
            Self::InvalidGrant => invalid_grant(answers::UNREASONABLE_TIMES),
            Self::AccountNotFound => invalid_grant("Invalid grant: account not found"),
            Self::Unavailable => Play::Refuse(answers::token_unavailable()),
            Self::Huge => Play::Swell(|body| body["id_token"] = "x".repeat(2_000_000).into()),
            other => other.anywhere(),
        }
    }

    fn anywhere(self) -> Play {
        match self {
            Self::Html => Play::Refuse(answers::page(503, "Error 503 (Service Unavailable)!!1")),
            Self::HtmlOk => Play::Refuse(answers::page(200, "Sign in to the network")),
            Self::Hang => Play::Hang,
            Self::Reset => Play::Reset,
            Self::Truncated => Play::Cut,
            other => unreachable!("{other:?} was not taken into the script of this service"),
        }
    }
}

/// Answers a call that was judged: `judged` is the answer, or the refusal that the call gets without a fault.
/// Nothing is given under a fault that refuses, resets or hangs.
pub fn reply(fault: Option<Play>, judged: Result<impl FnOnce() -> Value, Response>) -> Reply {
    match (fault, judged) {
        (Some(Play::Hang), _) => Reply::Hang,
        (Some(Play::Reset), _) => Reply::Reset,
        (Some(Play::Refuse(response)), _) | (_, Err(response)) => Reply::Send(response),
        (Some(Play::Cut), Ok(give)) => Reply::Send(answers::cut(&give())),
        (Some(Play::Swell(swell)), Ok(give)) => {
            let mut body = give();
            swell(&mut body);
            Reply::Send(answers::given(&body))
        }
        (None, Ok(give)) => Reply::Send(answers::given(&give())),
    }
}

/// Adds rows with nothing but a note, as long as a cell can be, to the first of the ranges.
fn add_notes(body: &mut Value) {
    let values = &mut body["valueRanges"][0];
    let last_column = values["range"].as_str().and_then(a1::parse).and_then(|range| range.columns.1).unwrap_or(1);
    let mut row = vec![Value::from(""); last_column - 1];
    row.push("あれこれx".repeat(50_000 / 5).into());
    let rows = std::iter::repeat_n(Value::from(row), 16);
    match values.get_mut("values").and_then(Value::as_array_mut) {
        Some(values) => values.extend(rows),
        None => values["values"] = json!(rows.collect::<Vec<_>>()),
    }
}

/// The faults to come.
#[derive(Debug, Default)]
pub struct Script {
    /// One for each of the next calls.
    pub next: VecDeque<GoogleFault>,
    /// For every call after those.
    pub always: Option<GoogleFault>,
}

impl Script {
    /// The fault of this call.
    pub fn draw(&mut self) -> Option<GoogleFault> {
        self.next.pop_front().or(self.always)
    }
}
