//! Titles that try to be more than text. Each contains [`MARK`], by which a reader recognises the alert.

/// A harmless word, in every title.
pub const MARK: &str = "目印";

/// The name of a title and its text.
pub fn all() -> Vec<(&'static str, String)> {
    let written = [MENTIONS, ENCODED, TAGS, LINKS, MARKUP, INVISIBLE, BREAKS, LOOKALIKES].concat();
    let written = written.into_iter().map(|(name, title)| (name, title.to_owned()));
    let made = [
        ("a word of 2,000 letters", format!("{MARK} {}", "x".repeat(2_000))),
        ("10,000 characters", format!("{MARK} {}", "<!channel>".repeat(1_000))),
        ("10,000 characters that are escaped", format!("{MARK} {}", "&".repeat(10_000))),
        ("10,000 characters of two units", format!("{MARK} {}", "🔥".repeat(10_000))),
        ("a combining storm", format!("{MARK} Z{}algo", "\u{0300}\u{0316}\u{0489}\u{0361}".repeat(50))),
        ("five hundred mentions", format!("{MARK} {}", "@all <!here> ".repeat(500))),
        ("every control character", format!("{MARK} {}", (0..0xA0).filter_map(char::from_u32).collect::<String>())),
        ("all of it with the mark last", format!("<!channel> @all #PD1 ```{MARK}")),
    ];
    written.chain(made).collect()
}

type Titles = &'static [(&'static str, &'static str)];

const MENTIONS: Titles = &[
    ("the channel", "目印 <!channel> x"),
    ("everyone", "目印 <!everyone> x"),
    ("here with a label", "目印 <!here|x> y"),
    ("a person", "目印 <@U0SATO0001> x"),
    ("a person with a label", "目印 <@U0OTHER001|sato> x"),
    ("a group", "目印 <!subteam^S0SRETEAM1> x"),
    ("a group with a label", "目印 <!subteam^S0SRETEAM1|@sre> x"),
    ("a date", "目印 <!date^1795485720^{date_num} {time_secs}^https://evil.example|now> x"),
    ("a channel", "目印 <#C0APPMON001|app> x"),
    ("an unclosed mention", "目印 <!channel x"),
    ("a mention that closes twice", "目印 <<!channel>> x"),
    ("all", "目印 @all x"),
    ("here", "目印 @here x"),
    ("the channel by name", "@channel 目印"),
    ("a person by name", "目印 @sato x"),
    ("a bot by name", "目印 @jenkins+ x"),
    ("a name in brackets", "目印 (@all)[@all]{@all}「@all」"),
    ("a name after a word", "目印x@all 目印@all あ@all"),
    ("two at signs", "目印 @@all @@@here"),
    ("a full-width at sign", "目印 ＠all ﹫all x"),
    ("full-width letters", "目印 @ａｌｌ ＠ｃｈａｎｎｅｌ x"),
    ("homoglyphs", "目印 @аll @ɑll <!сhannel> x"),
    ("an e-mail address", "目印 all@example.com x"),
    ("a Mattermost id", "目印 <@abcdefghijklmnopqrstuvwxyz> x"),
    ("a Mattermost channel", "目印 ~town-square x"),
];

