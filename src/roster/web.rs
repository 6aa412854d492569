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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::BusinessHours;
    use crate::net::http::{self, Network};
    use crate::roster::TeamTime;
    use crate::roster::cache::Cache;
    use reqwest::Request;
    use reqwest::header::{HeaderName, HeaderValue};
    use std::path::Path;

    fn reply(header: Option<(HeaderName, &str)>, body: &[u8]) -> Reply {
        let header = header.map(|(name, value)| (name, HeaderValue::from_str(value).expect("a value")));
        Reply { status: StatusCode::OK, headers: header.into_iter().collect(), body: body.to_vec() }
    }

    #[test]
    fn an_answer_sends_to_https_or_elsewhere_on_the_same_machine() {
        for (from, location, expected) in [
            ("https://a.example.com/x", "https://b.example.com/y", Some("https://b.example.com/y")),
            ("https://a.example.com/x", "/y?z", Some("https://a.example.com/y?z")),
            ("http://a.example.com/x", "https://b.example.com/y", Some("https://b.example.com/y")),
            ("http://a.example.com/x", "/y", Some("http://a.example.com/y")),
            ("https://a.example.com/x", "http://b.example.com/y", None),
            ("http://a.example.com/x", "http://b.example.com/y", None),
            ("https://a.example.com/x", "https://", None),
        ] {
            let from = Url::parse(from).expect("an address");
            let to = next(&from, &reply(Some((LOCATION, location)), b""));
            assert_eq!(to.as_ref().map(Url::as_str), expected, "{from} {location}");
        }
        assert_eq!(next(&Url::parse("https://a.example.com").expect("an address"), &reply(None, b"")), None);
    }

    #[test]
    fn a_page_is_known_by_its_kind_or_by_how_it_begins() {
        for (kind, body, expected) in [
            ("text/csv", "a,b", false),
            ("text/csv", "\u{FEFF} \r\na", false),
            ("text/plain", "<a>", true),
            ("text/csv", "\u{FEFF} \n{\"error\": 1}", true),
            ("text/csv", "", true),
            ("text/csv", " \n", true),
            ("text/html", "a,b", true),
            ("text/html; charset=utf-8", "<html>", true),
        ] {
            assert_eq!(is_page(&reply(Some((CONTENT_TYPE, kind)), body.as_bytes())), expected, "{kind} {body:?}");
        }
        assert!(!is_page(&reply(None, b"a")), "no kind is named");
    }

    fn document(name: &str) -> Option<Place> {
        Some(Place::Path(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/workbook").join(name)))
    }

    fn files(places: [Option<Place>; 4]) -> WebFiles {
        WebFiles::new(Places(places), http::client().expect("a client").on(Arc::new(Silent)))
    }

    /// A network on which nobody ever answers.
    #[derive(Debug)]
    struct Silent;

    impl Network for Silent {
        fn exchange(&self, _: Request, _: usize) -> BoxFuture<'_, Result<Reply, Broken>> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test]
    async fn each_tab_is_what_its_setting_names() {
        let names = ["rotation.csv", "members.csv", "runbooks.csv", "holidays.csv"];
        let grid = |tab: usize| {
            let Some(Place::Path(path)) = document(names[tab]) else { panic!("a path") };
            parse(TABS[tab], &load(VARIABLES[tab], &path).expect("a file")).expect("a CSV")
        };
        let expected = Tabs {
            rotation: grid(0),
            members: Some(grid(1)),
            runbooks: Some(grid(2)),
            holidays: Some(grid(3)),
            ..Tabs::default()
        };
        assert_eq!(files(names.map(document)).tabs().await, Ok(expected));
    }

    #[tokio::test]
    async fn holidays_can_be_read_alone() {
        let today = "2026-11-24".parse().expect("a date");
        let days = [
            ("2026-12-29", "年末休業"),
            ("2026-12-30", "年末休業"),
            ("2026-12-31", "年末休業"),
            ("2027-01-04", "年始休業"),
        ];
        let days = days.into_iter().map(|(date, name)| (date.parse().expect("a date"), name.to_owned())).collect();
        let holidays = files([None, None, None, document("holidays.csv")]).holidays(today).await;
        assert_eq!(holidays, Ok(Arc::new(days)));
        assert_eq!(files([None, None, None, None]).holidays(today).await, Ok(Arc::default()));
    }

    #[tokio::test(start_paused = true)]
    async fn the_address_that_is_slow_is_the_one_that_is_named() {
        let address = || Some(Place::Address(Secret::new("https://example.com/x.csv")));
        let team = TeamTime { zone: chrono_tz::UTC, hours: BusinessHours::parse("10:00-17:00").expect("hours") };
        let now = "2026-11-24T02:00:00Z".parse().expect("an instant");
        for (places, slow) in [
            ([address(), None, None, None], "ROTATION_FILE"),
            ([document("rotation.csv"), address(), None, None], "MEMBERS_FILE"),
        ] {
            let why = Cache::new(files(places), team).read_through(now).await.err();
            assert_eq!(why, Some(Unreadable::Address(slow, AddressFault::NoAnswer)));
        }
    }
}
