//! The workbook as CSV at https addresses: a sheet that is published to the web, a signed link. Addresses are secrets.

use super::LIMIT;
use super::file::{load, parse};
use super::table::{Grid, Tabs};
use super::token::cause;
use crate::domain::unreadable::{AddressFault, Unreadable};
use crate::net::http::{Broken, Reply, exchange};
use crate::net::secret::Secret;
use reqwest::Url;
use reqwest::header::LOCATION;
use std::path::PathBuf;
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
    http: reqwest::Client,
}

impl WebFiles {
    /// Reads nothing yet.
    pub fn new(places: Places, http: reqwest::Client) -> Self {
        Self { places, http }
    }

    /// Reads all tabs, side by side.
    pub async fn read(&self) -> Result<Tabs, Unreadable> {
        let (rotation, members, runbooks, holidays) = tokio::join!(self.tab(0), self.tab(1), self.tab(2), self.tab(3));
        Ok(Tabs {
            rotation: rotation?.unwrap_or_default(),
            members: members?,
            runbooks: runbooks?,
            holidays: holidays?,
            ..Tabs::default()
        })
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
        for _ in 0..=REDIRECTS {
            let reply = exchange(self.http.get(url.clone()), LONGEST, Instant::now() + LIMIT).await;
            let reply = reply.map_err(|broken| match broken {
                Broken::NotSent(error) | Broken::Lost(error) => AddressFault::NoConnection(cause(&error)),
                Broken::TooLong => AddressFault::TooLong,
                Broken::TooLate | Broken::NotBegun => AddressFault::NoAnswer,
            })?;
            if reply.status.is_redirection() {
                url = next(&url, &reply).ok_or(AddressFault::Status(reply.status.as_u16()))?;
            } else if !reply.status.is_success() {
                return Err(AddressFault::Status(reply.status.as_u16()));
            } else if is_page(&reply.body) {
                return Err(AddressFault::Page);
            } else {
                return Ok(reply.body);
            }
        }
        Err(AddressFault::Redirects)
    }
}

/// Where an answer sends us. Never from https to http.
fn next(from: &Url, reply: &Reply) -> Option<Url> {
    let to = from.join(reply.headers.get(LOCATION)?.to_str().ok()?).ok()?;
    (to.scheme() == "https" || to.scheme() == from.scheme()).then_some(to)
}

/// A sign-in page, or a sheet that is shown and not published as CSV.
fn is_page(body: &[u8]) -> bool {
    let start: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(9).collect();
    start.to_ascii_lowercase().starts_with(b"<!doctype") || start.to_ascii_lowercase().starts_with(b"<html")
}
