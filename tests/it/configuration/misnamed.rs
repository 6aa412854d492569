//! Variables that nobody reads: which of them resemble a setting, and which are another program's.

use crate::template::{is_variable, settings_in_code};
use std::collections::BTreeSet;
use toban::domain::message::Language::{English, Japanese};
use toban::setup::config::{misnamed, names};

/// The one list has what the code reads, which another test compares with docs/settings.md.
#[test]
fn the_known_names_are_those_that_the_code_reads() {
    let known: BTreeSet<_> = names().filter(|name| is_variable(name)).map(str::to_owned).collect();
    assert_eq!(known, settings_in_code(), "left is src/setup/config/names.rs, right is what the code reads");
}

/// What is found when these have a value, each with what was meant.
fn found(environment: &[&str]) -> Vec<String> {
    misnamed(environment.iter().copied()).iter().map(ToString::to_string).collect()
}

#[test]
fn a_name_that_resembles_a_setting_is_a_finding() {
    for (name, meant) in [
        // A letter too many, missing, other; two swapped; several.
        ("SLACK_BOT_TOEKN", "SLACK_BOT_TOKEN"),
        ("SLACK_CHANEL", "SLACK_CHANNEL"),
        ("SLACK_CHANELL", "SLACK_CHANNEL"),
        ("SLAK_CHANNELL", "SLACK_CHANNEL"),
        ("SLACK_BTO_TOKEN", "SLACK_BOT_TOKEN"),
        ("ROTATON_FILE", "ROTATION_FILE"),
        ("BUISNESS_HOUR", "BUSINESS_HOURS"),
        ("LISTN", "LISTEN"),
        ("TOBAN_NWO", "TOBAN_NOW"),
        ("SLACK_BOT_TOKEN_FIEL", "SLACK_BOT_TOKEN_FILE"),
        // Singular and plural.
        ("BUSINESS_HOUR", "BUSINESS_HOURS"),
        ("MEMBER_FILE", "MEMBERS_FILE"),
        ("HOLIDAY_FILE", "HOLIDAYS_FILE"),
        ("PAGERDUTY_WEBHOOK_SECRET", "PAGERDUTY_WEBHOOK_SECRETS"),
        ("PAGERDUTY_WEBHOOK_SECRET_FILE", "PAGERDUTY_WEBHOOK_SECRETS_FILE"),
        ("PAGERDUTY_SERVICE_ID", "PAGERDUTY_SERVICE_IDS"),
        ("SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRETS"),
        ("GOOGLE_SHEETS_ID", "GOOGLE_SHEET_ID"),
        ("JENKINS_TOKEN", "JENKINS_TOKENS"),
        // What is between the words; capitals.
        ("TIMEZONE", "TIME_ZONE"),
        ("SLACKBOTTOKEN", "SLACK_BOT_TOKEN"),
        ("PAGER_DUTY_API_KEY", "PAGERDUTY_API_KEY"),
        ("SLACK-CHANNEL", "SLACK_CHANNEL"),
        ("slack_channel", "SLACK_CHANNEL"),
        ("SlackChannel", "SLACK_CHANNEL"),
        // A word missing, too many, longer, or in another place.
        ("SLACK_TOKEN", "SLACK_BOT_TOKEN"),
        ("SLACK_TOEKN", "SLACK_BOT_TOKEN"),
        ("SLACK_TOKEN_FILE", "SLACK_BOT_TOKEN_FILE"),
        ("SLACK_CHANNEL_ID", "SLACK_CHANNEL"),
        ("SLACK_CHANNEL_FILE", "SLACK_CHANNEL"),
        ("SLACK_BOT_OAUTH_TOKEN", "SLACK_BOT_TOKEN"),
        ("PAGERDUTY_SECRET", "PAGERDUTY_WEBHOOK_SECRETS"),
        ("GOOGLE_SHEET", "GOOGLE_SHEET_ID"),
        ("GOOGLE_SPREADSHEET_ID", "GOOGLE_SHEET_ID"),
        ("CHANNEL_SLACK", "SLACK_CHANNEL"),
        ("FILE_ROTATION", "ROTATION_FILE"),
        ("SLACK_FALLBACK_MENTION", "FALLBACK_MENTION_SLACK"),
        ("TOBAN_SLACK_CHANNEL", "SLACK_CHANNEL"),
        ("TOBAN_TIMEZONE", "TIME_ZONE"),
        ("TOBAN_QUEUE_URL", "QUEUE_URL"),
        // Several would do.
        ("PAGERDUTY_KEY", "PAGERDUTY_ACTION_KEY or PAGERDUTY_API_KEY"),
        ("FALLBACK_MENTION", "FALLBACK_MENTION_SLACK or FALLBACK_MENTION_TYPETALK"),
    ] {
        let line = format!("{name} is set, but there is no such setting and nobody reads it: did you mean {meant}?");
        assert_eq!(found(&[name]), [line]);
    }
}

