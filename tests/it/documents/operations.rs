//! What nobody would miss in the documents until it is too late.

use super::pages::{page, pages};

/// Without it, the commands would still work, but encrypt the secret with the account's key.
#[test]
fn the_section_about_secrets_mentions_a_key_of_ones_own() {
    for (path, heading) in [("docs/operations.md", "Secrets"), ("docs/operations.ja.md", "秘密の値")] {
        let operations = page(path).text;
        let (_, rest) = operations.split_once(&format!("\n## {heading}\n")).expect("a section about secrets");
        let section = rest.split("\n## ").next().unwrap_or_default();
        for word in ["`ParametersKeyArn`", "`--key-id`"] {
            assert!(section.contains(word), "{path}: the section about secrets says nothing of {word}");
        }
    }
    let mut storing = Vec::new();
    for page in pages() {
        if page.blocks().iter().any(|block| block.text.contains("ssm put-parameter")) {
            let leads_there = ["docs/operations.md#secrets", "docs/operations.ja.md#秘密の値"]
                .iter()
                .any(|section| page.text.contains(&format!("[`--key-id`]({section})")));
            let is_it = ["docs/operations.ja.md", "docs/operations.md"].contains(&page.path.as_str());
            assert!(leads_there || is_it, "{} does not lead to the section about secrets", page.path);
            storing.push(page.path);
        }
    }
    assert_eq!(storing, ["README.ja.md", "README.md", "docs/operations.ja.md", "docs/operations.md"]);
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
    assert_eq!(deploying, ["README.ja.md", "README.md", "docs/operations.ja.md", "docs/operations.md"]);
}
