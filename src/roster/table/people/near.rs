//! The member that a name nobody has was probably meant to be.

use crate::domain::member::name_key;

/// Characters of names that are written in more than one way, and the usual one.
const VARIANTS: [(char, char); 22] = [
    ('髙', '高'),
    ('﨑', '崎'),
    ('嵜', '崎'),
    ('濵', '浜'),
    ('濱', '浜'),
    ('邉', '辺'),
    ('邊', '辺'),
    ('齋', '斎'),
    ('齊', '斎'),
    ('斉', '斎'),
    ('澤', '沢'),
    ('嶋', '島'),
    ('嶌', '島'),
    ('廣', '広'),
    ('德', '徳'),
    ('櫻', '桜'),
    ('瀨', '瀬'),
    ('國', '国'),
    ('惠', '恵'),
    ('眞', '真'),
    ('塚', '塚'),
    ('冨', '富'),
];

/// The one name that differs from the key by a variant of a character or by one edit, or that begins like it.
pub fn nearest<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let usual = |text: &str| -> Vec<char> { text.chars().map(usual).collect() };
    let wanted = usual(key);
    if wanted.is_empty() {
        return None;
    }
    let is_near = |name: &&str| {
        let surname = name.split_whitespace().next().unwrap_or_default();
        [*name, surname].iter().any(|name| {
            let known = usual(&name_key(name));
            known == wanted || is_one_edit(&known, &wanted) || begins_alike(&known, &wanted)
        })
    };
    let mut near = names.filter(is_near);
    let found = near.next()?;
    near.next().is_none().then_some(found)
}

fn usual(c: char) -> char {
    VARIANTS.iter().find(|(variant, _)| *variant == c).map_or(c, |(_, usual)| *usual)
}

/// Whether one character more, less or another makes them the same. Names of one character are all an edit apart.
fn is_one_edit(one: &[char], other: &[char]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if long.len() < 2 || long.len() - short.len() > 1 {
        return false;
    }
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let rest = if short.len() == long.len() { &short[(head + 1).min(short.len())..] } else { &short[head..] };
    rest == &long[(head + 1).min(long.len())..]
}

fn begins_alike(one: &[char], other: &[char]) -> bool {
    const MOST: usize = 2;
    let is_close = !one.is_empty() && !other.is_empty() && one.len().abs_diff(other.len()) <= MOST;
    is_close && (one.starts_with(other) || other.starts_with(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_near_when_only_one_is() {
        let names = ["佐藤", "高橋", "林田 修", "鈴木 一郎", "Alice", "中村", "中島"];
        for (name, expected) in [
            ("髙橋", Some("高橋")),
            ("高梨", Some("高橋")),
            ("佐東", Some("佐藤")),
            ("林", Some("林田 修")),
            ("鈴木二郎", Some("鈴木 一郎")),
            ("alic", Some("Alice")),
            ("alicee", Some("Alice")),
            ("中", None),
            ("全員", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, names.into_iter()), expected, "{name}");
        }
    }
}
