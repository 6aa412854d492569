//! The functions: what they are built from and how they run.

use super::{FUNCTIONS, file, template};
use std::process::Command;

#[test]
fn each_function_is_one_of_our_binaries() {
    let manifest = file("Cargo.toml");
    let names = manifest.split("[[bin]]").skip(1).filter_map(|section| section.split('"').nth(1));
    let names: Vec<_> = names.collect();
    let template = template();
    let functions: Vec<_> = template
        .resources_of("AWS::Serverless::Function")
        .into_iter()
        .map(|(function, resource)| {
            assert_eq!(resource.at("Metadata.BuildMethod").text(), "rust-cargolambda", "{function}");
            (function, resource.at("Metadata.BuildProperties.Binary").text())
        })
        .collect();
    assert_eq!(functions, FUNCTIONS);
    for (function, binary) in functions {
        assert!(names.contains(&binary), "{function} is {binary}, but Cargo.toml has {names:?}");
    }
}

/// SAM hands no features to cargo-lambda, which reads them in the manifest. Without them nothing of SQLite is built;
/// `tests/sam/run` looks for it in what is built.
#[test]
fn no_function_has_what_only_serve_needs() {
    let manifest = file("Cargo.toml");
    let build = manifest.split("\n[package.metadata.lambda.build]\n").nth(1).and_then(|rest| rest.split("\n[").next());
    let build = build.expect("settings of cargo-lambda");
    assert!(build.lines().any(|line| line == "no_default_features = true"), "{build}");
    let tree = |features: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--locked", "--offline", "--edges", "normal,build", "--prefix", "none"])
            .args(features)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let has_sqlite = |tree: &str| tree.lines().any(|line| line.contains("sqlite"));
    assert!(has_sqlite(&tree(&[])), "`toban` itself has it");
    let of_functions = tree(&["--no-default-features"]);
    assert!(!has_sqlite(&of_functions), "{of_functions}");
}

/// Neither `sam validate` nor cfn-lint notices a runtime that does not exist.
#[test]
fn each_function_runs_where_it_was_built_for() {
    let template = template();
    for (function, _) in FUNCTIONS {
        for (property, expected) in [
            ("Runtime", "provided.al2023"),
            ("Handler", "bootstrap"),
            ("CodeUri", "."),
            ("Architectures", "[!Ref Architecture]"),
            ("MemorySize", "!Ref MemorySize"),
        ] {
            let own = template.find(&format!("Resources.{function}.Properties.{property}"));
            let value = own.unwrap_or_else(|| template.at(&format!("Globals.Function.{property}")));
            assert_eq!(value.to_string(), expected, "{function}: {property}");
        }
    }
    assert_eq!(template.at("Parameters.Architecture.AllowedValues").to_string(), "[arm64, x86_64]");
    assert_eq!(template.at("Parameters.Architecture.Default").text(), "arm64");
}

#[test]
fn each_function_logs_to_a_group_of_ours_that_ends_some_day() {
    let template = template();
    for (function, binary) in FUNCTIONS {
        let logging = template.at(&format!("Resources.{function}.Properties.LoggingConfig"));
        let group = logging.at("LogGroup").referred().expect("a group of ours");
        assert_eq!(logging.at("LogFormat").text(), "Text", "{function}: the lines are JSON already");
        let name = template.at(&format!("Resources.{group}.Properties.LogGroupName")).to_string();
        // A new name would end with the old group's lines.
        let named = if binary == "tick" { "watchdog" } else { binary };
        assert_eq!(name, format!("!Sub /aws/lambda/${{AWS::StackName}}-{named}"));
    }
    for (name, group) in template.resources_of("AWS::Logs::LogGroup") {
        assert_eq!(group.at("Properties.RetentionInDays").to_string(), "!Ref LogRetentionDays", "{name}");
    }
}

#[test]
fn every_request_reaches_the_webhook() {
    let template = template();
    assert!(template.find("Resources.WebhookFunction.Properties.Events").is_none(), "the API has the routes itself");
    let route = template.at("Resources.Api.Properties.DefinitionBody.paths.$default.x-amazon-apigateway-any-method");
    assert_eq!(route.at("isDefaultRoute").text(), "true", "otherwise the gateway itself would answer other requests");
    let permission = template.at("Resources.WebhookFunctionEverythingPermission.Properties");
    assert_eq!(
        permission.to_string(),
        "{Action: lambda:InvokeFunction, FunctionName: !Ref WebhookFunction, Principal: apigateway.amazonaws.com, SourceArn: \
         !Sub arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*}"
    );
    let url = template.at("Outputs.PagerDutyUrl.Value").to_string();
    assert!(url.ends_with("/pagerduty"), "{url}");
}

#[test]
fn the_log_of_the_gateway_has_nothing_of_what_was_sent() {
    let template = template();
    let format = template.at("Resources.Api.Properties.AccessLogSettings.Format").text();
    let fields: serde_json::Map<_, _> = serde_json::from_str(format).expect("a line of JSON");
    let mut values: Vec<_> = fields.values().filter_map(|value| value.as_str()).collect();
    values.sort_unstable();
    let expected = [
        "$context.httpMethod",
        "$context.identity.sourceIp",
        "$context.integrationErrorMessage",
        "$context.integrationStatus",
        "$context.path",
        "$context.requestId",
        "$context.requestTime",
        "$context.responseLatency",
        "$context.status",
    ];
    assert_eq!(values, expected, "no header, no query, no body: tokens travel in these");
    assert!(!format.contains('\n'), "API Gateway takes one line");
}
