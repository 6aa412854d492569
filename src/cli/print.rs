//! Output of commands. The reader may close the pipe at any time, as in `toban check | head -1`; `println!` would
//! panic. What a terminal would obey is not printed, whoever has sent it.

use crate::domain::text::printable;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _, stderr, stdout};
use std::process;

/// The exit code that a shell reports for a program ended by SIGPIPE: 128 plus the signal's number.
const CLOSED: i32 = 141;

/// Prints a line on standard output. Ends the process quietly if the pipe is closed: for commands that only print.
pub(super) fn line(text: impl Display) {
    self::text(format_args!("{text}\n"));
}

/// The same without a newline.
pub(super) fn text(text: impl Display) {
    let Err(error) = written(&text.to_string()) else {
        return;
    };
    if error.kind() == ErrorKind::BrokenPipe {
        process::exit(CLOSED);
    }
    stderr_line(format_args!("toban: the output cannot be written: {error}"));
    process::exit(1);
}

/// Prints a line about something that has been done, or that is shown only once: on standard error if standard output
/// is closed. Never ends the process.
pub(super) fn line_or_stderr(text: impl Display) {
    let text = format!("{text}\n");
    if written(&text).is_err() {
        stderr_line(text.trim_end_matches('\n'));
    }
}

/// Prints a line on standard error. If that fails, there is nowhere left to report it.
pub(super) fn stderr_line(text: impl Display) {
    stderr().write_all(printable(&format!("{text}\n")).as_bytes()).ok();
}

/// Writes and flushes at once, so that an error is not lost with the buffer.
fn written(text: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(printable(text).as_bytes())?;
    out.flush()
}
