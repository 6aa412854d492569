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
    /// A CSV cannot be had from the address in that setting.
    Address(&'static str, AddressFault),
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
    /// The access token is not for reading spreadsheets.
    Scope,
    /// The organisation's policy (VPC Service Controls) keeps the API from being used from here.
    Policy,
    /// The range that was asked for; its tab does not exist.
    NoSuchTab(Foreign),
    /// What is wrong with the service account's key itself; Google was not asked.
    KeyBroken(Foreign),
    /// Google's reason for not accepting the key.
    KeyRefused(Foreign),
    /// Google's reason for refusing anything else.
    Refused(Foreign),
}

/// Why there is no CSV at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressFault {
    /// It answers with this HTTP status.
    Status(u16),
    NoConnection(Foreign),
    NoAnswer,
    /// It answers with a web page.
    Page,
    /// It is longer than is read.
    TooLong,
    /// It sends us on and on.
    Redirects,
}

impl Unreadable {
    /// Its name in the log, which must hold neither addresses nor foreign text.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Misconfigured(_) => "misconfigured",
            Self::Missing { .. } => "missing",
            Self::File(_) => "file",
            Self::NotUtf8(_) => "not_utf8",
            Self::Address(..) => "address",
            Self::NoAnswer => "no_answer",
            Self::NoConnection(_) => "no_connection",
            Self::Unavailable(_) => "unavailable",
            Self::NotGoogle => "not_google",
            Self::Quota => "quota",
            Self::NotFound => "not_found",
            Self::NotASpreadsheet => "not_a_spreadsheet",
            Self::NotShared(_) => "not_shared",
            Self::ApiDisabled => "api_disabled",
            Self::Scope => "scope",
            Self::Policy => "policy",
            Self::NoSuchTab(_) => "no_such_tab",
            Self::KeyBroken(_) => "key_broken",
            Self::KeyRefused(_) => "key_refused",
            Self::Refused(_) => "refused",
        }
    }
}
