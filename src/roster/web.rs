//! The workbook as CSV at https addresses: a sheet that is published to the web, a signed link. Addresses are secrets.

use super::LIMIT;
use super::file::{load, parse};
use super::origin::Origin;
use super::table::{self, Grid, Missing, Tabs};
use super::token::words;
use crate::domain::calendar::CompanyHolidays;
use crate::domain::unreadable::{AddressFault, Unreadable};
use crate::net::http::{Broken, Client, Reply};
use crate::net::secret::Secret;
use chrono::NaiveDate;
use futures_util::future::{BoxFuture, ready};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{StatusCode, Url};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The settings, in the order of their tabs.
pub const VARIABLES: [&str; 4] = ["ROTATION_FILE", "MEMBERS_FILE", "RUNBOOKS_FILE", "HOLIDAYS_FILE"];
/// What findings call them.
const TABS: [&str; 4] = ["rotation", "members", "runbooks", "holidays"];
/// The longest file that is read.
const LONGEST: usize = 2_000_000;
/// A published sheet redirects once or twice.
const REDIRECTS: usize = 5;

/// Where a tab is.
#[derive(Debug, Clone)]
pub enum Place {
    Address(Secret),
    Path(PathBuf),
}

/// The tabs, each at an address or in a file. Only the rotation has to be there.
#[derive(Debug, Clone, Default)]
pub struct Places(pub [Option<Place>; 4]);

/// The tabs, and a client to read them.
#[derive(Debug)]
pub struct WebFiles {
    places: Places,
    http: Client,
}

impl WebFiles {
    /// Reads nothing yet.
    pub fn new(places: Places, http: Client) -> Self {
        Self { places, http }
    }

    /// Reads all tabs, side by side.
    async fn tabs(&self) -> Result<Tabs, Unreadable> {
        let (rotation, members, runbooks, holidays) = tokio::join!(self.tab(0), self.tab(1), self.tab(2), self.tab(3));
        let mut missing = Vec::new();
        // Without these the rest is still right.
        let mut or_missing = |tab: usize, grid: Result<Option<Grid>, Unreadable>| {
            grid.unwrap_or_else(|_| {
                missing.push(Missing { range: words(VARIABLES[tab]), costs: false });
                None
            })
        };
        let (runbooks, holidays) = (or_missing(2, runbooks), or_missing(3, holidays));
        let (rotation, members) = (rotation?.unwrap_or_default(), members?);
        Ok(Tabs { rotation, members, runbooks, holidays, missing, ..Tabs::default() })
    }

    /// The company's days off alone.
    pub async fn holidays(&self, today: NaiveDate) -> Result<Arc<CompanyHolidays>, Unreadable> {
        let grid = self.tab(3).await?;
        Ok(Arc::new(grid.map(|grid| table::holidays(&grid, today)).unwrap_or_default()))
    }

    async fn tab(&self, tab: usize) -> Result<Option<Grid>, Unreadable> {
        let bytes = match &self.places.0[tab] {
            None => return Ok(None),
            Some(Place::Path(path)) => load(VARIABLES[tab], path)?,
            Some(Place::Address(address)) => {
                self.fetch(address).await.map_err(|fault| Unreadable::Address(VARIABLES[tab], fault))?
            }
        };
        parse(TABS[tab], &bytes).map(Some)
    }

    /// What is at an address. Redirects are followed as long as they stay safe.
    async fn fetch(&self, address: &Secret) -> Result<Vec<u8>, AddressFault> {
        let mut url = Url::parse(address.expose()).map_err(|_| AddressFault::Page)?;
        // The one that is slow is named, before all of them are late.
        let deadline = Instant::now() + LIMIT - Duration::from_millis(100);
        for _ in 0..=REDIRECTS {
            let reply = self.http.exchange(self.http.get(url.clone()), LONGEST, deadline).await;
            let reply = reply.map_err(|broken| match broken {
                Broken::NotSent(error) | Broken::Lost(error) => AddressFault::NoConnection(words(&error)),
                Broken::TooLong => AddressFault::TooLong,
                Broken::TooLate | Broken::NotBegun => AddressFault::NoAnswer,
            })?;
            if reply.status.is_redirection() {
                url = next(&url, &reply).ok_or(AddressFault::Status(reply.status.as_u16()))?;
            } else if reply.status != StatusCode::OK {
                return Err(AddressFault::Status(reply.status.as_u16()));
            } else if is_page(&reply) {
                return Err(AddressFault::Page);
            } else {
                return Ok(reply.body);
            }
        }
        Err(AddressFault::Redirects)
    }
}

impl Origin for WebFiles {
    fn read(&self, _: NaiveDate) -> BoxFuture<'_, Result<Tabs, Unreadable>> {
        Box::pin(self.tabs())
    }

    fn prepare(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }

    fn silence(&self) -> Unreadable {
        Unreadable::Address(VARIABLES[0], AddressFault::NoAnswer)
    }
}

/// Where an answer sends us: to https, or elsewhere on the same machine.
fn next(from: &Url, reply: &Reply) -> Option<Url> {
    let to = from.join(reply.headers.get(LOCATION)?.to_str().ok()?).ok()?;
    (to.scheme() == "https" || to.host() == from.host()).then_some(to)
}

/// A sign-in page, an error in XML or JSON, nothing at all: no CSV that anybody keeps a rota in.
fn is_page(reply: &Reply) -> bool {
    let is_html = reply.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let body = reply.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&reply.body);
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    is_html || first.is_none_or(|first| matches!(first, b'<' | b'{'))
}
