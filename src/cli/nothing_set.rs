//! What a command says where nothing is set, and what to set first.

use crate::domain::message::Language;

const FIRST_EN: &str = "  PAGERDUTY_WEBHOOK_SECRETS   the signing secret of PagerDuty's webhook
  SLACK_BOT_TOKEN             the token of your Slack app, and
  SLACK_CHANNEL               where alerts go
  GOOGLE_SHEET_ID             the rotation, with GOOGLE_SERVICE_ACCOUNT_KEY; or ROTATION_FILE for a CSV file
  FALLBACK_MENTION_SLACK      who is told when the rotation has no answer";

const FIRST_JA: &str = "  PAGERDUTY_WEBHOOK_SECRETS   PagerDuty の Webhook の署名の鍵
  SLACK_BOT_TOKEN             Slack アプリのトークン
  SLACK_CHANNEL               アラートを投稿するチャンネルの ID
  GOOGLE_SHEET_ID             当番表。GOOGLE_SERVICE_ACCOUNT_KEY も必要です。CSV ファイルなら ROTATION_FILE
  FALLBACK_MENTION_SLACK      当番が分からないときに知らせる相手";

#[cfg(feature = "serve")]
pub(super) fn to_serve(language: Language) -> String {
    match language {
        Language::Japanese => format!(
            "toban: 何も設定されていないため、知らせる相手がいません。アカウントなしで試すには `toban demo` を実行してください。\
             実際に使うには、少なくとも次を設定してください\n{FIRST_JA}\n\
             `toban serve --help` に説明が、docs/settings.ja.md にすべての設定があります。"
        ),
        Language::English => format!(
            "toban: nothing is configured, so there is nobody to tell. To look around without an account: `toban demo`. For the \
             relay itself set at least\n{FIRST_EN}\n`toban serve --help` says more, docs/settings.md all of it."
        ),
    }
}

pub(super) fn to_check(language: Language) -> String {
    match language {
        Language::Japanese => format!(
            "toban: まだ何も設定されていないため、確認するものがありません。アカウントなしで試すには `toban demo` を実行してください。\
             実際に使うには、少なくとも次を設定してください\n{FIRST_JA}\nすべての設定は docs/settings.ja.md にあります。"
        ),
        Language::English => format!(
            "toban: nothing is configured, so there is nothing to check. To look around without an account: `toban demo`. For \
             the relay itself set at least\n{FIRST_EN}\ndocs/settings.md has all settings."
        ),
    }
}
