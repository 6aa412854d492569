//! Judges one call that asks for the tabs themselves: ids, titles and merged cells.
//!
//! <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/get>

use serde_json::Value;

use super::state::{Refused, State};
use super::{Google, answers, form, read};
use crate::kit::http::Request;

/// All that a client needs. Without a mask Google sends every sheet's formats as well.
const FIELDS: &str = "sheets(properties(sheetId,title),merges)";

/// Whether a path is that of such a call.
pub fn is_one(path: &str) -> bool {
    path.strip_prefix("/v4/spreadsheets/").is_some_and(|id| !id.is_empty() && !id.contains(['/', ':']))
}

pub fn judge(state: &State, request: &Request) -> Result<Value, Refused> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    if request.method != "GET" || !request.body.is_empty() {
        let why = format!("{} {path}, not GET", request.method);
        return Err(Refused::problem(answers::no_such_page(), why));
    }
    read::judge_token(state, request)?;
    if path != format!("/v4/spreadsheets/{}", Google::SHEET_ID) {
        return Err(Refused::problem(answers::not_found(), format!("no spreadsheet at {path}")));
    }
    let parameters = form::pairs(query).unwrap_or_default();
    let fields = parameters.iter().find(|(name, _)| name == "fields").map(|(_, fields)| fields.as_str());
    if fields != Some(FIELDS) {
        return Err(Refused::problem(answers::malformed(), format!("fields are {fields:?}, not {FIELDS}")));
    }
    if let Some((name, _)) =
        parameters.iter().find(|(name, _)| !["alt", "fields", "prettyPrint"].contains(&name.as_str()))
    {
        return Err(Refused::problem(answers::malformed(), format!("{name} is not needed here")));
    }
    Ok(state.tabs.described())
}
