//! `application/x-www-form-urlencoded`, as `curl --data-urlencode` writes it.

use crate::source::wire::bare;

/// The pairs of a form. `None` if it is not a form of ours: that has a pair named `key`.
///
/// In a text `+` is a space and `%` begins two digits; a `%` without them stands for itself.
pub(super) fn pairs(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(bare(body)).ok()?.trim();
    let pairs: Vec<_> = text
        .split('&')
        .filter(|pair| pair.contains('='))
        .flat_map(|pair| form_urlencoded::parse(pair.as_bytes()).into_owned())
        .collect();
    (!text.starts_with('{') && pairs.iter().any(|(name, _)| name == "key")).then_some(pairs)
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
            ("\u{FEFF}key=a&status=ok\r\n\0", Some(vec![("key", "a"), ("status", "ok")])),
            ("key=", Some(vec![("key", "")])),
            ("key=a+b=%2B%4", Some(vec![("key", "a b=+%4")])),
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
