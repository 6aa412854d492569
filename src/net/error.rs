//! What an error began with.

use std::error::Error;

/// The innermost cause: `Connection refused`.
pub fn root_of<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root
}
