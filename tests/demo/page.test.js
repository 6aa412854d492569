// The page as a user sees it. Whole messages are tested in tests/it; these tests check who is mentioned, when, and why.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { browser, eachOnAPageOfItsOwn, open, opened, page, posts, serve, toban, until } from "./browser.js";

const PICTURE = new URL("../../docs/page.png", import.meta.url);
const LIMIT = 300 * 1024;

eachOnAPageOfItsOwn();

const slack = () => page.locator("#chat-primary");
const typetalk = () => page.locator("#chat-backup");
const shown = (text) => page.getByText(text).first().waitFor();

async function send(name) {
  await page.locator("#sample").selectOption(name);
  await page.locator("#sample-form button").click();
}

/** Sends something and waits for its entry in the journal. */
async function journal(what) {
  const before = Number((await page.locator("#journal").getAttribute("data-newest")) ?? 0);
  await what();
  await page.locator(`#journal [data-nth="${before + 1}"]`).waitFor();
  return page.locator("#journal > li").first();
}

/** Plays a day without the pauses. */
async function playDay() {
  await opened.press({ do: "play", pause: 0 });
  await page.locator('body[data-day="over"]').waitFor();
}

async function picture(name, target = page) {
  const bytes = await target.screenshot({ animations: "disabled", caret: "hide" });
  writeFileSync(`${process.env.PICTURES}/${name}.png`, bytes);
  return bytes;
}

const PAIR = "🔔 当番にメンション: 業務時間内です";
const QUIET = "🔕 メンションなし: この種類の通知ではメンションしません (MENTION_ON)";
const RECORDED = "🔕 メンションなし: 記録として知らせるだけです";
const OUTSIDE = "🔕 メンションなし: 業務時間外に起きました";
const DAY = [
  ["10:00", "☀️ 今日 11/24(火) の当番です (17:00 まで)。よろしくお願いします。", "@中村 @小林", "🔔 今日 11/24(火) の当番にメンション: 営業日の始まりのお知らせです"],
  ["11:02", "✅ 解決済み #PD4812 HTTP 5xx が 5% を超えています", "@中村 @小林", PAIR],
  ["11:05", "👀 中村 が対応開始 · 11:05 · #PD4812", "", QUIET],
  ["11:31", "✅ 中村 が解決 (29分) · 11:31 · #PD4812", "", QUIET],
  ["16:35", "🔥 未対応 #PD4813 バッチが30分以上遅れています", "@中村 @小林", PAIR],
  ["16:50", "⏰ #PD4813 は未解決です。あと10分で当番の時間が終わります。", "@中村 @小林", PAIR],
  ["17:00", "🌙 #PD4813 は未解決。対応者はいません。", "", RECORDED],
  ["17:05", "📣 自動で 山田 太郎 にエスカレーション · 17:05 · #PD4813", "", OUTSIDE],
  ["17:00", "🌙 11/25(水) の当番です。準備をお願いします。", "@中村 @小林", "🔔 次の営業日 11/25(水) の当番にメンション: 営業日の終わりのお知らせです"],
  ["23:10", "🔥 発生 #PD4814 ディスク使用率が 90% を超えました", "", OUTSIDE],
  ["10:00", "☀️ 今日 11/25(水) の当番です (17:00 まで)。よろしくお願いします。", "@中村 @小林", "🔔 今日 11/25(水) の当番にメンション: 営業日の始まりのお知らせです"],
];

test("it says what it is before anything has happened", async () => {
  await shown("練習モード: このマシンの外には何も送信されません");
  await shown("まだ何も投稿されていません");
  assert.equal(await page.locator("#now-kind").textContent(), "業務時間外 (10:00-17:00)");
  assert.equal(await page.locator("#answer").textContent(), "🔕 誰にもメンションしません (投稿だけします)");
});

