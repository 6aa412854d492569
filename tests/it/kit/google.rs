//! Google: the token endpoint for one service account, and `values:batchGet` of the Sheets API for one spreadsheet.
//!
//! <https://developers.google.com/identity/protocols/oauth2/service-account#httprest>,
//! <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values/batchGet>. Whatever a
//! correct client would not send is refused as Google refuses it, or answered as Google answers it, and in both cases
//! noted as a problem. A tab that is not there is refused but not a problem: a person may have renamed it.

mod a1;
mod answers;
mod assertion;
mod fault;
mod form;
mod grant;
mod key;
mod look;
mod read;
mod state;
mod tabs;

use std::sync::{Arc, Mutex, MutexGuard};

use chrono::NaiveDate;
use serde_json::Value;
use tokio::sync::watch;

use super::LIMIT;
use super::http::Server;
pub use fault::GoogleFault;
use state::State;

/// A spreadsheet that is shared with a service account. Dropping it fails the test, unless it is failing already, when
/// problems were noted or faults of [`Google::sheets_fail_next`] and [`Google::token_fail_next`] were not played.
pub struct Google {
    state: Arc<Mutex<State>>,
    server: Server,
}

impl Google {
    pub const SHEET_ID: &str = "1TestOnCallSheet_0123456789abcdefghijklmnopqr";
    pub const CLIENT_EMAIL: &str = "toban@toban-test-123456.iam.gserviceaccount.com";

