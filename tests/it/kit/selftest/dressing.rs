use crate::kit::dressing;

#[test]
fn what_is_dressed_is_found() {
    type Reader = fn(&str) -> Vec<String>;
    let readers: [(&str, Reader); 3] =
        [("slack", dressing::slack), ("mattermost", dressing::mattermost), ("typetalk", dressing::typetalk)];
    for (text, dressed_on) in [
        ("*x*", "slack mattermost"),
        ("(_x y_)", "slack mattermost"),
        ("~1~", "slack"),
        ("~town-square", "mattermost"),
        ("~~x~~", "slack mattermost"),
        ("＊x＊ ", "slack"),
        ("`x`", "slack mattermost typetalk"),
        (":fire: x", "slack mattermost typetalk"),
        ("10:+1:x", "slack mattermost typetalk"),
        ("目印*x*目印", "mattermost"),
        ("*a\nb*", "mattermost"),
        ("&gt; x", "slack"),
        ("> - x", "mattermost"),
        ("1. x", "mattermost"),
        ("a\n---", "mattermost"),
        ("a | b\n|---|---|", "mattermost"),
        ("x :) y", "mattermost"),
        ("load &lt;3", "mattermost"),
        (r"a \* b", "mattermost"),
        ("> x", ""),
        ("load_avg_5m cpu*2 ~10% ~20% 10:30:00 C:\\temp std::vector *.example.com", ""),
        ("https://a.example/_b_/:c:/*d* <https://a.example/_b_|B2> <@U_1_>", ""),
        ("∗x∗ ˍxˍ ∼x∼ ∶fire∶", ""),
    ] {
        let found = readers.iter().filter(|(_, read)| !read(text).is_empty()).map(|(name, _)| *name);
        assert_eq!(found.collect::<Vec<_>>().join(" "), dressed_on, "{text}");
    }
}