test("a day is played: each message, who it mentions, and why", async () => {
  await page.getByRole("button", { name: "当番の一日を再生" }).click();
  await page.locator('body[data-day="playing"]').waitFor();
  await page.locator('body[data-day="over"]').waitFor({ timeout: 30_000 });
  assert.equal(await page.evaluate(() => document.scrollingElement.scrollTop), 0, "the page itself stays where it is");
  assert.deepEqual(await posts(slack()), DAY);
  const morning = slack().locator("article").last();
  await morning.locator(".text").getByText("11/24(火) 17:00 以降、メンションなしで届いたもの:").waitFor();
  for (const line of [/#PD4814 ディスク使用率が 90% を超えました/, /#PD4813 バッチが30分以上遅れています/]) {
    assert.match(await morning.locator(".text").textContent(), line);
  }
  assert.equal(await slack().locator(".thread article").count(), 5);
  // Typetalk has the same, in the order of posting, each incident as replies to its first post.
  const there = await posts(typetalk());
  assert.deepEqual(there.map(([time]) => time), ["10:00", "11:02", "11:05", "11:31", "16:35", "16:50", "17:00", "17:00", "17:05", "23:10", "10:00"]);
  assert.deepEqual(there.map(([, , mentions]) => mentions), ["@nakamura @kobayashi", "@nakamura @kobayashi", "", "", "@nakamura @kobayashi", "@nakamura @kobayashi", "", "@nakamura @kobayashi", "", "", "@nakamura @kobayashi"]);
  assert.equal(await typetalk().locator(".replied").count(), 5);
  assert.equal(await page.locator("#steps .done").count(), 11);
  const steps = await page.locator("#steps li").allTextContents();
  assert.deepEqual([steps[0], steps[1], steps.at(-1)], ["10:00 ☀️ 朝のお知らせ", "11:02 🔥 発生", "10:00 ☀️ 朝のお知らせ"]);

  // The newest message is visible, and so is everything that is pressed next.
  for (const seen of [morning.locator(".why"), page.locator("#play"), page.locator("#sample")]) {
    const box = await seen.boundingBox();
    assert.ok(box.y > 0 && box.y + box.height <= page.viewportSize().height, `${box.y}`);
  }

  // The clock is reset. For the picture it is stopped within business hours.
  assert.deepEqual([await page.locator("#now-day").textContent(), await page.locator("#now-time").textContent()], ["11/24(火)", "09:50"]);
  await opened.press({ do: "worth", which: "tuesday" });
  await page.locator("#answer", { hasText: "@中村" }).waitFor();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.evaluate(() => document.querySelectorAll(".log").forEach((log) => log.scrollTo(0, 0)));
  const bytes = await picture("light");
  if (process.env.BLESS || !existsSync(PICTURE)) writeFileSync(PICTURE, bytes);
  assert.ok(statSync(PICTURE).size < LIMIT, "docs/page.png is too large to be looked at in a README");
});

test("once a day was played, the clock shows the real time again", async () => {
  const real = await serve({ TOBAN_NOW: "" });
  const other = await open(browser, real.address);
  const minute = () => new Date().toLocaleString("sv-SE", { timeZone: "Asia/Tokyo" }).slice(0, 16).replace(" ", "T");
  const clock = other.page.locator("#now-clock");
  assert.equal(await clock.textContent(), "現在時刻です");
  await other.page.getByRole("button", { name: "当番の一日を再生" }).click();
  await clock.filter({ hasText: "再生中の時刻です" }).waitFor();
  const before = minute();
  await other.page.locator('body[data-day="over"]').waitFor();
  assert.equal(await clock.textContent(), "現在時刻です");
  assert.equal(await other.page.locator("#clock-now").getAttribute("aria-pressed"), "true");
  const shown = await other.page.locator("#clock-field").inputValue();
  assert.ok(before <= shown && shown <= minute(), `${before} ${shown}`);
  await other.close();
  real.stop();
  assert.deepEqual(other.faults, []);
});

test("the clock is moved, and with it who is told", async () => {
  const now = async () => [await page.locator("#now-day").textContent(), await page.locator("#now-time").textContent(), await page.locator("#now-kind").textContent()];
  const put = async (what, day) => {
    await what();
    await page.locator("#now-day", { hasText: day }).waitFor();
  };
  await put(() => page.getByRole("button", { name: "金曜 16:59" }).click(), "11/27(金)");
  assert.deepEqual(await now(), ["11/27(金)", "16:59", "業務時間内 (10:00-17:00)"]);
  assert.equal(await page.locator("#now-clock").textContent(), "時計を止めています");
  assert.match(await page.locator("#answer").textContent(), /@中村@小林/);
  await page.getByRole("button", { name: "+30分" }).click();
  await page.locator("#now-time", { hasText: "17:29" }).waitFor();
  assert.equal(await page.locator("#answer").textContent(), "🔕 誰にもメンションしません (投稿だけします)");
  await put(() => page.getByRole("button", { name: "祝日", exact: true }).click(), "12/29(火)");
  assert.deepEqual(await now(), ["12/29(火)", "11:00", "年末休業"]);
  await until(slack(), 1, () => send("v3/incident.triggered"));
  assert.deepEqual((await posts(slack()))[0].slice(2), ["", OUTSIDE]);
  await page.locator("#clock-field").fill("2026-11-24T11:02");
  await put(() => page.locator("#clock-form [type=submit]").click(), "11/24(火)");
  await until(slack(), 2, () => send("v3/incident.triggered"));
  assert.deepEqual((await posts(slack()))[1].slice(2), ["@中村 @小林", PAIR]);
  await put(() => page.getByRole("button", { name: "火曜 11:00" }).click(), "11/24(火)");
  await page.getByRole("button", { name: "現在時刻" }).click();
  await page.locator("#now-day:not(:text-is('11/24(火)'))").waitFor();
  assert.equal(await page.locator("#now-clock").textContent(), "現在時刻です");
});

test("each fault is switched on, and what happens then is shown", async () => {
  await page.getByRole("button", { name: "火曜 11:00" }).click();
  await page.locator("#now-time", { hasText: "11:00" }).waitFor();

  await page.getByLabel("同じイベントが2回届く").check();
  await until(slack(), 1, () => send("v3/incident.triggered"));
  await page.locator("#latest", { hasText: "同じものは投稿済みなので、もう投稿しません。" }).waitFor();
  assert.equal(await slack().locator("article").count(), 1);
  await page.getByLabel("同じイベントが2回届く").uncheck();

  await page.getByLabel("署名が違う (なりすまし)").check();
  const forged = await journal(() => send("v3/incident.triggered"));
  assert.match(await forged.textContent(), /POST \/pagerduty → 503.*署名が正しくないので受け取りません/);
  await page.locator("#latest.bad", { hasText: "署名が正しくないので受け取りません" }).waitFor();
  assert.equal(await slack().locator("article").count(), 1);
  await page.getByLabel("署名が違う (なりすまし)").uncheck();

  await page.locator("#sheet").selectOption("down");
  await shown("当番表を読めないため、0分前のコピーを使っています。");
  await page.locator("[data-forward='30']").click();
  await page.locator("[data-forward='30']").click();
  await page.locator("[data-forward='30']").click();
  await shown("90分前のコピーを使っています。");
  await until(slack(), 2, () => send("v3/incident.triggered"));
  assert.equal((await posts(slack()))[1][2], "@中村 @小林");
  assert.match(await slack().locator("article").nth(1).locator(".text").textContent(), /1時間30分前/);
  await page.locator("#sheet").selectOption("lost");
  await shown("当番表を読めません: ");
  await until(slack(), 3, () => send("v3/incident.triggered"));
  assert.deepEqual((await posts(slack()))[2].slice(2), ["@sre", "🔔 代わりの宛先にメンション: 業務時間内ですが、当番表を読めません"]);
  await page.locator("#sheet").selectOption("open");

  await page.getByLabel("1つ目のチャットが停止").check();
  await slack().getByText("停止中").waitFor();
  const before = await typetalk().locator("article").count();
  await until(typetalk(), before + 1, () => send("v3/incident.triggered"));
  await shown("Slack は失敗: チャットが応答できません: HTTP 503");
  await page.locator("#backup").selectOption("failover");
  await until(typetalk(), before + 2, () => send("v3/incident.triggered"));
  const [, , mentions] = (await posts(typetalk())).at(-1);
  assert.equal(mentions, "@nakamura @kobayashi");
  assert.equal(await slack().locator("article").count(), 3);
});

test("a broken body is pasted, and the error can be read", async () => {
  await page.getByText("自分の webhook 本文を貼り付ける").click();
  await page.locator("#paste-body").fill('{\n  "event": {"id": }\n}');
  await until(slack(), 1, () => page.locator("#paste-form button").click());
  await page.locator("#paste-problem", { hasText: "本文を読めません: JSON として読めません: 2 行目 19 文字目 (ここの書き方が正しくありません)" }).waitFor();
  assert.match((await posts(slack()))[0][1], /読み取れませんでした/);
  await page.locator("#paste-body").fill('{"hello": "world"}');
  await until(slack(), 2, () => page.locator("#paste-form button").click());
  await page.locator("#paste-problem", { hasText: "本文を読めません: " }).waitFor();
});

test("a hostile title is shown and neither obeyed nor run", async () => {
  const body = JSON.parse(readFileSync(new URL("../data/pagerduty/v3/incident.triggered.json", import.meta.url)));
  body.event.data.title = "<img src=x onerror=alert(1)> <!channel> <@U0SAMPLENAKA> *b* `c` <https://evil.example|ok> &lt;b&gt; :fire:";
  body.event.data.assignees = [];
  await page.getByText("自分の webhook 本文を貼り付ける").click();
  await page.locator("#paste-body").fill(JSON.stringify(body));
  await until(slack(), 1, () => page.locator("#paste-form button").click());
  for (const chat of [slack(), typetalk()]) {
    const text = chat.locator("article .text");
    assert.match(await text.textContent(), /<img src=x onerror=alert\(1\)>/);
    assert.equal(await text.locator("img, script, b").count(), 0);
    assert.equal(await text.locator(".mention").count(), 0);
    assert.equal(await text.locator("a[href*='evil']:text-is('ok')").count(), 0);
  }
});

test("a cell and MENTION_ON change what is shown", async () => {
  await page.getByRole("button", { name: "火曜 11:00" }).click();
  await page.locator("#answer", { hasText: "@中村" }).waitFor();
  const cell = page.getByLabel("11/24(火) の担当1");
  await cell.fill("田中");
  await cell.press("Enter");
  await page.locator("#answer", { hasText: "@田中" }).waitFor();
  await until(slack(), 1, () => send("v3/incident.triggered"));
  assert.equal((await posts(slack()))[0][2], "@田中 @小林");
  await page.getByLabel("11/24(火) の担当1").fill("だれか");
  await page.getByLabel("11/24(火) の担当1").press("Enter");
  await page.locator("tr.finding", { hasText: "だれか" }).waitFor();
  await until(slack(), 2, () => send("v3/incident.triggered"));
  assert.equal((await posts(slack()))[1][2], "@小林");
  await page.getByRole("button", { name: "元に戻す" }).click();
  await page.locator("#answer", { hasText: "@中村" }).waitFor();

  await page.locator("#mention-usual [data-kind=triggered]").uncheck();
  await page.locator("#answer", { hasText: "誰にもメンションしません" }).waitFor();
  await until(slack(), 3, () => send("v3/incident.triggered"));
  assert.deepEqual((await posts(slack()))[2].slice(2), ["", QUIET]);
});

/** A tab of `tests/data/sheets` as a spreadsheet puts it on the clipboard: dates as they are shown, quotation marks around line breaks. */
function copied(name, tab) {
  const { values } = JSON.parse(readFileSync(new URL(`../data/sheets/${name}/${tab}.json`, import.meta.url)));
  const width = Math.max(...values.map((row) => row.length));
  const cell = (value = "") => {
    if (typeof value === "number" && value > 40_000) {
      const date = new Date(Date.UTC(1899, 11, 30 + value));
      return `${date.getUTCFullYear()}/${date.getUTCMonth() + 1}/${date.getUTCDate()}`;
    }
    const text = String(value);
    return /[\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return values.map((row) => Array.from({ length: width }, (_, column) => cell(row[column])).join("\t")).join("\r\n");
}

/** Pastes a rotation instead of any earlier one, and waits until it has been read. */
async function paste(rotation, members = "") {
  await opened.press({ do: "take_back_rotation" });
  await page.locator("#pasted").waitFor({ state: "hidden" });
  await page.locator("#rota").evaluate((details) => (details.open = true));
  await page.locator("#rota-sheet").fill(rotation);
  await page.locator("#rota-members").fill(members);
  await page.locator("#rota-form button").click();
  await page.locator("#pasted").waitFor();
}

/** The days that are shown of a pasted rotation: who is on call, or what is said instead. */
const days = () =>
  page.locator("#pasted-days tbody tr").evaluateAll((rows) =>
    rows.map((row) => {
      const said = row.querySelector("td span");
      return [row.dataset.date, said.className === "people" ? said.textContent.split("、").sort() : said.textContent];
    }),
  );

test("a rota is pasted, and its days are those that people read in it", async () => {
  for (const name of ["01-daily-plain", "53-range-cell-tilde", "26-several-in-a-cell", "27-line-break-in-a-cell", "67-roles-as-rows", "05-no-header-csv"]) {
    const expected = JSON.parse(readFileSync(new URL(`../data/sheets/${name}/expected.json`, import.meta.url)));
    await opened.press({ do: "clock", at: `${expected.today}T11:00` });
    await paste(copied(name, "rotation"), copied(name, "members"));
    const day = (offset) => new Date(Date.parse(expected.today) + offset * 86_400_000).toISOString().slice(0, 10);
    const wanted = [...Object.entries(expected.days).map(([date, people]) => [date, people.toSorted()]), ...expected.nobody.map((date) => [date, "なし (表にそう書いてあります)"])]
      .filter(([date]) => date >= day(-7) && date <= day(35))
      .sort(([one], [other]) => (one < other ? -1 : 1));
    assert.ok(wanted.length > 10, name);
    assert.deepEqual(await days(), wanted, name);
    assert.equal(await page.locator("#pasted-findings .bad").count(), 0, name);
    assert.equal(await page.locator("#pasted-days [aria-current=date]").getAttribute("data-date"), expected.today);
  }

  // A sheet that is refused says why.
  await paste(copied("64-calendar", "rotation"), copied("64-calendar", "members"));
  assert.deepEqual(await days(), []);
  await page.locator("#pasted-summary", { hasText: "当番の日を読み取れませんでした" }).waitFor();
  assert.match(await page.locator("#pasted-findings .bad").first().textContent(), /^✗ .*カレンダー/);
  await page.locator("#answer", { hasText: "代わりの宛先" }).waitFor();

  // Days that lie elsewhere are all shown.
  await opened.press({ do: "clock", at: "2027-06-01T11:00" });
  await paste(copied("01-daily-plain", "rotation"));
  await page.locator("#pasted-summary", { hasText: "2026-11-16 から 2026-12-11 まで" }).waitFor();
  assert.equal((await days()).length, 19);
});

test("alerts follow a pasted rota until it is taken back", async () => {
  await page.getByRole("button", { name: "火曜 11:00" }).click();
  await page.locator("#answer", { hasText: "@中村@小林" }).waitFor();
  await paste("日付\t担当1\t担当2\n2026/11/24\t青木\t上田\n2026/11/25\t未定\t\n");
  await page.locator("#answer", { hasText: "@青木@上田" }).waitFor();
  await shown("members がないので、名前をそのまま使っています。");
  assert.deepEqual(await days(), [["2026-11-24", ["上田", "青木"]], ["2026-11-25", "分からないので、代わりの宛先"]]);
  assert.match(await page.locator("#pasted-findings .bad").first().textContent(), /^✗ 11\/25\(水\): rotation!B3 .*未定.*。決まったら名前を書いてください/);
  await until(slack(), 1, () => send("v3/incident.triggered"));
  for (const chat of [slack(), typetalk()]) assert.equal((await posts(chat))[0][2], "@青木 @上田");
  const cell = page.getByLabel("11/24(火) の担当1");
  await cell.fill("石井");
  await cell.press("Enter");
  await page.locator("#answer", { hasText: "@石井@上田" }).waitFor();

  await page.getByRole("button", { name: "元の当番表を使う" }).click();
  await page.locator("#answer", { hasText: "@中村@小林" }).waitFor();
  assert.ok(await page.locator("#pasted").isHidden());
  for (const chat of [slack(), typetalk()]) assert.equal((await posts(chat))[0][2], "@青木 @上田", "what was posted stays");
  await page.locator("#rota-sheet").fill("2026/11/24,青木");
  await page.locator("#rota-form button").click();
  await page.locator("#rota-problem", { hasText: "スプレッドシートのセルをコピーして貼り付けてください" }).waitFor();
  assert.ok(await page.locator("#pasted").isHidden());
  await page.evaluate(() => {
    document.getElementById("rota").open = false;
    document.getElementById("rota-sheet").value = "2026/11/24\t青木\n".repeat(60_000);
    document.getElementById("rota-form").requestSubmit();
  });
  await page.locator("#rota-problem:text('長すぎて送れません')").waitFor({ state: "attached" });
  assert.match(opened.faults.pop(), /409 \(Conflict\)/, "the browser notes that it was refused");
});

/** What is shown to the chosen person alone. */
const onlyYou = () => page.locator(".private .text").allTextContents();
const take = () => slack().locator("[data-button=take]");

test("a button is pressed, and the thread, the first message and the second chat say so", async () => {
  await opened.press({ do: "worth", which: "tuesday" });
  await page.locator("#answer", { hasText: "@中村" }).waitFor();
  await until(slack(), 1, () => send("v3/incident.triggered"));
  assert.equal(await page.locator("#who option:checked").textContent(), "中村");
  await until(slack(), 2, () => take().click());
  await slack().locator(".context", { hasText: "状態: 対応中 · 中村 · 11:00 から" }).waitFor();
  const line = "👀 中村 が対応します · 11:00 · #PD4812";
  assert.deepEqual((await posts(slack()))[1], ["11:00", line, "", RECORDED]);
  await slack().locator(".thread .text", { hasText: "未解決なら 11:30 に呼ばれます。" }).waitFor();
  assert.equal((await posts(typetalk()))[1][1], "👀 対応 #PD4812 HTTP 5xx が 5% を超えています");
  assert.deepEqual(await onlyYou(), []);

  // Again, and only they are asked; somebody else does not see it.
  await take().click();
  await page.locator(".private", { hasText: "あなただけに表示されています · 11:00 · 対応します" }).waitFor();
  assert.deepEqual(await onlyYou(), ["すでにあなたが対応中です。離れる"]);
  await page.locator("#who").selectOption({ label: "ゲスト" });
  assert.deepEqual(await onlyYou(), []);
  await take().click();
  await page.locator(".private", { hasText: "ゲストは使えません。" }).waitFor();
  await page.locator("#latest", { hasText: "押した人にだけ返事をしました。" }).waitFor();
  await page.locator("#who").selectOption({ label: "中村" });
  assert.deepEqual(await onlyYou(), ["すでにあなたが対応中です。離れる"]);
  await picture("pressed");
  await until(slack(), 3, () => page.locator(".private [data-button=hand_back]").click());
  assert.equal((await posts(slack()))[2][1], "👋 中村 が対応を離れました · 11:00 · #PD4812");
  await slack().locator(".context", { hasText: "状態: 未対応" }).waitFor();

  // The keyboard stays where it was, and the button goes when it is over.
  await take().focus();
  await until(slack(), 4, () => page.keyboard.press("Enter"));
  assert.equal(await page.evaluate(() => document.activeElement.dataset.button), "take");
  await until(slack(), 5, () => send("v3/incident.resolved"));
  assert.equal(await take().count(), 0);
});

/** The button in a chat's messages, and the dialog in which it asks back. */
const pressable = (name) => slack().locator(`article [data-button=${name}]`).last();
const dialog = () => page.getByRole("dialog");
const focused = () => page.evaluate(() => document.activeElement.dataset.button ?? document.activeElement.textContent);

test("a button asks back, and does nothing without a yes", async () => {
  await opened.press({ do: "worth", which: "tuesday" });
  await page.locator("#answer", { hasText: "@中村" }).waitFor();
  await until(slack(), 1, () => send("v3/incident.triggered"));
  assert.deepEqual(await slack().locator("article .actions button").allTextContents(), ["対応します", "SRE を呼ぶ", "解決にする"]);

  // By the keyboard: Escape is a no, and one goes on from where one was.
  await pressable("call_sre").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "SRE を呼びますか?" }).waitFor();
  await dialog().getByText("PagerDuty が SRE の待機者に今すぐ連絡します (電話のこともあります)。迷ったら呼んでください。").waitFor();
  assert.deepEqual(await dialog().getByRole("button").allTextContents(), ["やめる", "呼ぶ"]);
  assert.equal(await focused(), "やめる");
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  assert.equal(await focused(), "call_sre");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await dialog().waitFor({ state: "detached" });
  assert.equal(await page.locator("#journal > li").count(), 1, "nothing was pressed");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "呼ぶ");
  await until(slack(), 2, () => page.keyboard.press("Enter"));
  assert.deepEqual((await posts(slack()))[1].slice(0, 3), ["11:00", "📣 SRE を呼びました: 山田 太郎 · 中村 による · 11:00 · #PD4812", ""]);
  await slack().locator(".context", { hasText: "状態: 未対応 → 山田 太郎" }).waitFor();
  await typetalk().locator(".text", { hasText: "📣 SRE を呼びました: 山田 太郎 · 中村 による · 11:00" }).waitFor();
  assert.equal(await focused(), "call_sre", "the message was drawn anew");

  // Again, and somebody who may not: they alone are told.
  await page.keyboard.press("Enter");
  await dialog().getByRole("button", { name: "呼ぶ" }).click();
  await page.locator(".private", { hasText: "SRE はもう呼ばれています: 山田 太郎 (中村 による · 11:00)。何もしていません。" }).waitFor();
  await page.locator("#who").selectOption({ label: "ゲスト" });
  await pressable("resolve").click();
  await dialog().getByRole("button", { name: "解決にする" }).click();
  await page.locator(".private", { hasText: "ゲストは使えません。" }).waitFor();
  assert.equal(await slack().locator("article").count(), 2);

  // On a phone.
  await page.setViewportSize({ width: 360, height: 740 });
  await page.locator("#who").selectOption({ label: "中村" });
  await pressable("resolve").click();
  await page.getByRole("dialog", { name: "#PD4812 を解決にしますか?" }).waitFor();
  const box = await dialog().boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y >= 0 && box.y + box.height <= 740, JSON.stringify(box));
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await page.evaluate(contrasts), []);
  }
  await picture("asked-phone");
  await until(slack(), 3, () => dialog().getByRole("button", { name: "解決にする" }).click());
  assert.equal((await posts(slack()))[2][1], "✅ 中村 が解決 (0秒) · 11:00 · #PD4812");
  assert.equal(await slack().locator("article .actions").count(), 0, "it is over");
  assert.equal((await typetalk().locator("article").count()), 3);
});

