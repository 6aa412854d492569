//! The workbook in a Google Sheet: one `values.batchGet` for all tabs.
//!
//! <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values/batchGet>
//!
//! The crate's defaults are overridden here: its scope would be all of Drive, values would be formatted for the reader's
//! locale, and it would read the system's root certificates. A range is encoded in a query, but not in a path. There is no
//! time limit; callers set one for token and read together.

use super::table::{Cell, Grid, Tabs};
use super::token::{SCOPE, ServiceAccount, Tokens, cause, words};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::net::secret::Secret;
use chrono::{DateTime, Utc};
use google_sheets4::api::{BatchGetValuesResponse, ValueRange};
use google_sheets4::{Error, Sheets};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde_json::Value;
use std::fmt;

/// The API's default for unformatted values, asked for explicitly.
const UNFORMATTED: &str = "UNFORMATTED_VALUE";
const SERIAL: &str = "SERIAL_NUMBER";

type Connector = HttpsConnector<HttpConnector>;

/// Which part of which tab, in A1 notation; the optional ones are read only if set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranges {
    /// `ROTATION_RANGE`
    pub rotation: String,
    /// `MEMBERS_RANGE`
    pub members: Option<String>,
    /// `RUNBOOKS_RANGE`
    pub runbooks: Option<String>,
    /// `HOLIDAYS_RANGE`
    pub holidays: Option<String>,
}

/// Where the sheet is and who may read it.
#[derive(Debug, Clone)]
pub struct Access {
    /// The long part of the sheet's URL: only letters, digits, `-` and `_`, because the crate does not encode it.
    pub sheet_id: String,
    pub key: ServiceAccount,
    /// The API's, without a path.
    pub base_url: String,
    pub ranges: Ranges,
}

/// A client for one sheet. It keeps its access token and its connection.
pub struct Sheet {
    tokens: Tokens,
    client: google_sheets4::common::Client<Connector>,
    base_url: String,
    sheet_id: String,
    account: Foreign,
    ranges: Ranges,
}

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sheet").field("sheet_id", &self.sheet_id).finish_non_exhaustive()
    }
}

