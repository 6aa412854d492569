//! The manual quotes toban's messages correctly.

use super::pages::page;
use crate::template::file;

/// `⚠️ A notification from … could not be read`: each part is in the code, or it is an icon with its verb.
fn is_said(quoted: &str, code: &str) -> bool {
    let is_verb =
        quoted.split_once(' ').is_some_and(|(sign, verb)| code.contains(&format!("(\"{sign}\", \"{verb}\")")));
    is_verb || quoted.split('…').all(|part| code.contains(part.trim()))
}

#[test]
fn the_manual_quotes_what_is_said() {
    for language in ["ja", "en"] {
        let path = format!("docs/manual-template.{language}.md");
        let files = [format!("src/domain/message/{language}.rs"), format!("src/domain/message/named/{language}.rs")];
        let code = files.map(|path| file(&path)).concat();
        let mut quoted = 0;
        for cell in page(&path).rows().into_iter().filter_map(|row| row.into_iter().next()) {
            for text in cell.split('`').skip(1).step_by(2) {
                quoted += 1;
                assert!(is_said(text, &code), "{path} quotes '{text}', which toban does not say");
            }
        }
        assert!(quoted > 12, "{path}: {quoted} quotations");
    }
}
