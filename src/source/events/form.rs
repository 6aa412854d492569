//! `application/x-www-form-urlencoded`, as `curl --data-urlencode` writes it.

/// The pairs of a form; `None` for what is none: a form of ours has a pair that is named `key`.
pub(super) fn pairs(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let pairs: Vec<_> = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    (!text.starts_with('{') && pairs.iter().any(|(name, _)| name == "key")).then_some(pairs)
}

/// `+` is a space and `%` begins two digits; where no digits follow, it is itself.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let (mut whole, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let (decoded, length) = match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => ((high * 16 + low) as u8, 3),
            (b'+', ..) => (b' ', 1),
            _ => (*byte, 1),
        };
        whole.push(decoded);
        at += length;
    }
    String::from_utf8_lossy(&whole).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_curl_writes_it() {
        for (form, expected) in [
            ("key=a&status=ok", Some(vec![("key", "a"), ("status", "ok")])),
            ("title=%22a%22+%25%0A%26&key=1%2F2\n", Some(vec![("title", "\"a\" %\n&"), ("key", "1/2")])),
            ("key=%E9%9A%9C%E5%AE%B3%", Some(vec![("key", "障害%")])),
            ("key=100%zz&&x", Some(vec![("key", "100%zz")])),
            ("key=", Some(vec![("key", "")])),
            ("status=ok", None),
            ("{\"x\": \"&key=1\"}", None),
            ("key", None),
            ("", None),
        ] {
            let owned = |pairs: Vec<(&str, &str)>| {
                pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
            };
            assert_eq!(pairs(form.as_bytes()), expected.map(owned), "{form}");
        }
        assert_eq!(pairs(b"key=\xff"), None);
    }
}