impl Sheet {
    /// Sends nothing yet. Fails if the private key is not an RSA key.
    pub fn open(access: Access, http: &reqwest::Client, clock: fn() -> DateTime<Utc>) -> Result<Self, Unreadable> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(crate::net::http::tls())
            .https_or_http()
            .enable_http1()
            .build();
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new()).pool_idle_timeout(crate::net::http::IDLE);
        Ok(Self {
            account: words(access.key.email()),
            tokens: Tokens::new(access.key, http.clone(), clock)?,
            client: client.build(connector),
            // The crate joins URL and path without a slash.
            base_url: format!("{}/", access.base_url),
            sheet_id: access.sheet_id,
            ranges: access.ranges,
        })
    }

    /// Reads all tabs in one call. A revoked token is replaced and the read repeated. Without a time limit: drop the
    /// future to end it.
    pub async fn read(&self) -> Result<Tabs, Unreadable> {
        let answer = match self.batch_get(self.tokens.token().await?).await {
            Err(Error::BadRequest(body)) if body["error"]["code"] == 401 => {
                self.batch_get(self.tokens.renew().await?).await
            }
            answer => answer,
        };
        let ranges = answer.map_err(|error| self.explain(error))?.value_ranges.unwrap_or_default();
        self.tabs(ranges)
    }

    async fn batch_get(&self, token: Secret) -> Result<BatchGetValuesResponse, Error> {
        let mut hub = Sheets::new(self.client.clone(), token.expose().to_owned());
        hub.user_agent(crate::net::http::USER_AGENT.to_owned());
        hub.base_url(self.base_url.clone());
        let Ranges { rotation, members, runbooks, holidays } = &self.ranges;
        let mut call = hub.spreadsheets().values_batch_get(&self.sheet_id).add_ranges(rotation);
        for range in [members, runbooks, holidays].into_iter().flatten() {
            call = call.add_ranges(range);
        }
        let call = call.value_render_option(UNFORMATTED).date_time_render_option(SERIAL).add_scope(SCOPE);
        call.doit().await.map(|(_, answer)| answer)
    }

    /// The answer holds the ranges in the order of the request.
    fn tabs(&self, ranges: Vec<ValueRange>) -> Result<Tabs, Unreadable> {
        let wanted = &self.ranges;
        let mut ranges = ranges.into_iter();
        let mut next = |asked: &str| ranges.next().map(|range| grid(range, asked)).ok_or(Unreadable::NotGoogle);
        Ok(Tabs {
            rotation: next(&wanted.rotation)?,
            members: wanted.members.as_deref().map(&mut next).transpose()?,
            runbooks: wanted.runbooks.as_deref().map(&mut next).transpose()?,
            holidays: wanted.holidays.as_deref().map(&mut next).transpose()?,
        })
    }

    fn explain(&self, error: Error) -> Unreadable {
        match error {
            Error::BadRequest(body) => self.refused(&body),
            Error::Failure(response) if response.status().is_server_error() => {
                Unreadable::Unavailable(response.status().as_u16())
            }
            Error::Failure(response) if response.status() == 429 => Unreadable::Quota,
            Error::HttpError(error) => Unreadable::NoConnection(cause(&error)),
            Error::Io(error) => Unreadable::NoConnection(cause(&error)),
            // The text of a decoding error is the whole body, with people's names and ids: it must not be logged.
            _ => Unreadable::NotGoogle,
        }
    }

    /// An error in Google's own shape: `{"error": {"code", "message", "status"}}`, whatever the HTTP status was.
    fn refused(&self, body: &Value) -> Unreadable {
        let error = &body["error"];
        let message = error["message"].as_str().unwrap_or_default();
        match (error["code"].as_u64(), error["status"].as_str()) {
            (Some(429), _) => Unreadable::Quota,
            (Some(code @ 500..=599), _) => Unreadable::Unavailable(code as u16),
            (Some(404), _) => Unreadable::NotFound,
            (Some(403), _) if message.contains("has not been used") || message.contains("is disabled") => {
                Unreadable::ApiDisabled
            }
            (Some(403), _) => Unreadable::NotShared(self.account.clone()),
            (Some(400), Some("FAILED_PRECONDITION")) => Unreadable::NotASpreadsheet,
            (Some(400), _) => match message.split_once("Unable to parse range:") {
                Some((_, range)) => Unreadable::NoSuchTab(words(range)),
                None => Unreadable::Refused(words(message)),
            },
            (Some(_), _) => Unreadable::Refused(words(message)),
            (None, _) => Unreadable::NotGoogle,
        }
    }
}

/// The values of a range. Each row ends with its last filled cell, the last row is the last one that has any.
fn grid(range: ValueRange, asked: &str) -> Grid {
    let (tab, origin) = place(range.range.as_deref().unwrap_or(asked));
    let rows = range.values.unwrap_or_default();
    let rows = rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()).collect();
    Grid { tab: tab.into(), origin, rows, merges: None }
}

/// Tab and first cell of a range: `'当番 表'!B5:Z` is the tab `当番 表` from row 5, column 2.
fn place(range: &str) -> (String, (u32, u32)) {
    let (tab, cells) = range.rsplit_once('!').unwrap_or((range, ""));
    let tab = tab.strip_prefix('\'').and_then(|tab| tab.strip_suffix('\'')).unwrap_or(tab).replace("''", "'");
    let first = cells.split(':').next().unwrap_or_default();
    let letters = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let column = letters.bytes().filter(u8::is_ascii_alphabetic).fold(0_u32, |column, letter| {
        column.saturating_mul(26).saturating_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    });
    let row = first[letters.len()..].parse().unwrap_or(1);
    (tab, (row.max(1), column.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_its_tab_and_first_cell() {
        for (range, tab, origin) in [
            ("rotation!A1:Z1000", "rotation", (1, 1)),
            ("rotation!A:Z", "rotation", (1, 1)),
            ("'当番 表'!B5:Z", "当番 表", (5, 2)),
            ("'it''s'!AA10", "it's", (10, 27)),
            ("rotation", "rotation", (1, 1)),
            ("'a!b'!C3:D", "a!b", (3, 3)),
            ("x!ZZZZZZZZZZ99999999999", "x", (1, u32::MAX)),
        ] {
            assert_eq!(place(range), (tab.to_owned(), origin), "{range}");
        }
    }
}
