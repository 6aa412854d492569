//! The words of `--help` in Japanese, by command.

/// The words of one command.
pub(super) struct Words {
    /// In the list of commands, and for `-h`.
    pub about: &'static str,
    /// For `--help`; empty where that says no more.
    pub long: &'static str,
    /// The arguments by their ids.
    pub arguments: &'static [(&'static str, &'static str)],
}

pub(super) const HELP: &str = "使い方を表示する";
pub(super) const HELP_SHORT: &str = "使い方を表示する (詳しくは --help)";
pub(super) const HELP_LONG: &str = "使い方を表示する (短くは -h)";
pub(super) const VERSION: &str = "バージョンを表示する";
pub(super) const WHICH_COMMAND: &str = "使い方を表示するコマンド";

const NONE: Words = Words { about: "", long: "", arguments: &[] };

/// `path` is the command without `toban`. No words if it has none.
pub(super) fn words(path: &str) -> Words {
    match path {
        "" => TOBAN,
        "demo" => DEMO,
        "serve" => SERVE,
        "check" => CHECK,
        "drill" => DRILL,
        "explain" => EXPLAIN,
        "history" => HISTORY,
        "remind" => REMIND,
        "mackerel" => MACKEREL,
        "mackerel check" => MACKEREL_CHECK,
        "pagerduty" => PAGERDUTY,
        "pagerduty plan" => PLAN,
        "pagerduty apply" => APPLY,
        _ => NONE,
    }
}

const TOBAN: Words = Words {
    about: "インシデントを、開発者がふだん見ているチャットで、対応すべき人に知らせる",
    long: "\
toban (当番) は PagerDuty とチャットの間に立ちます。アラートは全員に見え、メンションされるのはその日の当番だけ、それも業務時間内だけです。

コマンドを付けなければ `toban demo` と同じです。リレー全体をこのマシンで動かし、サンプルの当番表で試せるページを開きます。外には何も送りません。\
設定は環境変数です。一覧は docs/settings.ja.md にあります。",
    arguments: &[],
};

const DEMO: Words = Words {
    about: "リレー全体をこのマシンで動かし、ページで試す (既定のコマンド)",
    long: "\
リレー全体をこのマシンで動かし、ページで見せます。チャットでの見え方、当番、動かせる時計、送れるイベント、起こせる障害、サンプルの人として\
押せるボタンと打てる /toban があります。当番表は、いつも今日が入っているサンプル (MESSAGE_LANGUAGE が en なら英語の名前、または ROTATION_FILE) です。自分のシートを貼り付けると、\
誰が当番と読み取られるかを日ごとに示し、それを使います。

このマシンの外には何も送りません。ページと同じ 127.0.0.1 に Lambda 関数の経路もあり、このマシンのプログラムから使えます。ほかの Web ページ\
からは断ります。トンネル越しに使うには Host ヘッダーの書き換えが必要です。

表示されたアドレスを開いてください。README の curl を実行すると、ページにも現れます。\
TOBAN_NOW=2026-11-24T11:02:00+09:00 で、時計を好きな時刻から始められます。

--live を付けると、設定されたチャットに投稿し、その内容をページに出します。時計、当番表、障害は動かせません。",
    arguments: &[
        ("port", "待ち受けるポート [既定: 8080 か、その次に空いているもの]"),
        ("open", "ページをブラウザーで開く"),
        ("live", "設定されたチャットに実際に投稿する"),
    ],
};

const SERVE: Words = Words {
    about: "リレーをこのマシンで本番として動かす。状態は 1 つのファイルに置く",
    long: "\
リレーをこのマシンで本番として動かします。AWS の関数と同じように、Webhook を受け取り、チャットに投稿し、1 日 2 回のお知らせを送り、Webhook が\
届かなかったものを PagerDuty に問い合わせます。設定は AWS と同じ環境変数で (docs/settings.ja.md)、`toban check` で確かめられます。

LISTEN          リクエストを受け取る場所 [既定: 127.0.0.1:8080]。手前に TLS を話すものを置いてください
METRICS_LISTEN  Prometheus が /metrics を読む場所。/ready もここです。外には公開しません。off で出しません [既定: 127.0.0.1:9464]
STATE_FILE      覚えておくもの。SQLite のファイル 1 つで、ほかのユーザーは読めません [既定: toban.db]
…_FILE          それぞれの秘密の値の入ったファイル。例: SLACK_BOT_TOKEN_FILE=/run/secrets/slack

2xx で答えたものはディスクに書かれています。プロセスはいつ止めてもかまいません。次のプロセスが続きから始めます。SIGTERM と Ctrl-C では、\
手元のものを 10 秒以内に片付けて終わります。ログは JSON で標準出力に出ます。",
    arguments: &[],
};

