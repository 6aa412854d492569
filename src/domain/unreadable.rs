//! Why the workbook cannot be read.

use crate::domain::text::Foreign;

/// Each is worded in the chat and by `toban check`, with how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// Which setting is missing or wrong, and what it should look like.
    Misconfigured(Foreign),
    /// There is no such CSV file.
    Missing {
        /// `MEMBERS_FILE`
        variable: &'static str,
        /// Without its folders.
        file: Foreign,
    },
    /// A CSV file, and the system's error.
    File(Foreign),
    /// The name of a CSV file.
    NotUtf8(Foreign),
    NoAnswer,
    /// Google cannot be reached, and why.
    NoConnection(Foreign),
    /// Google answers with this HTTP status.
    Unavailable(u16),
    /// The answer is not the API's: a proxy's page, or half an answer.
    NotGoogle,
    /// More than 60 reads a minute.
    Quota,
    /// There is no spreadsheet with that id.
    NotFound,
    /// It is an Excel file in Drive.
    NotASpreadsheet,
    /// It is not shared with the service account with this address.
    NotShared(Foreign),
    /// The Sheets API is not enabled in the service account's project.
    ApiDisabled,
    /// The range that was asked for; its tab does not exist.
    NoSuchTab(Foreign),
    /// Google's reason for not accepting the key.
    KeyRefused(Foreign),
    /// Google's reason for refusing anything else.
    Refused(Foreign),
}

impl Unreadable {
    /// Its name in the log, which must hold neither addresses nor foreign text.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Misconfigured(_) => "misconfigured",
            Self::Missing { .. } => "missing",
            Self::File(_) => "file",
            Self::NotUtf8(_) => "not_utf8",
            Self::NoAnswer => "no_answer",
            Self::NoConnection(_) => "no_connection",
            Self::Unavailable(_) => "unavailable",
            Self::NotGoogle => "not_google",
            Self::Quota => "quota",
            Self::NotFound => "not_found",
            Self::NotASpreadsheet => "not_a_spreadsheet",
            Self::NotShared(_) => "not_shared",
            Self::ApiDisabled => "api_disabled",
            Self::NoSuchTab(_) => "no_such_tab",
            Self::KeyRefused(_) => "key_refused",
            Self::Refused(_) => "refused",
        }
    }
}