#[test]
fn it_is_said_in_both_languages() {
    let found = misnamed(["PATH", "SLACK_CHANEL", "SLACK_BOT_TOKEN"].into_iter());
    let lines: Vec<_> = found.iter().map(|one| [one.said(English), one.said(Japanese)]).collect();
    assert_eq!(
        lines,
        [[
            "SLACK_CHANEL is set, but there is no such setting and nobody reads it: did you mean SLACK_CHANNEL?",
            "SLACK_CHANEL という設定はなく、どこからも読まれません。SLACK_CHANNEL の間違いではありませんか",
        ]]
    );
}

/// The right one may be the secret of last year, and the misspelt one this year's.
#[test]
fn a_misspelt_name_is_a_finding_beside_the_right_one_and_other_words_are_not() {
    for (environment, findings) in [
        (&["SLACK_BOT_TOEKN", "SLACK_BOT_TOKEN"][..], 1),
        (&["SLACK_BOT_TOEKN", "SLACK_BOT_TOKEN_FILE"], 1),
        (&["SLACK_TOKEN"], 1),
        (&["SLACK_TOKEN", "SLACK_CHANNEL"], 1),
        (&["SLACK_TOKEN", "SLACK_BOT_TOKEN"], 0),
        (&["SLACK_TOKEN", "SLACK_BOT_TOKEN_FILE"], 0),
        // It may be a parameter.
        (&["SLACK_TOKEN", "PARAMETERS_PATH"], 0),
        (&["SLACK_CHANNEL_ID", "PARAMETERS_PATH"], 1),
        (&["SLACK_CHANNEL_ID", "SLACK_CHANNEL"], 0),
        (&["PAGERDUTY_KEY", "PAGERDUTY_API_KEY"], 0),
        (&["SLACK_CHANEL", "ROTATON_FILE", "TIME_ZONE"], 2),
    ] {
        assert_eq!(found(environment).len(), findings, "{environment:?}");
    }
}

#[test]
fn the_settings_and_what_other_programs_read_are_no_finding() {
    let settings: Vec<_> = names().collect();
    assert_eq!(found(&settings), [""; 0], "settings that resemble each other");
    for name in OF_OTHERS.split_whitespace() {
        assert_eq!(found(&[name]), [""; 0]);
    }
}

