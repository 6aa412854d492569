//! Judges one call of the Sheets API: the values that it reads, or why it is refused.

use serde_json::{Value, json};

use super::state::{Refused, State};
use super::tabs::Missing;
use super::{Google, a1, answers, form};
use crate::kit::http::Request;

const SPREADSHEETS: &str = "/v4/spreadsheets/";
const METHOD: &str = "/values:batchGet";

/// What a range is answered with.
const KEYS: [&str; 3] = ["range", "majorDimension", "values"];

pub fn judge(state: &mut State, request: &Request) -> Result<Value, Refused> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    judge_call(request, path)?;
    judge_token(state, request)?;
    if path != format!("{SPREADSHEETS}{}{METHOD}", Google::SHEET_ID) {
        return Err(Refused::problem(answers::not_found(), format!("no spreadsheet at {path}")));
    }
    let Some(parameters) = form::pairs(query) else {
        return Err(Refused::problem(answers::malformed(), format!("the query is not encoded: {query}")));
    };
    let (ranges, options): (Vec<_>, Vec<_>) = parameters.into_iter().partition(|(name, _)| name == "ranges");
    judge_options(state, &options)?;
    let values: Result<Vec<_>, _> = ranges.iter().map(|(_, range)| values(state, range)).collect();
    let values = values?;
    if values.is_empty() {
        return invalid("Request contains an invalid argument.", "no ranges");
    }
    let mask = options.iter().find(|(name, _)| name == "fields").map(|(_, mask)| mask.as_str());
    masked(values, mask.unwrap_or("*"))
}

/// The first range that a call names, right or wrong.
pub fn first_range(request: &Request) -> String {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let first = form::pairs(query).into_iter().flatten().find(|(name, _)| name == "ranges");
    first.map(|(_, range)| range).unwrap_or_default()
}

fn judge_call(request: &Request, path: &str) -> Result<(), Refused> {
    if request.method != "GET" || !path.starts_with(SPREADSHEETS) || !path.ends_with(METHOD) {
        let why = format!("{} {path}, not GET {SPREADSHEETS}…{METHOD}", request.method);
        return Err(Refused::problem(answers::no_such_page(), why));
    }
    if request.body.is_empty() { Ok(()) } else { Err(Refused::problem(answers::malformed(), "a GET with a body")) }
}

pub fn judge_token(state: &State, request: &Request) -> Result<(), Refused> {
    let Some(authorization) = request.header("authorization") else {
        return Err(Refused::problem(answers::unregistered(), "no Authorization"));
    };
    let token = authorization.strip_prefix("Bearer ");
    if token.is_some_and(|token| state.tokens.iter().any(|given| given == token)) {
        return Ok(());
    }
    let why = format!("Authorization is {authorization:?}, which is not a token that was given");
    Err(Refused::problem(answers::unauthenticated(), why))
}

/// Refuses what Google does not know, and notes what would read the cells in another way.
fn judge_options(state: &mut State, options: &[(String, String)]) -> Result<(), Refused> {
    if let Some(name) = form::repeated(options) {
        state.problem(format!("{name} comes twice"));
    }
    let option = |wanted: &str| options.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let expected: [(&str, &[Option<&str>]); 4] = [
        ("valueRenderOption", &[Some("UNFORMATTED_VALUE")]),
        ("dateTimeRenderOption", &[None, Some("SERIAL_NUMBER")]),
        ("majorDimension", &[None, Some("ROWS")]),
        ("alt", &[None, Some("json")]),
    ];
    for (name, right) in expected {
        let value = option(name);
        if !right.contains(&value) {
            state.problem(format!("{name} is {value:?}, not one of {right:?}"));
        }
    }
    for (name, _) in options {
        match name.as_str() {
            "valueRenderOption" | "dateTimeRenderOption" | "majorDimension" | "alt" | "fields" | "prettyPrint" => {}
            _ => {
                let message = format!(
                    "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field \
                     '{name}' could not be found in request message."
                );
                return invalid(&message, format!("{name} is not a parameter of this call"));
            }
        }
    }
    Ok(())
}

fn values(state: &State, asked: &str) -> Result<Value, Refused> {
    let Some(range) = a1::parse(asked) else {
        let why = format!("{asked:?} is not a range of a tab, or its tab needs quotes");
        return Err(Refused::problem(answers::cannot_parse_range(asked), why));
    };
    state.tabs.value_range(&range).or_else(|missing| match missing {
        Missing::Tab => Err(Refused { answer: answers::cannot_parse_range(asked), why: None }),
        Missing::Cells(width, height) => invalid(
            &format!("Range ({asked}) exceeds grid limits. Max rows: {height}, max columns: {width}"),
            format!("{asked} begins beyond the last cell, row {height} and column {width}"),
        ),
    })
}

/// The answer, or what `fields` keeps of it. Of all masks the kit knows those with one path.
fn masked(mut ranges: Vec<Value>, mask: &str) -> Result<Value, Refused> {
    if mask == "*" {
        return Ok(json!({"spreadsheetId": Google::SHEET_ID, "valueRanges": ranges}));
    }
    let Some(keys) = kept(mask) else {
        return invalid(
            &format!("Invalid field selection {mask}"),
            format!("fields={mask} is not a mask that the kit knows"),
        );
    };
    for range in ranges.iter_mut().filter_map(Value::as_object_mut) {
        range.retain(|key, _| keys.contains(&key.as_str()));
    }
    Ok(json!({"valueRanges": ranges}))
}

/// What a mask as `valueRanges`, `valueRanges.values` or `valueRanges(range,values)` keeps of each range.
fn kept(mask: &str) -> Option<Vec<&str>> {
    let path = mask.strip_prefix("valueRanges")?;
    if path.is_empty() {
        return Some(KEYS.to_vec());
    }
    let one = path.strip_prefix(['.', '/']).map(|key| vec![key]);
    let several = || Some(path.strip_prefix('(')?.strip_suffix(')')?.split(',').collect());
    one.or_else(several).filter(|keys| keys.iter().all(|key| KEYS.contains(key)))
}

fn invalid<T>(message: &str, why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused::problem(answers::error(400, "INVALID_ARGUMENT", message), why))
}
