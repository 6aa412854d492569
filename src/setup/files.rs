//! Secrets in files: `SLACK_BOT_TOKEN_FILE=/run/secrets/slack` in place of `SLACK_BOT_TOKEN`, as containers and systemd hand them
//! over. They are read again when something fails that a changed one may cure.

use crate::net::secret::Secret;
use crate::setup::config::secrets;
use crate::setup::parameters::Secrets;
use std::fs;
use std::io;
use std::path::PathBuf;

/// A larger file is no secret.
const LARGEST: u64 = 64 * 1024;

/// The files by the variable whose value they have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(Vec<(&'static str, PathBuf)>);

/// A file could not be read. Never holds what is in it.
#[derive(Debug, thiserror::Error)]
#[error("{variable}_FILE: {} {why}", path.display())]
pub struct NotReadable {
    variable: &'static str,
    path: PathBuf,
    why: Why,
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error("cannot be read: {0}")]
    System(#[from] io::Error),
    #[error("is larger than a secret ({LARGEST} bytes)")]
    TooLarge,
    #[error("is empty")]
    Empty,
    #[error("is not text")]
    NotText,
}

impl Files {
    /// The files that the environment names. A variable that has its value there needs no file.
    pub fn named(environment: impl Fn(&str) -> Option<String>) -> Self {
        let text = |variable: &str| environment(variable).filter(|value| !value.trim().is_empty());
        let named = secrets().filter(|variable| text(variable).is_none());
        Self(named.filter_map(|variable| Some((variable, text(&format!("{variable}_FILE"))?.into()))).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn read(&self) -> Result<Secrets, NotReadable> {
        let read = |(variable, path): &(&'static str, PathBuf)| match secret(path) {
            Ok(secret) => Ok(((*variable).to_owned(), secret)),
            Err(why) => Err(NotReadable { variable, path: path.clone(), why }),
        };
        self.0.iter().map(read).collect()
    }
}

fn secret(path: &PathBuf) -> Result<Secret, Why> {
    if fs::metadata(path)?.len() > LARGEST {
        return Err(Why::TooLarge);
    }
    let text = String::from_utf8(fs::read(path)?).map_err(|_| Why::NotText)?;
    // Most tools put a line break at the end.
    let text = text.trim_start_matches('\u{FEFF}').trim();
    if text.is_empty() { Err(Why::Empty) } else { Ok(Secret::new(text)) }
}