const CHECK: Words = Words {
    about: "設定、当番表、チャット、PagerDuty を調べ、誤りと直し方を示す",
    long: "\
設定と当番表を読み、チャットと PagerDuty に問い合わせて、正しいもの (✓)、気になるもの (!)、誤っているもの (✗) を直し方とともに表示します。\
(·) は確かめられないものです。

何も投稿せず、何も変えません。Slack と Typetalk では、トークンが有効か、チャンネルに投稿できるか、Slack ではさらに members シートの全員が\
まだいるかを調べます。PagerDuty では、PAGERDUTY_API_KEY (読み取り専用で足ります) と PAGERDUTY_SERVICE_IDS があれば、Webhook が有効で、\
ここを指し (--url)、すべてのイベントを届けるか、これから 1 週間いつでも誰かがオンコールか、休みの日にダミー (IGNORED_ASSIGNEES) が\
アラートを抱え込まないかを調べます。Slack からの応答が設定されていれば、トークンのスコープ、members シート、署名の鍵、PagerDuty を操作する\
鍵とユーザーが足りているか、SRE のエスカレーションポリシーがいま誰かを呼ぶか、解決できるのは誰かも調べます。

アップグレードの前には --rotation-only --diff で、使われているコピーと新しい版とで読み方の違う日が分かります。

見つかったことはメッセージの言語 (MESSAGE_LANGUAGE、既定は ja) で表示します。チャットの設定はなくてもかまいません。そのときは、名前を members シートだけで調べます。誤りがあれば終了コードは 1、何も設定\
されていなければ 2 です。",
    arguments: &[
        ("at", "この時刻として調べる。例: '2026-11-24 11:02' [既定: 今]"),
        ("url", "PagerDuty が届けるべき先。リレーの URL (https://…/pagerduty)"),
        ("rotation_only", "設定と当番表だけを調べ、チャットにも PagerDuty にも問い合わせない"),
        ("diff", "これから 2 週間のうち、この版といま動いている関数とで読み方の違う日も示す (LEDGER_TABLE)"),
    ],
};

const DRILL: Words = Words {
    about: "訓練のインシデントをリレーに送り、届くまでの時間を示す",
    long: "\
本物ではないインシデントを、PagerDuty と同じように、リレーの実際の URL へ PAGERDUTY_WEBHOOK_SECRETS で署名して送ります。【訓練】か [Drill] の\
印を付けてチャンネルまで届き、最後に解決になります。応答まで、worker がキューから受け取るまで、チャットに届くまでの時間を表示します。

誰にもメンションしません。--mention を付けると、時刻を問わず、今日の当番に本当にメンションします。電話が鳴ることも確かめられます。

キューから先は台帳から読みます。LEDGER_TABLE (AWS_REGION と認証情報も)、またはこのマシンの `toban serve` の STATE_FILE です。どちらもなければ、\
チャンネルを見てください。PagerDuty には何も問い合わせません。Webhook が有効かどうかは `toban check` で分かります。

リレーが受け取らないか、時間内にどのチャットにも届かなければ、終了コードは 1 です。",
    arguments: &[
        ("url", "PagerDuty 用のリレーの URL。`sam deploy` が表示するもの [既定: このマシンの LISTEN]"),
        ("mention", "今日の当番に本当にメンションする"),
        ("wait", "チャットに届くのを待つ秒数"),
    ],
};

const EXPLAIN: Words = Words {
    about: "記録した Webhook の本文で誰にメンションするか、なぜかを示す。何も投稿しない",
    long: "\
PagerDuty が送った Webhook の本文 (v2 か v3、署名は不要) を読み、どんなメッセージになるか、なぜメンションするか、しないかを表示します。\
--from を付ければ、Mackerel、Jenkins、スクリプトが送ったものや、EventBridge から届く CloudWatch のアラームも読めます。何も投稿しません。

ログにあるイベントの ID を --event で渡すと、代わりに、そのイベントが来たときの判断と、投稿を試みるたびにどうなったかを表示します。規則、時刻、\
カレンダー、当番表の行とその古さです。台帳 (LEDGER_TABLE か、`toban serve` の STATE_FILE) に 90 日間残っています。

当番表は、設定されたもの (GOOGLE_SHEET_ID か ROTATION_FILE) か、サンプルです。本文を読み取れなければ終了コードは 1 です。",
    arguments: &[
        ("file", "本文のファイル。- は標準入力"),
        ("event", "この ID (ログの event) のイベントがどうなったか"),
        ("from", "送り手: pagerduty (v3 の Webhook か v2 の拡張)、mackerel (Webhook 通知)、jenkins (Notification プラグイン)、events (スクリプト)、cloudwatch (EventBridge から届くアラーム)"),
        ("at", "投稿する時刻。例: '2026-11-24 11:02' [既定: イベントの時刻]"),
        ("chat", "どのチャット向けに書くか: screen (人が読む形)、slack (Slack に送る形)、typetalk (Typetalk に送る形)"),
    ],
};

