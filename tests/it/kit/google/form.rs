//! Names with values as a query and a form write them: `application/x-www-form-urlencoded`.

/// The pairs, decoded, or `None` where they are not encoded as they must be.
pub fn pairs(encoded: &str) -> Option<Vec<(String, String)>> {
    let parts = encoded.split('&').filter(|part| !part.is_empty());
    let pairs = parts.map(|part| part.split_once('=').unwrap_or((part, "")));
    pairs.map(|(name, value)| Some((decoded(name)?, decoded(value)?))).collect()
}

/// The name of a pair that has come before.
pub fn repeated(pairs: &[(String, String)]) -> Option<&str> {
    let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    let again = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name));
    again.map(|(_, name)| *name)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? * 16 + hex(rest.next()?)?,
            plain if plain.is_ascii_graphic() => plain,
            _ => return None,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    let digit = char::from(digit).to_digit(16)?;
    u8::try_from(digit).ok()
}
