//! What is said of PagerDuty beside what is found there.

use super::plain;
use crate::domain::message::Language;
use crate::pagerduty::AccountError;
use crate::pagerduty::state::{Name, ServiceId};

pub fn off(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "未設定のため確認していません。PAGERDUTY_API_KEY (読み取り専用で十分) と PAGERDUTY_SERVICE_IDS を設定すると、\
             Webhook が有効でここに届くか、1週間先まで常に誰かがオンコールか、休日にダミーがアラートを抱えないかを確認します"
        }
        Language::English => {
            "not asked: with PAGERDUTY_API_KEY (read-only is enough) and PAGERDUTY_SERVICE_IDS it is checked whether the \
             webhook is on and points here, whether somebody is always on call in the coming week, and whether the dummy \
             holds alerts on a day off"
        }
    }
}

pub fn asking(language: Language) -> &'static str {
    match language {
        Language::Japanese => "PagerDuty に問い合わせています",
        Language::English => "asking PagerDuty",
    }
}

pub fn no_url(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "Webhook の届け先は末尾 (/pagerduty) だけを照合しました。--url にこのリレーのアドレス (sam deploy が表示する PagerDutyUrl) を指定してください"
        }
        Language::English => {
            "of where webhooks deliver to only the end (/pagerduty) is compared: give the relay's address with --url (PagerDutyUrl, which sam deploy \
             prints)"
        }
    }
}

pub fn no_service(id: &ServiceId, language: Language) -> String {
    match language {
        Language::Japanese => {
            format!("サービス {id} がありません。PAGERDUTY_SERVICE_IDS (サービスの URL の末尾) を確認してください")
        }
        Language::English => {
            format!("there is no service {id}: look at PAGERDUTY_SERVICE_IDS (the end of a service's URL)")
        }
    }
}

/// Why there is nothing to judge.
pub fn unanswered(error: &AccountError, language: Language) -> String {
    match language {
        Language::Japanese => match error {
            AccountError::KeyUnknown { base_url, said } => format!(
                "{base_url} はこのキーを知りません ({said})。PAGERDUTY_API_KEY を確認してください。EU のアカウントには \
                 PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com も必要です"
            ),
            AccountError::KeyNotEnough { said } => format!(
                "このキーでは読み取れません ({said})。PagerDuty の Integrations → API Access Keys で読み取り専用のキーを作り、\
                 PAGERDUTY_API_KEY に設定してください"
            ),
            AccountError::NotFound { base_url, path } => {
                format!("{base_url} に {} がありません。PAGERDUTY_BASE_URL はホストまでです", plain(path))
            }
            AccountError::Unavailable { why, .. } | AccountError::Lost { why } => format!(
                "今は問い合わせできません ({why})。ネットワークと PAGERDUTY_BASE_URL を確認して、もう一度実行してください"
            ),
            AccountError::Invalid { .. } | AccountError::Unexpected { .. } | AccountError::TooMany { .. } => {
                format!("応答が想定と異なります ({error})。PAGERDUTY_BASE_URL を確認してください")
            }
        },
        Language::English => match error {
            AccountError::KeyUnknown { base_url, said } => format!(
                "{base_url} does not know the key ({said}): look at PAGERDUTY_API_KEY; an account in the EU also needs \
                 PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com"
            ),
            AccountError::KeyNotEnough { said } => format!(
                "this key may not read that ({said}): make a read-only one in PagerDuty (Integrations → API Access Keys) \
                 and set PAGERDUTY_API_KEY to it"
            ),
            AccountError::NotFound { base_url, path } => {
                format!("{base_url} has nothing at {}: PAGERDUTY_BASE_URL is the host alone", plain(path))
            }
            AccountError::Unavailable { why, .. } | AccountError::Lost { why } => format!(
                "it cannot be asked at the moment ({why}): look at the network and at PAGERDUTY_BASE_URL, and run this again"
            ),
            AccountError::Invalid { .. } | AccountError::Unexpected { .. } | AccountError::TooMany { .. } => {
                format!("its answer is not as expected ({error}): look at PAGERDUTY_BASE_URL")
            }
        },
    }
}

pub fn service(name: &Name, language: Language) -> String {
    match language {
        Language::Japanese => format!("サービス {name}"),
        Language::English => format!("service {name}"),
    }
}

pub fn policy(name: &Name, language: Language) -> String {
    match language {
        Language::Japanese => format!("エスカレーションポリシー {name}"),
        Language::English => format!("escalation policy {name}"),
    }
}
