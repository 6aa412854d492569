//! What commands print. A reader may leave at any time, as `toban check | head -1` does; the macros would panic then.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _, stderr, stdout};
use std::process;

/// What a shell says of a program that a closed pipe has ended: 128, and the number of SIGPIPE.
const CLOSED: i32 = 141;

/// A line on standard output. When nobody reads it any more the process ends, quietly: for commands that only tell.
pub(super) fn line(text: impl Display) {
    self::text(format_args!("{text}\n"));
}

/// The same without a line's end.
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

/// A line about something that has been done, or that is told only once: on the error output when nobody reads standard
/// output. Never ends the process.
pub(super) fn line_or_stderr(text: impl Display) {
    let text = format!("{text}\n");
    if written(&text).is_err() {
        stderr_line(text.trim_end_matches('\n'));
    }
}

/// A line on the error output. When nobody reads that there is nobody left to tell.
pub(super) fn stderr_line(text: impl Display) {
    stderr().write_all(format!("{text}\n").as_bytes()).ok();
}

/// At once, so that the fault of a buffered rest does not come when nobody looks.
fn written(text: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
