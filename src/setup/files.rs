//! Secrets in files: `SLACK_BOT_TOKEN_FILE=/run/secrets/slack` in place of `SLACK_BOT_TOKEN`, as containers and systemd hand them
//! over. They are read again when something fails that a changed one may cure.

use crate::net::secret::Secret;
use crate::setup::config::secrets;
use crate::setup::parameters::Secrets;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A larger file is no secret.
const LARGEST: u64 = 64 * 1024;

/// The files by the variable whose value they have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    named: Vec<(&'static str, PathBuf)>,
    /// Whose value is in the environment as well: nobody could say which of the two counts.
    twice: Vec<&'static str>,
}

/// What cannot be used, all of it. Never holds what is in a file.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(Unusable::to_string).collect::<Vec<_>>().join("; "))]
pub struct NotReadable(Vec<Unusable>);

#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("{0} and {0}_FILE are both set: leave one of them out")]
    Twice(&'static str),
    #[error("{0}_FILE: {place} {why}", place = shown(.1), why = .2)]
    File(&'static str, PathBuf, Why),
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error("cannot be read: {0}")]
    System(#[from] io::Error),
    #[error("is no file that can be read again: name a plain file, not a pipe")]
    Pipe,
    #[error("is larger than a secret ({LARGEST} bytes)")]
    TooLarge,
    #[error("is empty")]
    Empty,
    #[error("is not text")]
    NotText,
    #[error(
        "has several lines: put one value into it, or several with commas between them where the setting takes a list"
    )]
    Lines,
}

/// The path, unless it may be the secret itself, in the variable that wants a path.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let is_path = path.exists() || text.contains(['/', '.']) && !text.contains("://") && !text.starts_with('{');
    if is_path {
        text.into_owned()
    } else {
        "its value, which should be the path of a file and is not shown here,".to_owned()
    }
}

impl Files {
    /// The files that the environment names.
    pub fn named(environment: impl Fn(&str) -> Option<String>) -> Self {
        let text = |variable: &str| environment(variable).filter(|value| !value.trim().is_empty());
        let named = secrets().filter_map(|variable| Some((variable, text(&format!("{variable}_FILE"))?.into())));
        let (twice, named): (Vec<_>, Vec<_>) = named.partition(|(variable, _)| text(variable).is_some());
        Self { named, twice: twice.into_iter().map(|(variable, _): (_, PathBuf)| variable).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    pub fn read(&self) -> Result<Secrets, NotReadable> {
        let mut unusable: Vec<_> = self.twice.iter().copied().map(Unusable::Twice).collect();
        let mut read = Vec::with_capacity(self.named.len());
        for (variable, path) in &self.named {
            match secret(path) {
                Ok(secret) => read.push(((*variable).to_owned(), secret)),
                Err(why) => unusable.push(Unusable::File(variable, path.clone(), why)),
            }
        }
        if unusable.is_empty() { Ok(read.into_iter().collect()) } else { Err(NotReadable(unusable)) }
    }
}

fn secret(path: &Path) -> Result<Secret, Why> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() && !metadata.is_dir() {
        return Err(Why::Pipe);
    }
    if metadata.len() > LARGEST {
        return Err(Why::TooLarge);
    }
    let text = String::from_utf8(fs::read(path)?).map_err(|_| Why::NotText)?;
    // Most tools put a line break at the end.
    let text = text.trim_start_matches('\u{FEFF}').trim();
    // Only Google's key, which is JSON, may have several lines.
    match text {
        "" => Err(Why::Empty),
        _ if text.contains(['\n', '\r']) && !text.starts_with('{') => Err(Why::Lines),
        _ => Ok(Secret::new(text)),
    }
}
