//! PagerDuty: everything but the findings.

use super::plain;
use crate::domain::message::Language;
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::state::{Name, ServiceId};

pub fn off(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "未設定のため確認していません。PAGERDUTY_API_KEY (読み取り専用で十分) と PAGERDUTY_SERVICE_IDS を設定すると、\
             Webhook が有効でここに届くか、1週間先まで常に誰かがオンコールか、休日にダミーがアラートを抱えないかを確認します"
        }
        Language::English => {
            "not checked: set PAGERDUTY_API_KEY (read-only is enough) and PAGERDUTY_SERVICE_IDS to check whether the webhook \
             is on and points here, whether somebody is always on call in the coming week, and whether the dummy holds \
             alerts on a day off"
        }
    }
}

/// The relay's URL was given, and there is nothing to compare it with.
pub fn not_compared(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "--url のアドレスを照合できません。PAGERDUTY_API_KEY (読み取り専用で十分) と PAGERDUTY_SERVICE_IDS を設定してください"
        }
        Language::English => {
            "the URL of --url cannot be compared without PAGERDUTY_API_KEY (read-only is enough) and PAGERDUTY_SERVICE_IDS: set both"
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
            "only the end (/pagerduty) of the URLs that webhooks deliver to was compared: give the relay's URL with --url \
             (PagerDutyUrl, which sam deploy prints)"
        }
    }
}

pub fn no_service(id: &ServiceId, language: Language) -> String {
    match language {
        Language::Japanese => {
            format!("サービス {id} がありません。PAGERDUTY_SERVICE_IDS (サービスの URL の末尾) を確認してください")
        }
        Language::English => {
            format!("there is no service {id}: check PAGERDUTY_SERVICE_IDS (the end of a service's URL)")
        }
    }
}

/// Why nothing could be checked.
pub fn unanswered(error: &PagerDutyError, language: Language) -> String {
    match language {
        Language::Japanese => match error {
            PagerDutyError::KeyUnknown { base_url, message } => format!(
                "{base_url} はこのキーを知りません ({message})。PAGERDUTY_API_KEY を確認してください。EU のアカウントには \
                 PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com も必要です"
            ),
            PagerDutyError::KeyNotEnough { message } => format!(
                "このキーでは読み取れません ({message})。PagerDuty の Integrations → API Access Keys で読み取り専用のキーを作り、\
                 PAGERDUTY_API_KEY に設定してください"
            ),
            PagerDutyError::NotFound { base_url, path } => {
                format!("{base_url} に {} がありません。PAGERDUTY_BASE_URL はホストまでです", plain(path))
            }
            PagerDutyError::Unavailable { why, .. } | PagerDutyError::Lost { why } => format!(
                "今は問い合わせできません ({why})。ネットワークと PAGERDUTY_BASE_URL を確認して、もう一度実行してください"
            ),
            PagerDutyError::Invalid { .. } | PagerDutyError::Unexpected { .. } | PagerDutyError::TooMany { .. } => {
                format!("応答が想定と異なります ({error})。PAGERDUTY_BASE_URL を確認してください")
            }
        },
        Language::English => match error {
            PagerDutyError::KeyUnknown { base_url, message } => format!(
                "{base_url} does not know the key ({message}): check PAGERDUTY_API_KEY; an account in the EU also needs \
                 PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com"
            ),
            PagerDutyError::KeyNotEnough { message } => format!(
                "this key may not read that ({message}): create a read-only one in PagerDuty (Integrations → API Access Keys) \
                 and set PAGERDUTY_API_KEY to it"
            ),
            PagerDutyError::NotFound { base_url, path } => {
                format!("{base_url} has nothing at {}: PAGERDUTY_BASE_URL is the host alone", plain(path))
            }
            PagerDutyError::Unavailable { why, .. } | PagerDutyError::Lost { why } => format!(
                "it cannot be asked at the moment ({why}): check the network and PAGERDUTY_BASE_URL, and run this again"
            ),
            PagerDutyError::Invalid { .. } | PagerDutyError::Unexpected { .. } | PagerDutyError::TooMany { .. } => {
                format!("its answer is not as expected ({error}): check PAGERDUTY_BASE_URL")
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
