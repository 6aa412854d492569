//! Secrets in files: `SLACK_BOT_TOKEN_FILE=/run/secrets/slack` in place of `SLACK_BOT_TOKEN`, as containers and systemd hand them
//! over. They are read again when something fails that a changed one may cure.

use crate::domain::message::Language;
use crate::net::secret::Secret;
use crate::setup::config::{Bilingual, secrets};
use crate::setup::parameters::Secrets;
use std::fmt;
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
#[derive(Debug)]
pub struct NotReadable(Vec<Unusable>);

#[derive(Debug)]
enum Unusable {
    Twice(&'static str),
    File(&'static str, PathBuf, Why),
}

#[derive(Debug)]
enum Why {
    System(io::Error),
    Pipe,
    TooLarge,
    Empty,
    NotText,
    Lines,
}

impl NotReadable {
    pub fn said(&self, language: Language) -> String {
        let Self(unusable) = self;
        unusable.iter().map(|one| one.in_both().said(language).to_owned()).collect::<Vec<_>>().join("; ")
    }
}

impl fmt::Display for NotReadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said(Language::English))
    }
}

impl std::error::Error for NotReadable {}

impl Unusable {
    fn in_both(&self) -> Bilingual {
        match self {
            Self::Twice(variable) => (
                format!("{variable} and {variable}_FILE are both set: leave one of them out"),
                format!("{variable} と {variable}_FILE の両方が設定されています。どちらかを外してください"),
            )
                .into(),
            Self::File(variable, path, why) => {
                let head = Bilingual::from((format!("{variable}_FILE: "), format!("{variable}_FILE: ")));
                head.and(shown(path)).and(why.in_both())
            }
        }
    }
}

impl Why {
    /// Goes on after the path.
    fn in_both(&self) -> Bilingual {
        match self {
            Self::System(error) => {
                return (format!(" cannot be read: {error}"), format!(" を読み取れません: {error}")).into();
            }
            Self::Pipe => (
                " is no file that can be read again: name a plain file, not a pipe",
                " は、もう一度読めるファイルではありません。パイプではなく、ふつうのファイルを指定してください",
            ),
            Self::TooLarge => {
                return (
                    format!(" is larger than a secret ({LARGEST} bytes)"),
                    format!(" は、秘密の値には大きすぎます ({LARGEST} バイトまで)"),
                )
                    .into();
            }
            Self::Empty => (" is empty", " は空です"),
            Self::NotText => (" is not text", " はテキストではありません"),
            Self::Lines => (
                " has several lines: put one value into it, or several with commas between them where the setting takes a list",
                " に複数の行があります。値を 1 つだけ書くか、リストを受け付ける設定ならコンマで区切ってください",
            ),
        }
        .into()
    }
}

/// The path, unless it may be the secret itself, in the variable that wants a path.
fn shown(path: &Path) -> Bilingual {
    let text = path.to_string_lossy();
    let is_path = path.exists() || text.contains(['/', '.']) && !text.contains("://") && !text.starts_with('{');
    if is_path {
        return (text.clone().into_owned(), text.into_owned()).into();
    }
    (
        "its value, which should be the path of a file and is not shown here,",
        "その値 (ファイルのパスのはずなので、ここには出しません)",
    )
        .into()
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
    let metadata = fs::metadata(path).map_err(Why::System)?;
    if !metadata.is_file() && !metadata.is_dir() {
        return Err(Why::Pipe);
    }
    if metadata.len() > LARGEST {
        return Err(Why::TooLarge);
    }
    let text = String::from_utf8(fs::read(path).map_err(Why::System)?).map_err(|_| Why::NotText)?;
    // Most tools put a line break at the end.
    let text = text.trim_start_matches('\u{FEFF}').trim();
    // Only Google's key, which is JSON, may have several lines.
    match text {
        "" => Err(Why::Empty),
        _ if text.contains(['\n', '\r']) && !text.starts_with('{') => Err(Why::Lines),
        _ => Ok(Secret::new(text)),
    }
}
