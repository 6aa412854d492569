//! The accepted credentials of the sources, and where the rotation is.

use super::fault::Fault;
use super::lookup::Settings;
use super::{Reach, team};
use crate::domain::text::Foreign;
use crate::net::secret::Secret;
use crate::roster::Source;
use crate::roster::file::Files;
use crate::roster::sheet::{Access, Ranges};
use crate::roster::token::ServiceAccount;
use crate::roster::web::{Place, Places, VARIABLES};
use crate::source::Credentials;
use crate::source::eventbridge::Taken;
use std::path::PathBuf;

const SHEET_EXAMPLE: &str = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_abcd";
const KEY_EXAMPLE: &str = r#"{"type":"service_account","private_key":"…","client_email":"…","token_uri":"https://oauth2.googleapis.com/token"}"#;
pub(super) const CSV_EXAMPLE: &str = "https://docs.google.com/spreadsheets/d/e/…/pub?gid=0&single=true&output=csv";
const EVENTBRIDGE: &str = "EVENTBRIDGE";
const GOOGLE: &str = "https://sheets.googleapis.com";

/// A shorter secret can be guessed.
const SHORTEST: usize = 8;

/// The accepted credentials, per route. A route for which nothing is configured is closed; requests to it are logged.
pub(super) fn credentials(settings: &mut Settings<'_>) -> Credentials {
    let mut credentials = Credentials::from_settings(|variable| secrets(settings, variable));
    credentials.eventbridge = eventbridge(settings);
    credentials
}

/// `EVENTBRIDGE`: whose events are taken that come without a request.
fn eventbridge(settings: &mut Settings<'_>) -> Taken {
    let mut taken = Taken::default();
    for name in settings.list(EVENTBRIDGE) {
        if taken.add(&name).is_none() {
            let known = Taken::names().map(|name| format!("'{name}'")).join(", ");
            let problem = (
                format!("names '{name}', whose events EventBridge does not hand over (it has {known})"),
                format!("の '{name}' は、EventBridge から受け取れるもの ({known}) のどれでもありません"),
            );
            settings.fault(EVENTBRIDGE, problem, "cloudwatch,mackerel");
        }
    }
    taken
}

fn secrets(settings: &mut Settings<'_>, variable: &'static str) -> Vec<Secret> {
    let values = settings.list(variable);
    if values.iter().any(|value| value.len() < SHORTEST) {
        let problem = (
            format!("holds one of fewer than {SHORTEST} characters"),
            format!("に {SHORTEST} 文字より短いものがあります"),
        );
        settings.fault(variable, problem, "a-long-random-secret");
    }
    values.into_iter().map(Secret::new).collect()
}

/// Where the rotation is. A fault here is a warning: alerts go out regardless, to the fallback, with the reason.
pub(super) fn roster(settings: &mut Settings<'_>, reach: Reach) -> (Source, Vec<Fault>) {
    let others = settings.take_faults();
    let found = match (settings.text("ROTATION_FILE"), settings.text("GOOGLE_SHEET_ID"), reach) {
        // Nothing leaves the machine.
        (Some(rotation), _, Reach::Local) if is_address(&rotation) => Some(Source::Sample),
        (Some(rotation), ..) => files(settings, &rotation),
        (None, None, Reach::Local | Reach::ReadOnly) => Some(Source::Sample),
        (None, Some(_), Reach::Local) => Some(Source::Sample),
        (None, Some(id), Reach::Live | Reach::ReadOnly) => sheet(settings, &id),
        (None, None, Reach::Live) => {
            let problem = (
                "is not set (nor ROTATION_FILE), so nobody is known to be on call",
                "も ROTATION_FILE も設定されていないため、当番が分かりません",
            );
            settings.fault("GOOGLE_SHEET_ID", problem, SHEET_EXAMPLE);
            None
        }
    };
    let faults = settings.take_faults();
    settings.put_back(others);
    let source = found.unwrap_or_else(|| {
        let language = team::language_of_messages(settings);
        let fault = faults.first().map(|fault| fault.said(language)).unwrap_or_default();
        Source::Misconfigured(Foreign::line(&fault).unwrap_or_else(|| Foreign::line("?").expect("it is not empty")))
    });
    (source, faults)
}

