//! What is said of whether an alert was seen before: it pings nobody, and never stands where nothing begins.

use super::Seen;
use crate::story::pinged;
use crate::world::World;

/// What the line begins with.
const MARK: &str = "🕘 ";

pub fn check(world: &World, seen: &[Seen], wrong: &mut impl FnMut(&str, String)) {
    for seen in seen {
        for line in seen.post.text.lines().filter(|line| line.starts_with(MARK)) {
            world.count("alert that was seen before");
            let event = seen.keys.first().map_or("", String::as_str);
            if !pinged(line, false).is_empty() || !pinged(line, true).is_empty() {
                wrong(event, format!("mentions somebody where it says that it was seen before: {line}"));
            }
            if !seen.post.text.contains("🔥 発生") || seen.post.text.contains("🧪") {
                wrong(event, format!("says that it was seen before, and begins nothing: {line}"));
            }
        }
    }
}