const ENCODED: Titles = &[
    ("entities", "目印 &lt;!channel&gt; x"),
    ("numeric entities", "目印 &#60;!channel&#62; x"),
    ("hexadecimal entities", "目印 &#x3C;!channel&#x3e; &#64;all &commat;all x"),
    ("entities of entities", "目印 &amp;lt;!channel&amp;gt; x"),
    ("entities without a semicolon", "目印 &lt!channel&gt x"),
    ("escapes of JSON", r"目印 \u003c!channel\u003e \u0040all x"),
    ("escapes of escapes", r"目印 \\u003c!channel\\u003e \\\\ x"),
    ("escapes of a URL", "目印 %3C!channel%3E %40all x"),
    ("backslashes", r"目印 \<!channel\> \@all \# \` x\"),
];

const TAGS: Titles = &[
    ("another incident's tag", "目印 #PD1 x"),
    ("this one's tag", "目印 #PD4812 x"),
    ("a full-width tag", "目印 ＃PD1 ﹟PD1 x"),
    ("a tag first", "#tag 目印"),
    ("a tag in brackets", "目印 (#PD1) [#123] 「#障害」"),
    ("a tag after a word", "目印#PD1 x#PD2"),
    ("headings", "# 目印 ## x"),
    ("our own headline", "🔥 発生 #PD1 目印"),
    ("our own link", "目印 https://example.pagerduty.com/incidents/Q0"),
];

const LINKS: Titles = &[
    ("a link dressed as a name", "目印 <https://evil.example|@sato> x"),
    ("a link with a fragment", "目印 https://evil.example/#PD1?@all x"),
    ("a mail link", "目印 <mailto:sato@example.com|sato> x"),
    ("a script", "目印 <javascript:alert(1)|x> javascript:alert(1)"),
    ("a link to an app", "目印 <slack://channel?team=T0&id=C0> slack://open"),
    ("a link that holds a user", "目印 https://sato:pw@evil.example/@all x"),
];

const MARKUP: Titles = &[
    ("a code fence", "```目印 x"),
    ("two code fences", "```目印``` ```x```"),
    ("inline code", "`目印` `x"),
    ("a fence of tildes", "~~~ 目印 ~~~"),
    ("bold", "*目印* **x** *"),
    ("italic", "_目印_ __x__ _"),
    ("struck out", "~目印~ ~~x~~ ~"),
    ("a quote", "> 目印"),
    ("a long quote", ">>> 目印"),
    ("a list", "- 目印 - x"),
    ("a bullet", "• 目印"),
    ("a numbered list", "1. 目印"),
    ("a rule", "--- 目印 ---"),
    ("a table", "| 目印 | x | |---|---|"),
    ("a formula", "$$目印$$ $x$"),
    ("emoji by name", ":white_check_mark: 目印 :fire:"),
    ("emoji in words", "目印:fire:x 10:100:00 arn:aws:lambda :チェック: ::ok::"),
    ("smileys", "目印 :) ;-) :D :'( <3 </3 x-d :/ end"),
    ("full-width marks", "＊目印＊ ＿x＿ ｀x｀ ＞ x"),
    ("marks in words", "目印*x*目印 a*b*c a~~b~~c"),
    ("marks in brackets", "(*目印*)[_x_]\"~x~\""),
    ("marks beside links", "*https://evil.example/a* _https://evil.example/_ 目印 https://:fire:/"),
    ("one end of bold", "目印 *x"),
    ("the other end of bold", "x* 目印"),
    ("a table's second line", "目印 a | b\n|---|---|\n:--|--:"),
    ("a heading by its underline", "目印\n===\n---"),
    ("lists", "目印\n- x\n* x\n1. x\n> x\n＞ x"),
    ("a command", "/remind 目印"),
    ("a command with a mention", "/invite @sato 目印"),
];

const INVISIBLE: Titles = &[
    ("a zero-width space in a name", "目印 @\u{200B}all @a\u{200B}ll <\u{200B}!channel> x"),
    ("a joiner in a name", "目印 @\u{200D}all <!\u{200D}channel> #\u{200D}PD1 x"),
    ("a non-joiner in a name", "目印 @\u{200C}all #\u{200C}PD1 x"),
    ("a word joiner", "目印 @\u{2060}all \u{FEFF}<!here> x"),
    ("a soft hyphen", "目印 @a\u{00AD}ll x"),
    ("an override", "目印 \u{202E}lla@ >lennahc!< x"),
    ("an embedding", "目印 \u{202A}a\u{202B}b\u{202D}c\u{202C} x"),
    ("isolates", "目印 \u{2066}a\u{2067}b\u{2068}c\u{2069} x"),
    ("direction marks", "目印 \u{200E}a\u{200F}b\u{061C}c x"),
    ("Arabic and Hebrew", "目印 مرحبا שלום @all x"),
    ("tag characters", "目印 \u{E0001}\u{E0041}\u{E0020}\u{E007F} x"),
    ("fillers", "目印 \u{3164}\u{115F}\u{1160}\u{FFA0}\u{180E} x"),
    ("variation selectors", "目印 @\u{FE0F}all #\u{FE0F}\u{20E3} x"),
    ("joined emoji", "目印 👩\u{200D}💻 👨\u{200D}👩\u{200D}👧 x"),
    ("a keycap", "目印 #\u{20E3} 1\u{FE0F}\u{20E3} x"),
    ("private use", "目印 \u{E000}\u{F8FF}\u{10FFFD} x"),
    ("no characters", "目印 \u{FFFE}\u{FFFF}\u{FDD0}\u{FFFD} x"),
];

const BREAKS: Titles = &[
    ("a line feed", "目印\n<!channel>\n#PD1"),
    ("a carriage return", "目印\r@all\r\n> x"),
    ("separators of lines", "目印\u{2028}@here\u{2029}x"),
    ("a next line", "目印\u{0085}@here x"),
    ("tabs", "目印\t@here\u{000B}x\u{000C}y"),
    ("many empty lines", "\n\n\n目印\n\n\n\n\nx\n\n"),
    ("a NUL", "目印\0<!channel>\0"),
    ("a bell, an escape, a deletion", "目印 \u{0007}\u{001B}[31mred\u{007F} x"),
    ("white space around", " \t\u{3000}目印\u{00A0}\u{2003} "),
    ("our own lines", "目印\nhttps://evil.example\n<@U0SATO0001>\n🔥 発生 #PD9 x"),
];

const LOOKALIKES: Titles = &[
    ("JSON", r#"目印 {"text":"<!channel>","blocks":[]}"#),
    ("the end of a string", r#"目印","channel":"C0OTHER0001","x":""#),
    ("HTML", "目印 <script>alert(1)</script><!-- <b>x</b> -->"),
    ("SQL", "目印'; DROP TABLE incidents; --"),
    ("format strings", "目印 %s %n %x {} {0} ${x} $(x) {{x}}"),
    ("a log line", "目印 ERROR auth_failed=true \"}"),
    ("a path", "目印 ../../etc/passwd \\\\host\\share"),
    ("an empty pair", "目印 <> <|> <@> <!> @ # ` &"),
];

/// Titles in JSON, for what a Rust string cannot hold.
pub const IN_JSON: Titles = &[
    ("escaped control sequences", r"目印 \u003c!channel\u003e \u0040all \u0023PD1"),
    ("a pair of surrogates", r"目印 \ud83d\udd25 x"),
    ("an escaped NUL", r"目印 \u0000 \u001b x"),
];

/// Letters that show nothing.
pub const FILLERS: [char; 5] = ['\u{3164}', '\u{115F}', '\u{1160}', '\u{FFA0}', '\u{180E}'];

/// Titles without visible characters.
pub const BLANK: Titles = &[
    ("nothing", ""),
    ("spaces", "   "),
    ("white space", " \t\r\n\u{3000}\u{00A0}\u{2003} "),
    ("line feeds", "\n\n\n"),
    ("invisible characters", "\u{200B}\u{2060}\u{FEFF}\u{202E}\u{00AD}"),
    ("control characters", "\u{0000}\u{0007}\u{001B}\u{007F}\u{0085}"),
    ("fillers", "\u{3164}\u{115F}\u{FFA0}"),
];