const HISTORY: Words = Words {
    about: "インシデントへの対応を、誰がいつ何をしたか、前回までのものとともに示す",
    long: "\
1 つのインシデントに起きたことを 1 行ずつ表示します。いつ発生し、誰が対応を始め、エスカレーションし、SRE を呼び、解決したか、どれだけかかったか\
です。その下に、過去 90 日の同じアラートを並べます。サービスが同じで、件名が、数、ホスト、日付、ID を除いて同じものです。

台帳 (LEDGER_TABLE か、`toban serve` の STATE_FILE。動いている間も読めます) から読みます。90 日間残っています。PagerDuty にもチャットにも\
問い合わせず、何も投稿しません。分かるのは toban が伝えたことだけで、メモの文章やチャットでのやりとりは残っていません。Slack の \
`/toban 履歴 #PD4812` でも同じことが分かります。

何も分からなければ終了コードは 1 です。",
    arguments: &[("incident", "インシデント。タグ ('#PD4812')、番号、PagerDuty の ID、ページのアドレスのどれか")],
};

const REMIND: Words = Words {
    about: "お知らせを、送られる形で表示する、または送る",
    long: "\
朝か夕方のお知らせを、その時刻に送られる形で表示します。--post を付けなければ投稿しません。付けると、営業日であれば、設定されたチャット\
(SLACK_REMINDER_CHANNEL、TYPETALK_REMINDER_TOPIC_ID) に投稿します。

LEDGER_TABLE があると、定刻より前に投稿したものがその日のお知らせになり、定刻には投稿されません。そのため --yes も必要です。

当番表は、設定されたものか、サンプルです。投稿するはずのものをどのチャットも受け取らなければ、終了コードは 1 です。",
    arguments: &[
        ("reminder", "どちらのお知らせか: morning (今日の当番へ)、evening (次の営業日の当番へ)"),
        ("at", "この時刻として。例: '2026-11-24 11:02' [既定: 今]"),
        ("post", "実際に投稿する"),
        ("yes", "定刻より前でも、定刻の代わりに投稿する"),
    ],
};

const MACKEREL: Words =
    Words {
        about: "Mackerel の監視ルールが 2 つの通知グループに分かれているかを調べる", long: "", arguments: &[]
    };

const MACKEREL_CHECK: Words = Words {
    about: "2 つの通知グループのどちらにも届かない監視ルールと、両方に届く監視ルールを示す",
    long: "\
Mackerel に監視ルールと通知グループを問い合わせ (MACKEREL_API_KEY。読み取り専用で足ります)、監視ルールごとに、アラートがどちらか一方のグループに\
届く (✓)、どちらにも届かないか両方に届く (✗)、ホストによって違う (!) を表示します。エージェントによるチェック監視は監視ルールの一覧にありません。\
ホストのサービスに従います。

何も変えません。どちらにも届かないか両方に届く監視ルールがあれば、終了コードは 1 です。",
    arguments: &[
        ("application", "開発者が対応できるもののグループの名前か ID"),
        ("others", "それ以外のもののグループの名前か ID"),
    ],
};

const PAGERDUTY: Words = Words {
    about: "PagerDuty 側を設定する。計画を表示してから適用する",
    long: "\
PagerDuty を設定します。業務時間内に開発者が対応している間アラートを持つダミーのユーザー、そのスケジュール、祝日の上書き、エスカレーション\
ポリシー、リレーへの Webhook の購読、それらを使うサービスです。ほしいものは小さな TOML ファイルに書きます。例は docs/pagerduty.example.toml です。

まず `toban pagerduty plan FILE` で何をするかを読み、それから `toban pagerduty apply FILE` を実行してください。そのあと計画は空になります。\
何も削除しません。鍵は PAGERDUTY_API_KEY です。EU のアカウントには PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com も必要です。",
    arguments: &[],
};

const PLAN: Words = Words {
    about: "PagerDuty とファイルを比べ、作るもの、変えるもの、そのままのものを表示する",
    long: "\
PagerDuty とファイルを比べ、作るもの (+)、変えるもの (~)、そのままのもの (=) を行う順に、知っておくべきこと (!) とともに表示します。何も変えません。\
読み取り専用の鍵で足ります。

祝日は、国民の祝日、ファイルに書いたもの、ワークブックのもの (GOOGLE_SHEET_ID と HOLIDAYS_RANGE、または HOLIDAYS_FILE) で、12 か月分です。\
ときどき実行し直してください。ファイルに誤りがあるか、参照しているものが PagerDuty になければ、終了コードは 1 です。",
    arguments: &[("file", "ほしいものを書いたファイル。例は docs/pagerduty.example.toml")],
};

const APPLY: Words = Words {
    about: "計画を表示し、確認してから実行する",
    long: "\
計画を表示し、確認してから、1 つずつ実行します。PAGERDUTY_API_KEY には、すべての権限が必要です。失敗するとそこで止まります。もう一度実行すると、\
比べ直して続きから始めます。

サービスの新しいポリシーは最後に設定するので、すべてがそろうまで、アラートはこれまでと同じところへ行きます。新しい購読の署名の鍵は一度だけ\
表示します。--store-secret を付けると、代わりに PARAMETERS_PATH の下のパラメータ PAGERDUTY_WEBHOOK_SECRETS に加え、リレーがそこから読みます。\
行われなかったものがあれば、終了コードは 1 です。",
    arguments: &[
        ("file", "ほしいものを書いたファイル。例は docs/pagerduty.example.toml"),
        ("yes", "確認せずに実行する"),
        ("store_secret", "署名の鍵を表示せず、SSM パラメータストアに置く"),
    ],
};
