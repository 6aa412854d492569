//! Why the workbook cannot be read.

use crate::domain::text::Foreign;

/// Why a workbook cannot be read. Each is worded, with how to mend it, in the chat and by `toban check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// A setting about it is missing or wrong: which, and what it should look like.
    Misconfigured(Foreign),
    /// A CSV file that is not where it should be.
    Missing {
        /// `MEMBERS_FILE`
        variable: &'static str,
        /// Its name, without the folders.
        file: Foreign,
    },
    /// A CSV file, and what the system says of it.
    File(Foreign),
    /// A CSV file that is not UTF-8.
    NotUtf8(Foreign),
    /// Nothing answered in time.
    NoAnswer,
    /// Google cannot be reached.
    NoConnection(Foreign),
    /// Google is there and has a problem: the HTTP status.
    Unavailable(u16),
    /// What answered is not Google's API: a proxy's page, or half an answer.
    NotGoogle,
    /// More than 60 reads a minute.
    Quota,
    /// There is no spreadsheet of that id.
    NotFound,
    /// It is an Excel file that lies in Drive.
    NotASpreadsheet,
    /// It is not shared with the service account of that address.
    NotShared(Foreign),
    /// The Sheets API is not switched on in the service account's project.
    ApiDisabled,
    /// There is no tab of that name: the range that was asked for.
    NoSuchTab(Foreign),
    /// Google does not take the key, by its own words.
    KeyRefused(Foreign),
    /// Another answer, by Google's own words.
    Refused(Foreign),
}

impl Unreadable {
    /// Its name in the log, where neither addresses nor other people's words belong.
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