test("ten minutes before hours end people are asked, and answer there", async () => {
  await page.locator("#clock-field").fill("2026-11-24T16:35");
  await page.locator("#clock-form [type=submit]").click();
  await page.locator("#now-time", { hasText: "16:35" }).waitFor();
  await until(slack(), 1, () => send("v3/incident.triggered"));
  await page.locator("#clock-field").fill("2026-11-24T16:50");
  await until(slack(), 2, () => page.locator("#clock-form [type=submit]").click());
  const asked = slack().locator(".thread article");
  assert.deepEqual((await posts(slack()))[1], ["16:50", "⏰ #PD4812 は未解決です。あと10分で当番の時間が終わります。", "@中村 @小林", PAIR]);
  await asked.getByText("スレッドとチャンネルの両方に投稿").waitFor();
  assert.deepEqual(await asked.locator(".actions button").allTextContents(), ["続けます", "SRE を呼ぶ"]);
  await page.locator("#latest", { hasText: "16:50 当番の時間の終わり: 投稿しました。" }).waitFor();
  await picture("shift");
  await page.locator("#phone").click();
  await until(slack(), 3, () => pressable("stay").click());
  await pressable("stay").click();
  await page.locator(".private", { hasText: "すでに、あなたが続けることになっています。" }).waitFor();
  await until(slack(), 4, () => page.getByRole("button", { name: "+30分" }).click());
  assert.deepEqual((await posts(slack()))[3].slice(0, 3), ["17:00", "🌙 #PD4812 は未解決。中村 が続けます。", ""]);
  await page.locator("#now-time", { hasText: "17:20" }).waitFor();
});