    /// Starts Google with a spreadsheet that has no tab yet.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let served = state.clone();
        let server = Server::start(move |request| std::future::ready(state::lock(&served).answer(&request))).await;
        state::lock(&state).origin = format!("http://{}", server.address);
        Self { state, server }
    }

    /// Instead of `https://sheets.googleapis.com`.
    pub fn base_url(&self) -> String {
        self.state().origin.clone()
    }

    /// The service account's key file, as the console downloads it. Its `token_uri` is this fake's.
    pub fn service_account_key(&self) -> String {
        key::file(&self.base_url())
    }

    /// Sets all cells of a tab, from A1. `Null` is an empty cell, and dates are serial numbers: see [`serial`]. The grid
    /// is 26 columns wide and 1,000 rows high, as that of a new tab, or larger where the rows are.
    #[track_caller]
    pub fn set_tab(&self, tab: &str, rows: Vec<Vec<Value>>) {
        for cell in rows.iter().flatten() {
            tabs::expect_cell(cell);
        }
        self.state().tabs.set(tab, rows);
    }

    /// Merges cells of a tab: first row and row after the last, first column and column after the last, from 0.
    pub fn merge(&self, tab: &str, merges: &[[usize; 4]]) {
        self.state().tabs.merge(tab, merges.to_vec());
    }

    /// Plays this fault for every call that asks about the tabs, until [`Google::heal`].
    pub fn looks_fail_always(&self, fault: GoogleFault) {
        fault.expect_at_sheets();
        self.state().looks.script.always = Some(fault);
    }

    /// Plays this fault for every read whose first range is of that tab, until it is taken back with `None`.
    pub fn fail_reads_of(&self, tab: &str, fault: Option<GoogleFault>) {
        self.state().of_tab = fault.map(|fault| (tab.to_owned(), fault));
    }

    /// Calls that asked about the tabs, whatever came of them.
    pub fn looks(&self) -> usize {
        *self.state().looks.calls.borrow()
    }

    /// Removes a tab, as a person does who renames it.
    #[track_caller]
    pub fn remove_tab(&self, tab: &str) {
        let removed = self.state().tabs.remove(tab);
        assert!(removed, "expected a tab {tab:?} to remove, look at the tabs that the test has set");
    }

    /// Sets one cell of a tab. Rows and columns count from 1, as the sheet itself numbers its rows.
    #[track_caller]
    pub fn edit(&self, tab: &str, row: usize, column: usize, value: Value) {
        assert!(row > 0 && column > 0, "rows and columns count from 1, look at row {row}, column {column}");
        tabs::expect_cell(&value);
        let edited = self.state().tabs.edit(tab, (row, column), value);
        assert!(edited, "expected a tab {tab:?} to edit, look at the tabs that the test has set");
    }

    /// Plays these faults, one for each of the next reads. Each must be played before the fake is dropped.
    #[track_caller]
    pub fn sheets_fail_next(&self, faults: impl IntoIterator<Item = GoogleFault>) {
        let faults: Vec<_> = faults.into_iter().collect();
        for fault in &faults {
            fault.expect_at_sheets();
        }
        self.state().sheets.script.next.extend(faults);
    }

    /// Plays this fault for every read, after those of [`Google::sheets_fail_next`], until [`Google::heal`].
    #[track_caller]
    pub fn sheets_fail_always(&self, fault: GoogleFault) {
        fault.expect_at_sheets();
        self.state().sheets.script.always = Some(fault);
    }

    /// Plays these faults, one for each of the next calls for a token. Each must be played before the fake is dropped.
    #[track_caller]
    pub fn token_fail_next(&self, faults: impl IntoIterator<Item = GoogleFault>) {
        let faults: Vec<_> = faults.into_iter().collect();
        for fault in &faults {
            fault.expect_at_token();
        }
        self.state().token.script.next.extend(faults);
    }

    /// Plays this fault for every call for a token, after those of [`Google::token_fail_next`], until [`Google::heal`].
    #[track_caller]
    pub fn token_fail_always(&self, fault: GoogleFault) {
        fault.expect_at_token();
        self.state().token.script.always = Some(fault);
    }

    /// Plays no more faults.
    pub fn heal(&self) {
        self.state().heal();
    }

    /// Calls of the Sheets API that were judged so far, whatever came of them.
    pub fn reads(&self) -> usize {
        *self.state().sheets.calls.borrow()
    }

    /// Waits until so many reads have been judged: the way to meet a client whose read hangs.
    pub async fn read(&self, times: usize) {
        let calls = self.state().sheets.calls.subscribe();
        reached(calls, times, "read").await;
    }

    /// Calls for a token that were judged so far, whatever came of them.
    pub fn token_calls(&self) -> usize {
        *self.state().token.calls.borrow()
    }

    /// Waits until so many calls for a token have been judged: the way to meet a client whose call hangs.
    pub async fn token_called(&self, times: usize) {
        let calls = self.state().token.calls.subscribe();
        reached(calls, times, "call for a token").await;
    }

    /// Access tokens given so far: one for each accepted call, and never the same again.
    pub fn grants(&self) -> usize {
        self.state().tokens.len()
    }

    /// Connections that were accepted so far, for tokens and for reads.
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// What was wrong with the calls, oldest first. Reading clears it, so that dropping the fake does not report it.
    pub fn problems(&self) -> Vec<String> {
        std::mem::take(&mut self.state().problems)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        state::lock(&self.state)
    }
}

impl Drop for Google {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let left = self.state().left();
        assert!(left.is_empty(), "Google: look at what the test left behind:\n{}", left.join("\n"));
    }
}

/// The cell of a date, given as `YYYY-MM-DD`: its days since 1899-12-30.
#[track_caller]
pub fn serial(date: &str) -> Value {
    let date: NaiveDate = date.parse().unwrap_or_else(|error| panic!("expected a date, look at {date:?}: {error}"));
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a calendar has this day");
    date.signed_duration_since(epoch).num_days().into()
}

async fn reached(mut calls: watch::Receiver<usize>, times: usize, what: &str) {
    let came = tokio::time::timeout(LIMIT, calls.wait_for(|judged| *judged >= times)).await.is_ok();
    let judged = *calls.borrow();
    assert!(came, "waited {LIMIT:?} for {what} {times}, only {judged} came: look at what the client did instead");
}
