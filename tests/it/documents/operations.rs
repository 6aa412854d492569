//! What nobody would miss in the documents until it is too late.

use super::pages::{page, pages};

/// Without it, the commands would still work, but encrypt the secret with the account's key.
#[test]
fn the_section_about_secrets_mentions_a_key_of_ones_own() {
    let operations = page("docs/operations.md").text;
    let (_, rest) = operations.split_once("\n## Secrets\n").expect("a section about secrets");
    let section = rest.split("\n## ").next().unwrap_or_default();
    for word in ["`ParametersKeyArn`", "`--key-id`"] {
        assert!(section.contains(word), "the section about secrets says nothing of {word}");
    }
    let mut storing = Vec::new();
    for page in pages() {
        if page.blocks().iter().any(|block| block.text.contains("ssm put-parameter")) {
            let leads_there = page.text.contains("[`--key-id`](docs/operations.md#secrets)");
            assert!(
                leads_there || page.path == "docs/operations.md",
                "{} does not lead to docs/operations.md#secrets",
                page.path
            );
            storing.push(page.path);
        }
    }
    assert_eq!(storing, ["README.ja.md", "README.md", "docs/operations.md"]);
}

/// The worker starts only for an event, so a deployment alone does not test its settings.
#[test]
fn after_a_deployment_an_event_is_sent() {
    let mut deploying = Vec::new();
    for page in pages() {
        for block in page.blocks().into_iter().filter(|block| block.text.contains("sam deploy")) {
            let (_, after) = page.text.split_once(&block.text).expect("it is in there");
            assert!(after.contains("*Send Test Event*"), "{}: nothing is sent after this", block.place);
            deploying.push(page.path.clone());
        }
    }
    assert_eq!(deploying, ["README.ja.md", "README.md", "docs/operations.md"]);
}
