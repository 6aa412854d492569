//! Decimal numbers as people write them, as whole numbers of their last place.

/// `14.4` with two places is 1440; places beyond those are left out, and the number then is not exact. `None` if it is anything but
/// digits with one point between them, or longer than anybody needs.
pub(super) fn decimal(text: &str, places: usize) -> Option<(u64, bool)> {
    const LONGEST: usize = 30;
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (text, ""),
    };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || text.len() > LONGEST || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(places));
    let number = format!("{whole}{kept:0<places$}").parse().ok()?;
    Some((number, rest.bytes().all(|byte| byte == b'0')))
}

/// The same backwards, without zeros at its end.
pub(super) fn written(number: u32, places: usize) -> String {
    let digits = format!("{number:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_digits_and_one_point() {
        for (text, places, expected) in [
            ("99.9", 4, Some((999_000, true))),
            ("99.9500", 2, Some((9_995, true))),
            ("14.449", 2, Some((1_444, false))),
            ("6", 2, Some((600, true))),
            ("0", 0, Some((0, true))),
            ("007", 0, Some((7, true))),
            ("30.5", 0, Some((30, false))),
            ("18446744073709551615", 0, Some((u64::MAX, true))),
            ("18446744073709551616", 0, None),
            ("0.0000000000000000000000000000", 2, Some((0, true))),
            ("0.00000000000000000000000000000", 2, None),
            ("", 2, None),
            (".5", 2, None),
            ("5.", 2, None),
            ("1.2.3", 2, None),
            ("1,000", 2, None),
            ("1e3", 2, None),
            ("+1", 2, None),
            ("-1", 2, None),
            (" 1", 2, None),
            ("NaN", 2, None),
            ("inf", 2, None),
            ("\u{0}", 2, None),
            ("１", 2, None),
        ] {
            assert_eq!(decimal(text, places), expected, "{text}");
        }
    }

    #[test]
    fn a_number_is_written_without_zeros_at_its_end() {
        for (number, places, expected) in [
            (999_000, 4, "99.9"),
            (999_999, 4, "99.9999"),
            (990_000, 4, "99"),
            (1_440, 2, "14.4"),
            (5, 2, "0.05"),
            (0, 2, "0"),
            (100, 2, "1"),
        ] {
            assert_eq!(written(number, places), expected);
        }
    }
}