test("/toban is typed, and its answer fits a phone", async () => {
  await opened.press({ do: "worth", which: "tuesday" });
  await page.locator("#answer", { hasText: "@中村" }).waitFor();
  await until(slack(), 1, () => send("v3/incident.triggered"));
  await page.locator("#phone").click();
  const asked = async (text, expected) => {
    await page.locator("#command").fill(text);
    await page.keyboard.press("Enter");
    await page.locator(".private", { hasText: `/toban ${text}`.trim() }).last().waitFor();
    assert.match((await onlyYou()).at(-1), expected, text);
    assert.equal(await page.locator("#command").inputValue(), "");
  };
  await asked("", /^📟 今日 11\/24\(火\) 17:00まで中村・小林.*🔓 未解決 1件#PD4812 HTTP 5xx が 5% を超えています 1分 · 対応者なし · SRE 11:30$/);
  await picture("toban");
  await asked("<img src=x onerror=alert(1)>", /^「<img src=x onerror=alert\(1\)>」は分かりません。/);
  assert.equal(await page.locator(".private img").count(), 0);
  for (const [name, expected] of [
    ["当番", /^📟 今日/],
    ["未解決", /^🔓 未解決 1件/],
    ["なぜ #PD4812", /^#PD4812 HTTP 5xx.*当番にメンション: 業務時間内です/],
    ["使い方", /^\/toban — 当番と未解決/],
  ]) {
    await page.getByRole("button", { name, exact: true }).click();
    await page.locator(".private", { hasText: `· /toban ${name}` }).waitFor();
    assert.match((await onlyYou()).at(-1), expected, name);
  }
  await page.getByLabel("ボタンとコマンドの処理が3分遅れる").check();
  await take().click();
  await page.locator(".private", { hasText: "2分以内に処理できず、何もしていません。" }).waitFor();
  await page.getByRole("button", { name: "English" }).click();
  await page.locator("#who option", { hasText: "a guest" }).waitFor({ state: "attached" });
  assert.equal(await page.locator("#who option:checked").textContent(), "Grace Taylor", "one stays who one was");
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await page.evaluate(contrasts), []);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
  await picture("toban-phone");
});

test("messages are short on a phone", async () => {
  await page.locator("#phone").click();
  assert.equal(await page.locator("#phone").getAttribute("aria-pressed"), "true");
  await opened.press({ do: "worth", which: "tuesday" });
  for (const [count, name] of [["v3/incident.triggered"], ["v3/incident.acknowledged"], ["v3/incident.resolved"]].map(([name], nth) => [nth + 1, name])) {
    await until(slack(), count, () => send(name));
  }
  const heights = await slack()
    .locator("article .text")
    .evaluateAll((all) => all.map((text) => [text.clientWidth, text.textContent, [...text.querySelectorAll("p")].map((line) => Math.round(line.clientHeight / parseFloat(getComputedStyle(line).lineHeight)))]));
  for (const [width, text, lines] of heights) {
    assert.ok(width <= 360, `${width}`);
    assert.ok(!text.includes("http"), `a bare address: ${text}`);
    assert.ok(lines.length <= 6 && lines.every((rows) => rows <= 2), `${text}: ${lines}`);
  }
  assert.deepEqual(heights.slice(1).map(([, , lines]) => lines.length), [1, 1], "what follows is one line");
  await picture("phone-width");
});

test("a hostile rota is text", async () => {
  await opened.press({ do: "worth", which: "tuesday" });
  const evil = "<img src=x onerror=alert(1)>";
  await paste(`${evil}\t${evil}\n日付\t担当\n2026/11/24\t${evil}\n2026/11/25\t</td><script>alert(1)</script>\n`, `name\tslack\n${evil}\t<!channel>\n`);
  assert.match(await page.locator("#pasted").textContent(), /onerror=alert/);
  assert.equal(await page.locator("#pasted").locator("img, script").count(), 0);
  await until(slack(), 1, () => send("v3/incident.triggered"));
  assert.equal(await page.locator("article .text").locator("img, script").count(), 0);
  assert.deepEqual(await page.evaluate(contrasts), []);
  await picture("pasted", page.locator(".controls"));
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await page.evaluate(contrasts), []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
});

test("every sample can be sent, and is shown", async () => {
  const names = await page.locator("#sample option").evaluateAll((all) => all.map((option) => option.value));
  assert.ok(names.length > 30, `${names.length}`);
  await until(typetalk(), names.length, async () => {
    for (const name of names) await opened.press({ do: "sample", name });
  });
  assert.equal(await page.locator("#journal .problem").count(), 0);
});

test("what curl sends shows up", async () => {
  const body = readFileSync(new URL("../data/pagerduty/v3/incident.triggered.json", import.meta.url));
  const signature = `v1=${createHmac("sha256", "toban-demo-secret").update(body).digest("hex")}`;
  await until(slack(), 1, async () => {
    const answer = await fetch(`${toban.address}/pagerduty`, { method: "POST", body, headers: { "x-pagerduty-signature": signature } });
    assert.equal(answer.status, 202);
  });
  assert.match((await posts(slack()))[0][1], /#PD4812/);
});

test("it is used by the keyboard alone", async () => {
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.dataset.worth || document.activeElement.className);
  const tabTo = async (wanted) => {
    for (let presses = 0; presses < 60; presses += 1) {
      if ((await focused()) === wanted) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${wanted} was not reached`);
  };
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "skip");
  await page.keyboard.press("Enter");
  await tabTo("tuesday");
  await page.keyboard.press("Enter");
  await page.locator("#answer", { hasText: "@中村" }).waitFor();
  await tabTo("sample");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await until(slack(), 1, () => page.keyboard.press("Enter"));
  await tabTo("primary-down");
  await page.keyboard.press("Space");
  await slack().getByText("停止中").waitFor();
  await page.keyboard.press("Space");
  await slack().getByText("停止中").waitFor({ state: "detached" });
  // Every control has a name.
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll("button, input, select, textarea")]
      .filter((control) => !(control.textContent.trim() || control.labels?.[0]?.textContent.trim() || control.getAttribute("aria-label")))
      .map((control) => control.outerHTML),
  );
  assert.deepEqual(nameless, []);
});

test("it speaks English, and so do the messages", async () => {
  await page.getByRole("button", { name: "English" }).click();
  await shown("Rehearsal: nothing leaves this machine");
  await playDay();
  const there = await posts(slack());
  assert.deepEqual(there.map(([, headline]) => headline).slice(0, 4), [
    "☀️ You are on call today, Tue Nov 24, until 17:00.",
    "✅ Resolved #PD4812 HTTP 5xx above 5%",
    "👀 Grace Taylor acknowledged · 11:05 · #PD4812",
    "✅ Grace Taylor resolved (29 min) · 11:31 · #PD4812",
  ]);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  // Nothing on the page is Japanese any more, people's names included, except the logo and the word for the other language.
  const left = await page.evaluate(() => {
    const own = [...document.querySelectorAll("body *")].filter((element) => !element.closest("[lang=ja], .logo, .face, noscript"));
    const texts = own.flatMap((element) => [element.value ?? "", element.getAttribute("aria-label") ?? "", ...[...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent)]);
    return texts.filter((text) => /[\u3040-\u30ff\u4e00-\u9fff]/.test(text));
  });
  assert.deepEqual(left, []);
  await picture("english");
});

for (const [name, options] of [
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ["phone-dark", { viewport: { width: 360, height: 740 }, colorScheme: "dark" }],
  ["tablet", { viewport: { width: 900, height: 1100 } }],
]) {
  test(`it can be read: ${name}`, async () => {
    await playDay();
    const other = await open(browser, toban.address, options);
    await other.page.locator('body[data-day="over"]').waitFor({ timeout: 30_000 });
    const wide = await other.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide[0] <= wide[1], `it is ${wide[0]} wide on a screen of ${wide[1]}`);
    const faint = await other.page.evaluate(contrasts);
    assert.deepEqual(faint, []);
    writeFileSync(`${process.env.PICTURES}/${name}.png`, await other.page.screenshot({ fullPage: name !== "dark", animations: "disabled" }));
    await other.close();
    assert.deepEqual(other.faults, []);
  });
}

/** Texts whose contrast with their background is below the 4.5 that WCAG 2.2 asks for. */
function contrasts() {
  const rgb = (color) => color.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0.99) return color;
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!text || !element.checkVisibility() || element.closest("select, :disabled, .hidden")) continue;
    const [one, other] = [light(rgb(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) faint.add(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}`);
  }
  return [...faint];
}