/// Files on this machine, or at addresses; the addresses are as good as keys.
fn files(settings: &mut Settings<'_>, rotation: &str) -> Option<Source> {
    let named = VARIABLES.map(|variable| settings.text(variable));
    if named.iter().flatten().any(|text| is_address(text)) {
        let mut places = Places::default();
        for ((variable, text), place) in VARIABLES.into_iter().zip(named).zip(&mut places.0) {
            *place = match text {
                Some(text) if is_address(&text) => {
                    settings.url(variable, &text, CSV_EXAMPLE).map(|_| Place::Address(Secret::new(text)))
                }
                other => other.map(|path| Place::Path(path.into())),
            };
        }
        return settings.is_clean().then(|| Source::Web(Box::new(places)));
    }
    let file = |variable| settings.text(variable).map(PathBuf::from);
    Some(Source::Files(Files {
        rotation: rotation.into(),
        members: file("MEMBERS_FILE"),
        runbooks: file("RUNBOOKS_FILE"),
        holidays: file("HOLIDAYS_FILE"),
    }))
}

/// Whether it is meant to be an address, well written or not: a signed link must not be taken for the name of a file, which
/// would be shown.
pub(super) fn is_address(text: &str) -> bool {
    let text = text.trim_matches(['"', '\'', '<', '>', ' ']);
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http")) || text.contains(":/") || text.contains('?')
}

fn sheet(settings: &mut Settings<'_>, id: &str) -> Option<Source> {
    // People paste the whole URL.
    let id = id.split_once("/spreadsheets/d/").map_or(id, |(_, rest)| rest.split('/').next().unwrap_or_default());
    if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        let problem = (
            "is not the id of a sheet: the long part of its URL, after /d/",
            "はシートの ID (URL の /d/ の後の長い部分) ではありません",
        );
        settings.fault("GOOGLE_SHEET_ID", problem, SHEET_EXAMPLE);
    }
    let key = settings.text("GOOGLE_SERVICE_ACCOUNT_KEY").map(Secret::new);
    let key = match key.as_ref().map(ServiceAccount::parse) {
        Some(Ok(key)) => settings.url("GOOGLE_SERVICE_ACCOUNT_KEY", key.token_url(), KEY_EXAMPLE).map(|_| key),
        Some(Err(_)) => {
            let problem = (
                "is not the JSON of a service account's key file",
                "はサービスアカウントのキーファイル (JSON) の内容ではありません",
            );
            settings.fault("GOOGLE_SERVICE_ACCOUNT_KEY", problem, KEY_EXAMPLE);
            None
        }
        None => {
            let problem =
                ("is not set, but GOOGLE_SHEET_ID is", "が設定されていませんが、GOOGLE_SHEET_ID は設定されています");
            settings.fault("GOOGLE_SERVICE_ACCOUNT_KEY", problem, KEY_EXAMPLE);
            None
        }
    };
    let base_url = settings.text("GOOGLE_SHEETS_BASE_URL").unwrap_or_else(|| GOOGLE.into());
    let base_url = settings.url("GOOGLE_SHEETS_BASE_URL", &base_url, GOOGLE)?;
    let ranges = Ranges {
        rotation: settings.text("ROTATION_RANGE").unwrap_or_else(|| "rotation!A:Z".into()),
        members: settings.text("MEMBERS_RANGE"),
        runbooks: settings.text("RUNBOOKS_RANGE"),
        holidays: settings.text("HOLIDAYS_RANGE"),
    };
    let access = Access { sheet_id: id.to_owned(), key: key?, base_url, ranges };
    settings.is_clean().then(|| Source::Sheet(Box::new(access)))
}
