//! Why a command has failed, in the words of both languages.

pub(super) mod causes;

use super::language::language;
use crate::domain::message::Language;
use crate::mackerel::MackerelError;
use crate::pagerduty::provision::current::CurrentError;
use crate::pagerduty::provision::desired::DesiredFaults;
use crate::setup::config::{Bilingual, Faults};
use crate::setup::files::NotReadable;
use crate::setup::parameters::NotRead;
#[cfg(feature = "serve")]
use crate::{queue::QueueError, setup::renewal::NotBuilt, store::sqlite::StateError};
use std::fmt;
use std::io;

/// Why a command has failed. It is printed, and the exit code is 1.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    Configuration(#[from] Faults),
    Http(#[from] reqwest::Error),
    Parameters(#[from] NotRead),
    NoLedger,
    LedgerDown,
    File {
        path: String,
        source: io::Error,
    },
    Desired {
        path: String,
        faults: DesiredFaults,
    },
    PagerDuty(#[from] CurrentError),
    NowhereToStore,
    Mackerel(#[from] MackerelError),
    /// It is not time for a reminder yet.
    Early {
        due: String,
    },
    NobodyToAsk,
    Terminal(io::Error),
    Port(io::Error),
    NoRandom,
    Server(io::Error),
    NotReadable(#[from] NotReadable),
    #[cfg(feature = "serve")]
    NotBuilt(#[from] NotBuilt),
    #[cfg(feature = "serve")]
    State(#[from] StateError),
    #[cfg(feature = "serve")]
    Queue(#[from] QueueError),
    #[cfg(feature = "serve")]
    Listen {
        address: std::net::SocketAddr,
        source: io::Error,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.in_both().said(language()))
    }
}

impl Failure {
    fn in_both(&self) -> Bilingual {
        match self {
            Self::Configuration(faults) => (faults.to_string(), faults.said(Language::Japanese)).into(),
            Self::Http(error) => (
                format!("the HTTP client cannot be built: {error}"),
                format!("HTTP クライアントを用意できません: {error}"),
            )
                .into(),
            Self::Parameters(error) => (error.to_string(), causes::parameters(error)).into(),
            Self::NoLedger => (
                "LEDGER_TABLE is not set, and there is no file as STATE_FILE names it (by default toban.db): what became of an event is \
                 in the ledger, and nowhere else but the log",
                "LEDGER_TABLE が設定されておらず、STATE_FILE のファイル (既定は toban.db) もありません。イベントがどうなったかは台帳とログにしか\
                 残りません",
            )
                .into(),
            Self::LedgerDown => (
                "the ledger has not answered; the line above says why",
                "台帳が応答しませんでした。理由は上の行にあります",
            )
                .into(),
            Self::File { path, source } => (format!("{path}: {source}"), format!("{path}: {source}")).into(),
            Self::Desired { path, faults } => {
                (format!("{path}: {faults}"), format!("{path}: {}", causes::desired(faults))).into()
            }
            Self::PagerDuty(error) => (error.to_string(), causes::current(error)).into(),
            Self::NowhereToStore => (
                "--store-secret needs PARAMETERS_PATH, for example PARAMETERS_PATH=/toban, with AWS_REGION and credentials",
                "--store-secret には PARAMETERS_PATH (例: PARAMETERS_PATH=/toban) と、AWS_REGION と AWS の認証情報が必要です",
            )
                .into(),
            Self::Mackerel(error) => (error.to_string(), causes::mackerel(error)).into(),
            Self::Early { due } => (
                format!(
                    "it is not {due} yet, and with LEDGER_TABLE or STATE_FILE this would count as that day's reminder: the \
                     scheduled one would not be posted. Without --post it is only printed; with --yes it is posted now, \
                     instead of the scheduled one"
                ),
                format!(
                    "まだ {due} になっていません。LEDGER_TABLE か STATE_FILE があると、いま投稿したものがその日のお知らせになり、\
                     定刻には投稿されません。--post を付けなければ表示だけします。--yes を付けると、定刻の代わりにいま投稿します"
                ),
            )
                .into(),
            Self::NobodyToAsk => (
                "there is no terminal to ask on: read the plan, then run it with --yes",
                "確認を求める端末がありません。計画を読んでから、--yes を付けて実行してください",
            )
                .into(),
            Self::Terminal(error) => (format!("the terminal: {error}"), format!("端末から読み取れません: {error}")).into(),
            Self::Port(error) => (
                format!("no port can be listened on at 127.0.0.1 ({error}); free one, or name another with --port"),
                format!("127.0.0.1 で使えるポートがありません ({error})。ポートを空けるか、--port で別のものを指定してください"),
            )
                .into(),
            Self::NoRandom => (
                "the system has no random numbers, so the page's controls could not be guarded",
                "システムから乱数を得られず、ページの操作を保護できません",
            )
                .into(),
            Self::Server(error) => {
                (format!("the server has stopped: {error}"), format!("サーバーが止まりました: {error}")).into()
            }
            Self::NotReadable(error) => (error.to_string(), error.said(Language::Japanese)).into(),
            #[cfg(feature = "serve")]
            Self::NotBuilt(error) => (error.to_string(), causes::not_built(error)).into(),
            #[cfg(feature = "serve")]
            Self::State(error) => (error.to_string(), causes::state(error)).into(),
            #[cfg(feature = "serve")]
            Self::Queue(error) => (error.to_string(), format!("キューを使えません: {}", error.0)).into(),
            #[cfg(feature = "serve")]
            Self::Listen { address, source } => (
                format!(
                    "{address} cannot be listened on ({source}): free it, or name another in LISTEN, for example \
                     LISTEN=127.0.0.1:8081"
                ),
                format!(
                    "{address} で待ち受けられません ({source})。空けるか、LISTEN で別のものを指定してください。例: \
                     LISTEN=127.0.0.1:8081"
                ),
            )
                .into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pagerduty::PagerDutyError;
    use crate::pagerduty::provision::current::Part;
    use io::ErrorKind;

    fn denied() -> io::Error {
        ErrorKind::PermissionDenied.into()
    }

    #[test]
    fn each_failure_is_said_in_both_languages() {
        for (failure, english, japanese) in [
            (
                Failure::LedgerDown,
                "the ledger has not answered; the line above says why",
                "台帳が応答しませんでした。理由は上の行にあります",
            ),
            (
                Failure::File { path: "a.json".into(), source: denied() },
                "a.json: permission denied",
                "a.json: permission denied",
            ),
            (
                NotRead::Unavailable { path: "/toban".into(), why: "no answer in time".into() }.into(),
                "the parameters under /toban cannot be read at the moment: no answer in time",
                "/toban の下のパラメータを、今は読み取れません: no answer in time",
            ),
            (
                CurrentError::Unreadable {
                    what: Part::Users,
                    source: PagerDutyError::Invalid { code: None, message: "no".into() },
                }
                .into(),
                "the users cannot be read: PagerDuty refused it: no",
                "PagerDuty から読み取れません (ユーザー): PagerDuty に断られました: no",
            ),
            (
                Failure::NowhereToStore,
                "--store-secret needs PARAMETERS_PATH, for example PARAMETERS_PATH=/toban, with AWS_REGION and credentials",
                "--store-secret には PARAMETERS_PATH (例: PARAMETERS_PATH=/toban) と、AWS_REGION と AWS の認証情報が必要です",
            ),
            (
                MackerelError::Unavailable { why: "HTTP 503".into() }.into(),
                "Mackerel cannot be asked at the moment: HTTP 503",
                "今は Mackerel に問い合わせできません: HTTP 503",
            ),
            (
                Failure::Early { due: "2026-11-24 10:00".into() },
                "it is not 2026-11-24 10:00 yet, and with LEDGER_TABLE or STATE_FILE this would count as that day's reminder: the \
                 scheduled one would not be posted. Without --post it is only printed; with --yes it is posted now, instead of \
                 the scheduled one",
                "まだ 2026-11-24 10:00 になっていません。LEDGER_TABLE か STATE_FILE があると、いま投稿したものがその日のお知らせになり、\
                 定刻には投稿されません。--post を付けなければ表示だけします。--yes を付けると、定刻の代わりにいま投稿します",
            ),
            (
                Failure::NobodyToAsk,
                "there is no terminal to ask on: read the plan, then run it with --yes",
                "確認を求める端末がありません。計画を読んでから、--yes を付けて実行してください",
            ),
            (
                Failure::Port(denied()),
                "no port can be listened on at 127.0.0.1 (permission denied); free one, or name another with --port",
                "127.0.0.1 で使えるポートがありません (permission denied)。ポートを空けるか、--port で別のものを指定してください",
            ),
            (
                Failure::Server(denied()),
                "the server has stopped: permission denied",
                "サーバーが止まりました: permission denied",
            ),
        ] {
            let said = failure.in_both();
            assert_eq!([said.said(Language::English), said.said(Language::Japanese)], [english, japanese]);
        }
    }

    #[cfg(feature = "serve")]
    #[test]
    fn a_state_file_that_cannot_be_used_is_said_in_both_languages() {
        let path = || "/var/lib/toban/toban.db".into();
        for (failure, english, japanese) in [
            (
                StateError::InUse { path: path(), process: Some(7) },
                "/var/lib/toban/toban.db is in use by another process (7): end that one first, or name another file in STATE_FILE",
                "/var/lib/toban/toban.db は別のプロセス (7) が使っています。先にそちらを終わらせるか、STATE_FILE で別のファイルを指定してください",
            ),
            (
                StateError::NotOurs { path: path() },
                "/var/lib/toban/toban.db is not a state file of toban, and was left as it is: name another file in STATE_FILE",
                "/var/lib/toban/toban.db は toban の状態のファイルではないため、変更していません。STATE_FILE で別のファイルを指定してください",
            ),
            (
                StateError::Newer { path: path(), found: 9, known: 3 },
                "/var/lib/toban/toban.db was written by a newer version of toban (schema 9; this one knows 3): start that \
                 version, or name another file in STATE_FILE",
                "/var/lib/toban/toban.db は新しい版の toban が書いたものです (スキーマ 9。この版は 3 まで)。その版を使うか、STATE_FILE \
                 で別のファイルを指定してください",
            ),
        ] {
            let said = Failure::from(failure).in_both();
            assert_eq!([said.said(Language::English), said.said(Language::Japanese)], [english, japanese]);
        }
    }
}
