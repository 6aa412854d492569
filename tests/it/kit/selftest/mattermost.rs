use crate::kit::mattermost::{disguised, hashtags, pings, quoted};

#[test]
fn pings_tags_and_disguised_links() {
    for (text, expected) in [
        (
            "@all, (@Sato.k) a@here. <!channel> <@U0SATO0001>",
            &["@all", "@Sato.k", "@here", "@channel", "@U0SATO0001"][..],
        ),
        ("＠all @ @\u{200B}all &lt;!channel&gt; @。", &[]),
    ] {
        assert_eq!(pings(text), expected, "{text}");
    }
    assert_eq!(hashtags("#PD1 a#b ＃PD1 # #"), ["#PD1", "#b"]);
    for (text, expected) in [
        (
            "[sato](https://a.example) ![x](https://b.example)",
            &["[sato](https://a.example)", "![x](https://b.example)"][..],
        ),
        ("<https://a.example|sato> [a] (b) [c\n](d)", &["<https://a.example|sato>"]),
        ("&lt;https://a.example|sato&gt; https://a.example", &[]),
    ] {
        assert_eq!(disguised(text), expected, "{text}");
    }
    assert_eq!(quoted("a\n> b\nc\n\nd".lines()), [false, true, true, false, false]);
}
