//! The workbook in a Google Sheet: one `values.batchGet` for all tabs, and beside it one `spreadsheets.get`, which knows
//! their ids and merged cells.
//!
//! <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values/batchGet>,
//! <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/get>
//!
//! A tab that is not there fails a whole call, so what may be missing is asked apart until it is known to be there. What is
//! known of the tabs makes the reading better, and is never waited for when the values are there.
//!
//! The crate's defaults are overridden here: its scope would be all of Drive, values would be formatted for the reader's
//! locale, and it would read the system's root certificates. A range is encoded in a query, but not in a path. There is no
//! time limit; callers set one for token and read together.

mod grids;
mod known;
mod range;
mod refusal;

use super::LIMIT;
use super::origin::Origin;
use super::table::Tabs;
use super::token::{SCOPE, ServiceAccount, Tokens, words};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::net::digest::sha256;
use crate::net::http;
use crate::net::secret::Secret;
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::BoxFuture;
use google_sheets4::api::ValueRange;
use google_sheets4::{Error, Sheets};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use known::{Known, known};
pub use range::Ranges;
use range::Wanted;
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The API's default for unformatted values, asked for explicitly.
const UNFORMATTED: &str = "UNFORMATTED_VALUE";
const SERIAL: &str = "SERIAL_NUMBER";
/// For so long the rest is waited for when the rotation's values are there.
const GRACE: Duration = Duration::from_millis(300);

type Connector = HttpsConnector<HttpConnector>;

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
    http: http::Client,
    client: google_sheets4::common::Client<Connector>,
    base_url: String,
    sheet_id: String,
    account: Foreign,
    ranges: Ranges,
    /// What was known of the tabs when it was last looked, and the values that it was known with.
    last: Mutex<Option<Last>>,
}

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sheet").field("sheet_id", &self.sheet_id).finish_non_exhaustive()
    }
}