/// A shell, systemd, a container, Lambda, Kubernetes, CI, and programs that talk to the same services.
const OF_OTHERS: &str = "
    HOME PATH PWD SHELL TERM USER LOGNAME EDITOR VISUAL PAGER TZ LANG LANGUAGE LC_ALL LC_MESSAGES LC_TIME XDG_CONFIG_HOME
    XDG_STATE_HOME HOSTNAME HOSTALIASES TMPDIR NO_COLOR COLUMNS LINES MAIL SSH_AUTH_SOCK HTTP_PROXY https_proxy no_proxy
    SSL_CERT_FILE SSL_CERT_DIR _
    LISTEN_FDS LISTEN_PID LISTEN_FDNAMES LISTEN_ADDR LISTEN_ADDRESS LISTEN_PORT METRICS_ADDR NOTIFY_SOCKET INVOCATION_ID
    JOURNAL_STREAM STATE_DIRECTORY CACHE_DIRECTORY LOGS_DIRECTORY RUNTIME_DIRECTORY CONFIGURATION_DIRECTORY
    CREDENTIALS_DIRECTORY WATCHDOG_PID WATCHDOG_USEC MEMORY_PRESSURE_WATCH MANAGERPID SYSTEMD_EXEC_PID
    AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_LAMBDA_FUNCTION_NAME
    AWS_LAMBDA_RUNTIME_API AWS_EXECUTION_ENV AWS_ENDPOINT_URL_S3 AWS_ACCESS_KEY AWS_SECRET_KEY AWS_SESION_TOKEN
    AWS_XRAY_DAEMON_ADDRESS _HANDLER _X_AMZN_TRACE_ID LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR LD_LIBRARY_PATH
    RUST_BACKTRACE RUST_LOG_STYLE RUSTFLAGS CARGO_HOME CARGO_TARGET_DIR RUSTUP_HOME
    QUEUE_NAME SQS_QUEUE_URL DEAD_LETTER_QUEUE_URL CELERY_QUEUE_URL ORDERS_QUEUE_URL QUEUE_URL_PREFIX DLQ_URL TABLE_NAME
    STATE_BUCKET LOG_FILE CONFIG_FILE PID_FILE ENV_FILE BASE_URL DATABASE_URL REDIS_URL WEBHOOK_URL BACKUP_URL BACKUP_DIR
    BUSINESS_UNIT CHAT_ID PARAMETERS PRIMARY_DB MESSAGE_BUS
    TOBAN_SERVICE_HOST TOBAN_SERVICE_PORT TOBAN_SERVICE_PORT_HTTP TOBAN_PORT TOBAN_PORT_8080_TCP TOBAN_PORT_8080_TCP_ADDR
    TOBAN_PORT_8080_TCP_PROTO TOBAN_VERSION SLACK_BOT_SERVICE_HOST SLACK_BOT_PORT SLACK_SERVICE_PORT SLACK_PORT_443_TCP
    PAGERDUTY_SERVICE_HOST PAGERDUTY_SERVICE_PORT KUBERNETES_SERVICE_HOST KUBERNETES_PORT_443_TCP_PORT
    CI GITHUB_TOKEN GITHUB_EVENT_NAME GITHUB_EVENT_PATH GITHUB_RUN_ID GITLAB_USER_ID CI_JOB_TOKEN CI_SERVER_URL BUILD_URL
    JENKINS_URL JENKINS_HOME JENKINS_API_TOKEN JENKINS_USER_ID JENKINS_NODE_COOKIE RUNNER_OS
    GOOGLE_APPLICATION_CREDENTIALS GOOGLE_CLOUD_PROJECT GOOGLE_API_KEY GOOGLE_CLIENT_ID GOOGLE_CLIENT_SECRET
    GOOGLE_SERVICE_ACCOUNT_JSON GOOGLE_CREDENTIALS GOOGLE_REGION
    SLACK_APP_TOKEN SLACK_USER_TOKEN SLACK_API_TOKEN SLACK_CLIENT_ID SLACK_CLIENT_SECRET SLACK_VERIFICATION_TOKEN SLACK_TEAM_ID
    SLACK_USERNAME SLACK_ICON_EMOJI SLACK_MESSAGE
    PAGERDUTY_TOKEN PAGERDUTY_USER_TOKEN PAGERDUTY_API_TOKEN PAGERDUTY_INTEGRATION_KEY PAGERDUTY_ROUTING_KEY
    PAGERDUTY_SERVICE_KEY PAGERDUTY_SERVICE_REGION MACKEREL_APIKEY MACKEREL_APIBASE MACKEREL_AGENT_ROLES
";
