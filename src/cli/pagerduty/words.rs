//! What `toban pagerduty apply` says while it works. The plan's words are the plan's own.

use crate::cli::failure::causes;
use crate::domain::message::Language;
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::provision::plan::Step;
use crate::pagerduty::state::{SubscriptionId, UserId};
use crate::setup::parameters::NotWritten;

/// The relay reads its signing secrets from here.
pub(super) const VARIABLE: &str = "PAGERDUTY_WEBHOOK_SECRETS";

pub(super) fn question(base_url: &str, language: Language) -> String {
    match language {
        Language::English => format!("Do this at {base_url}? Type yes: "),
        Language::Japanese => format!("{base_url} で実行しますか? 実行するなら yes と入力してください: "),
    }
}

pub(super) fn nothing_changed(language: Language) -> &'static str {
    match language {
        Language::English => "nothing has been changed",
        Language::Japanese => "何も変更していません",
    }
}

pub(super) fn all_done(language: Language) -> &'static str {
    match language {
        Language::English => "done",
        Language::Japanese => "完了しました",
    }
}

pub(super) fn done_without_storing(language: Language) -> &'static str {
    match language {
        Language::English => "done, except that the secret is not stored: store it yourself",
        Language::Japanese => "完了しましたが、署名の鍵は保存されていません。ご自分で保存してください",
    }
}

pub(super) fn stopped(done: usize, changes: usize, language: Language) -> String {
    match language {
        Language::English => {
            format!("{done} of {changes} changes are done. Run it again: it compares again and goes on from there")
        }
        Language::Japanese => {
            format!("{changes} 件の変更のうち {done} 件が済みました。もう一度実行すると、比べ直して続きから始めます")
        }
    }
}

pub(super) fn dummy(id: &UserId, language: Language) -> String {
    match language {
        Language::English => format!("  tell the relay that it is not a person: IGNORED_ASSIGNEES={id}"),
        Language::Japanese => format!("  人ではないことをリレーに設定してください: IGNORED_ASSIGNEES={id}"),
    }
}

/// `secret` is the only copy.
pub(super) fn secret(secret: &str, language: Language) -> String {
    match language {
        Language::English => format!(
            "  the signing secret of the new subscription, shown only this once; the relay needs it in {VARIABLE}, after a \
             comma if there is another one:\n\n      {secret}\n"
        ),
        Language::Japanese => format!(
            "  新しい購読の署名の鍵です。表示するのはこの一度だけです。リレーの {VARIABLE} に設定してください (すでにあれば、コンマの後に):\
             \n\n      {secret}\n"
        ),
    }
}

pub(super) fn stored(language: Language) -> String {
    match language {
        Language::English => format!("✓ signing secret added to the parameter {VARIABLE}"),
        Language::Japanese => format!("✓ 署名の鍵を、パラメータ {VARIABLE} に加えました"),
    }
}

pub(super) fn not_stored(error: &NotWritten, secret: &str, language: Language) -> String {
    match language {
        Language::English => format!(
            "✗ {error}. The signing secret, shown only this once; add it to {VARIABLE} yourself, after a comma if there is \
             another one:\n\n      {secret}\n"
        ),
        Language::Japanese => format!(
            "✗ パラメータ {} に書き込めません: {}。署名の鍵です。表示するのはこの一度だけです。ご自分で {VARIABLE} に加えてください \
             (すでにあれば、コンマの後に):\n\n      {secret}\n",
            error.name, error.why
        ),
    }
}

/// PagerDuty has created a subscription without showing its secret.
pub(super) fn no_secret(id: &SubscriptionId, language: Language) -> String {
    match language {
        Language::English => format!(
            "PagerDuty has created subscription {id} without showing its signing secret; it does not deliver. Run it again: \
             it creates another one"
        ),
        Language::Japanese => format!(
            "PagerDuty は購読 {id} を作成しましたが、署名の鍵を返しませんでした。この購読からは届きません。もう一度実行すると、別の\
             購読を作ります"
        ),
    }
}

/// A subscription was created, and its secret shown.
pub(super) fn not_activated(error: &PagerDutyError, id: &SubscriptionId, language: Language) -> String {
    let error = cause(error, language);
    match language {
        Language::English => format!(
            "{error}. Subscription {id} was created and does not deliver. Run it again: it creates another one with its own \
             secret, and the secret above is useless then"
        ),
        Language::Japanese => format!(
            "{error}。購読 {id} は作成しましたが、まだ届きません。もう一度実行すると、別の鍵の購読を作るので、上の鍵は使えなくなります"
        ),
    }
}

/// A failure, and what it means for the step.
pub(super) fn failure(error: &PagerDutyError, step: &Step, language: Language) -> String {
    let said = cause(error, language);
    match (error, step, language) {
        (
            PagerDutyError::Lost { .. } | PagerDutyError::Unexpected { .. },
            Step::CreateSubscription,
            Language::English,
        ) => format!(
            "{said}. If PagerDuty has created the subscription, it does not deliver and its signing secret is lost: running \
             this again creates another one, and says which one to delete"
        ),
        (
            PagerDutyError::Lost { .. } | PagerDutyError::Unexpected { .. },
            Step::CreateSubscription,
            Language::Japanese,
        ) => format!(
            "{said}。購読が作成されていても、そこからは届かず、署名の鍵は失われています。もう一度実行すると、別の購読を作り、削除すべき\
             ものを示します"
        ),
        (PagerDutyError::Invalid { message, .. }, ..) if message.contains("already been taken") => match language {
            Language::English => format!(
                "{said}. Something with that name or address exists and was not listed: it was created a moment ago, or this \
                 key cannot see it; choose another name in the file"
            ),
            Language::Japanese => format!(
                "{said}。その名前かアドレスのものがすでにありますが、一覧にはありませんでした。作られたばかりか、この鍵では見えないもの\
                 です。ファイルで別の名前を指定してください"
            ),
        },
        _ => said,
    }
}

fn cause(error: &PagerDutyError, language: Language) -> String {
    match language {
        Language::English => error.to_string(),
        Language::Japanese => causes::pagerduty(error),
    }
}