impl Sheet {
    /// Sends nothing yet. Fails if the private key is not an RSA key.
    pub fn open(access: Access, http: &http::Client, clock: fn() -> DateTime<Utc>) -> Result<Self, Unreadable> {
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(http::tls()).https_or_http().enable_http1().build();
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new()).pool_idle_timeout(http::IDLE);
        Ok(Self {
            account: words(access.key.email()),
            tokens: Tokens::new(access.key, http.clone(), clock)?,
            http: http.clone(),
            client: client.build(connector),
            // The crate joins URL and path without a slash.
            base_url: format!("{}/", access.base_url),
            sheet_id: access.sheet_id,
            ranges: access.ranges,
            last: Mutex::default(),
        })
    }

    /// Reads all tabs that `today` needs. A revoked token is replaced and the read repeated. Without a time limit: drop the
    /// future to end it.
    async fn tabs(&self, today: NaiveDate) -> Result<Tabs, Unreadable> {
        let wanted = self.ranges.wanted(today);
        let token = self.tokens.token().await?;
        match self.read_with(&token, &wanted).await {
            Err(error) if is_revoked(&error) => {
                let token = self.tokens.renew().await?;
                self.read_with(&token, &wanted).await
            }
            tabs => tabs,
        }
        .map_err(|error| refusal::explain(error, &wanted, &self.account))
    }

    async fn read_with(&self, token: &Secret, wanted: &[Wanted]) -> Result<Tabs, Error> {
        let mut tabs = pin!(self.tabs_of(token));
        let mut values = pin!(self.values(token, wanted));
        let (values, fresh) = tokio::select! {
            biased;
            fresh = &mut tabs => (values.await?, fresh),
            values = &mut values => {
                let values = values?;
                // The same values were read with what is known already, so there is less to wait for.
                let grace = if self.known_with(&values.digest()).is_some() { GRACE / 6 } else { GRACE };
                (values, timeout(grace, tabs).await.ok().flatten())
            }
        };
        let digest = values.digest();
        let known = fresh.or_else(|| self.known_with(&digest));
        if let Some(known) = known.clone() {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Last { digest, known });
        }
        Ok(self.put_together(wanted, values, known.as_deref()))
    }

    /// The values of all ranges. Whatever may be missing is asked apart, side by side with the rest, and hardly waited for.
    async fn values<'w>(&self, token: &Secret, wanted: &'w [Wanted]) -> Result<Values<'w>, Error> {
        let (sure, apart): (Vec<_>, Vec<_>) = wanted.iter().partition(|wanted| self.is_sure(wanted));
        let mut others =
            pin!(async { tokio::join!(self.apart(token, apart.first()), self.apart(token, apart.get(1))) });
        let mut all = pin!(self.all_there(token, sure));
        let (mut found, others) = tokio::select! {
            biased;
            others = &mut others => (all.await?, Some(others)),
            all = &mut all => (all?, timeout(GRACE, others).await.ok()),
        };
        let mut is_partial = others.is_none();
        for answer in others.into_iter().flat_map(|(one, other)| [one, other]) {
            match answer {
                Ok(values) => found.extend(values),
                Err(error) if is_revoked(&error) => return Err(error),
                Err(_) => is_partial = true,
            }
        }
        Ok(Values { found, is_partial })
    }

    /// The values of ranges. A range whose tab is not there is left out, and the others are asked for again; only the
    /// rotation has to be there.
    async fn all_there<'w>(
        &self,
        token: &Secret,
        mut wanted: Vec<&'w Wanted>,
    ) -> Result<Vec<(&'w Wanted, Option<ValueRange>)>, Error> {
        let mut missing = Vec::new();
        loop {
            match self.batch_get(token, &wanted).await {
                Ok(found) => {
                    let found = wanted.into_iter().zip(found.into_iter().map(Some).chain(std::iter::repeat(None)));
                    return Ok(missing.into_iter().map(|one| (one, None)).chain(found).collect());
                }
                Err(error) => {
                    let named = refusal::missing_range(&error);
                    let place = named.and_then(|range| wanted.iter().position(|wanted| wanted.is(&range)));
                    match place.filter(|place| wanted[*place].is_optional()) {
                        Some(place) => missing.push(wanted.remove(place)),
                        None => return Err(error),
                    }
                }
            }
        }
    }

    /// The values of a range, or that its tab is not there.
    async fn apart<'w>(
        &self,
        token: &Secret,
        wanted: Option<&&'w Wanted>,
    ) -> Result<Option<(&'w Wanted, Option<ValueRange>)>, Error> {
        let Some(wanted) = wanted.copied() else { return Ok(None) };
        match self.batch_get(token, &[wanted]).await {
            Ok(mut found) => Ok(Some((wanted, found.pop()))),
            Err(error) if refusal::missing_range(&error).is_some() => Ok(Some((wanted, None))),
            Err(error) => Err(error),
        }
    }

    fn hub(&self, token: &Secret) -> Sheets<Connector> {
        let mut hub = Sheets::new(self.client.clone(), token.expose().to_owned());
        hub.user_agent(http::USER_AGENT.to_owned());
        hub.base_url(self.base_url.clone());
        hub
    }

    /// The answer holds the ranges in the order of the request.
    async fn batch_get(&self, token: &Secret, wanted: &[&Wanted]) -> Result<Vec<ValueRange>, Error> {
        let hub = self.hub(token);
        let mut call = hub.spreadsheets().values_batch_get(&self.sheet_id);
        for one in wanted {
            call = call.add_ranges(&one.range);
        }
        let call = call.value_render_option(UNFORMATTED).date_time_render_option(SERIAL).add_scope(SCOPE);
        call.doit().await.map(|(_, answer)| answer.value_ranges.unwrap_or_default())
    }

    /// What is known of the tabs; nothing when that cannot be had: the values say enough.
    async fn tabs_of(&self, token: &Secret) -> Option<Arc<Vec<Known>>> {
        let url = format!("{}v4/spreadsheets/{}?fields={}", self.base_url, self.sheet_id, known::FIELDS);
        let request = self.http.get(url).bearer_auth(token.expose());
        let reply = self.http.exchange(request, known::LONGEST, Instant::now() + LIMIT).await.ok()?;
        let answer = serde_json::from_slice(&reply.body).ok().filter(|_| reply.status.is_success())?;
        Some(Arc::new(known(answer)))
    }

    /// What was known of the tabs when they had these values.
    fn known_with(&self, digest: &str) -> Option<Arc<Vec<Known>>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|last| last.digest == digest).map(|last| last.known.clone())
    }

    /// Whether a range may be asked for together with others: it has to be there, or was there when it was last looked.
    fn is_sure(&self, wanted: &Wanted) -> bool {
        let tab = wanted.tab().to_lowercase();
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_there = |last: &Last| last.known.iter().any(|known| known.title.to_lowercase() == tab);
        !wanted.is_neighbour() || last.as_ref().is_some_and(is_there)
    }
}

impl Origin for Sheet {
    fn read(&self, today: NaiveDate) -> BoxFuture<'_, Result<Tabs, Unreadable>> {
        Box::pin(self.tabs(today))
    }

    /// Has a token ready.
    fn prepare(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.tokens.token().await.ok();
        })
    }

    fn silence(&self) -> Unreadable {
        Unreadable::NoAnswer
    }
}

/// The values of the ranges that were asked for; `None` for a tab that is not there.
struct Values<'w> {
    found: Vec<(&'w Wanted, Option<ValueRange>)>,
    /// One did not answer, or not in time.
    is_partial: bool,
}

impl Values<'_> {
    fn digest(&self) -> String {
        let values: Vec<_> =
            self.found.iter().map(|(_, values)| values.as_ref().map(|values| &values.values)).collect();
        sha256(serde_json::to_string(&values).unwrap_or_default().as_bytes())
    }
}

/// What was known of the tabs at a time.
#[derive(Debug)]
struct Last {
    /// Of the values that they had.
    digest: String,
    known: Arc<Vec<Known>>,
}

fn is_revoked(error: &Error) -> bool {
    matches!(error, Error::BadRequest(body) if body["error"]["code"] == 401)
}
