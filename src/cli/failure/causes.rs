//! The Japanese words for errors from below. Their English ones are beside them, because the log has those. What AWS, PagerDuty
//! or the system says is shown as it is.

use crate::domain::message::Language;
use crate::mackerel::MackerelError;
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::provision::current::CurrentError;
use crate::pagerduty::provision::desired::DesiredFaults;
use crate::setup::parameters::NotRead;
#[cfg(feature = "serve")]
use crate::{
    setup::renewal::NotBuilt,
    store::sqlite::{Cause, StateError},
};

pub(super) fn parameters(error: &NotRead) -> String {
    match error {
        NotRead::Unavailable { path, why } => format!("{path} の下のパラメータを、今は読み取れません: {why}"),
        NotRead::Refused { path, why } => format!(
            "{path} の下のパラメータを読み取れません: {why}。読み取るパラメータすべて (まだないものも) に ssm:GetParameters が、\
             独自の鍵を使っていれば kms:Decrypt も必要です"
        ),
    }
}

pub(super) fn mackerel(error: &MackerelError) -> String {
    match error {
        MackerelError::KeyRefused { status } => format!(
            "Mackerel が鍵を受け付けません (HTTP {status})。MACKEREL_API_KEY は、読み取れるオーガニゼーションの API キー \
             (https://mackerel.io/my?tab=apikeys) にしてください。IP アドレスが制限されていることもあります"
        ),
        MackerelError::Unavailable { why } => format!("今は Mackerel に問い合わせできません: {why}"),
        MackerelError::Unexpected { base_url, why } => format!(
            "{base_url} の応答は Mackerel の API のものではありません ({why})。MACKEREL_BASE_URL にはホストだけを書いてください"
        ),
    }
}

pub(super) fn current(error: &CurrentError) -> String {
    match error {
        CurrentError::Unreadable { what, source } => {
            let what = what.name(Language::Japanese);
            format!("PagerDuty から読み取れません ({what}): {}", pagerduty(source))
        }
        CurrentError::Problems(problems) => {
            format!("PagerDuty がファイルの前提と違います:{}", problems.said(Language::Japanese))
        }
    }
}

pub(in crate::cli) fn pagerduty(error: &PagerDutyError) -> String {
    match error {
        PagerDutyError::KeyUnknown { base_url, message } => format!(
            "{base_url} の PagerDuty は、この鍵を知りません ({message})。PAGERDUTY_API_KEY を確認してください。EU のアカウントには \
             PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com が必要です"
        ),
        PagerDutyError::KeyNotEnough { message } => format!(
            "この鍵の権限では PagerDuty が許可しません ({message})。計画だけなら読み取り専用で足りますが、適用するときの \
             PAGERDUTY_API_KEY には、すべての権限が必要です"
        ),
        PagerDutyError::Invalid { message, .. } => format!("PagerDuty に断られました: {message}"),
        PagerDutyError::NotFound { base_url, path } => {
            format!(
                "{base_url} の PagerDuty には {path} がありません (PAGERDUTY_BASE_URL にはホストだけを書いてください)"
            )
        }
        PagerDutyError::Unavailable { why, .. } => format!("今は PagerDuty に問い合わせできません: {why}"),
        PagerDutyError::Lost { why } => {
            format!("PagerDuty から使える応答がなく ({why})、実行されたかどうか分かりません")
        }
        PagerDutyError::Unexpected { path, why } => {
            format!("{path} での PagerDuty の応答が、ドキュメントと違います: {why}")
        }
        PagerDutyError::TooMany { path } => format!("{path} の項目が多すぎて、PagerDuty がすべてを返しません"),
    }
}

/// The lines themselves are in English.
pub(super) fn desired(DesiredFaults(faults): &DesiredFaults) -> String {
    faults.iter().fold("ファイルに誤りがあります:".to_owned(), |said, fault| format!("{said}\n  {fault}"))
}

#[cfg(feature = "serve")]
pub(super) fn not_built(error: &NotBuilt) -> String {
    match error {
        NotBuilt::NotRead(error) => parameters(error),
        NotBuilt::NotReadable(error) => error.said(Language::Japanese),
        NotBuilt::Faults(faults) => faults.said(Language::Japanese),
    }
}

#[cfg(feature = "serve")]
pub(super) fn state(error: &StateError) -> String {
    let another = "STATE_FILE で別のファイルを指定してください";
    match error {
        StateError::InUse { path, process } => {
            let process = process.map(|process| format!(" ({process}) ")).unwrap_or_default();
            format!("{} は別のプロセス{process}が使っています。先にそちらを終わらせるか、{another}", path.display())
        }
        StateError::NotOurs { path } => {
            format!("{} は toban の状態のファイルではないため、変更していません。{another}", path.display())
        }
        StateError::Newer { path, found, known } => format!(
            "{} は新しい版の toban が書いたものです (スキーマ {found}。この版は {known} まで)。その版を使うか、{another}",
            path.display()
        ),
        StateError::Unusable { path, source } => {
            format!("STATE_FILE の {} を状態のファイルとして使えません: {}", path.display(), cause(source))
        }
    }
}

#[cfg(feature = "serve")]
fn cause(cause: &Cause) -> String {
    match cause {
        Cause::System(error) => error.to_string(),
        Cause::Sqlite(error) => error.to_string(),
        Cause::NoSharing => "このファイルシステムでは、複数のプログラムでファイルを共有できません".to_owned(),
        Cause::NoFolder(folder) => {
            format!("フォルダー {} がありません。作るか、STATE_FILE で別のファイルを指定してください", folder.display())
        }
    }
}
