// What is read on the page: who a sample at night is for, people's names, links, and the page on a phone and by the keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, eachOnAPageOfItsOwn, open, opened, page, posts, serve, toban, until } from "./browser.js";

eachOnAPageOfItsOwn();

const slack = () => page.locator("#chat-primary");
const typetalk = () => page.locator("#chat-backup");

async function send(name) {
  await page.locator("#sample").selectOption(name);
  await page.locator("#sample-form button").click();
}

test("at night the usual sample does what the headline says, and the dummy's says why it does not", async () => {
  await opened.press({ do: "clock", at: "2026-11-25T03:00" });
  await page.locator("#now-time", { hasText: "03:00" }).waitFor();
  assert.equal(await page.locator("#answer").textContent(), "🔕 誰にもメンションしません (投稿だけします)");
  assert.equal(await page.locator("#sample").inputValue(), "v3/incident.triggered");
  assert.ok(await page.locator("#sample-hint").isHidden());
  await until(slack(), 1, () => page.locator("#sample-form button").click());
  assert.deepEqual((await posts(slack()))[0].slice(2), ["", "🔕 メンションなし: 業務時間外に起きました"]);
  await slack().locator(".context", { hasText: "状態: 未対応 → 山田 太郎" }).waitFor();

  await page.locator("#sample").selectOption({ label: "🔥 発生: 担当はダミーユーザーだけ" });
  const hint = "PagerDuty の担当がダミーユーザーだけのアラートです。時間外は PagerDuty が誰にも連絡しないので、代わりの宛先 (SRE) にメンションします。";
  assert.equal(await page.locator("#sample-hint").textContent(), hint);
  await until(slack(), 2, () => page.locator("#sample-form button").click());
  assert.deepEqual((await posts(slack()))[1].slice(2), ["@sre", "🔔 代わりの宛先にメンション: 業務時間外で、PagerDuty の担当がダミーユーザーだけです"]);
  await slack().locator(".text p", { hasText: "⚠️ 時間外ですが、PagerDuty の担当がダミーユーザーのままです。誰にも連絡が行っていません。" }).waitFor();
});

test("an English demo has English names from the start", async () => {
  const english = await serve({ MESSAGE_LANGUAGE: "en", TOBAN_NOW: "2026-11-24T11:00:00+09:00" });
  const other = await open(browser, english.address);
  assert.equal(await other.page.locator("#answer").textContent(), "🔔 @Grace Taylor@Henry Clark");
  assert.deepEqual(await other.page.locator("#who option").allTextContents(), ["Alice Smith", "Bob Jones", "Carol Davis", "Dan Miller", "Erin Wilson", "Frank Moore", "Grace Taylor", "Henry Clark", "a colleague who is not in the members tab", "a guest"]);
  await until(other.page.locator("#chat-primary"), 1, () => other.page.locator("#sample-form button").click());
  assert.equal((await posts(other.page.locator("#chat-primary")))[0][2], "@Grace Taylor @Henry Clark");
  assert.equal((await posts(other.page.locator("#chat-backup")))[0][2], "@grace @henry");
  // The same people in the other language, in what was posted before, too.
  await other.page.getByRole("button", { name: "日本語" }).click();
  await other.page.locator("#answer", { hasText: "@中村@小林" }).waitFor();
  assert.equal((await posts(other.page.locator("#chat-primary")))[0][2], "@中村 @小林");
  await other.close();
  english.stop();
  assert.deepEqual(other.faults, []);
});

test("mentions stay mentions when the rotation cannot be read, and when the page is loaded again", async () => {
  await opened.press({ do: "worth", which: "tuesday" });
  await page.locator("#answer", { hasText: "@中村" }).waitFor();
  await until(slack(), 1, () => send("v3/incident.triggered"));
  await page.locator("#sheet").selectOption("lost");
  await page.locator("#trouble", { hasText: "当番表を読めません: " }).waitFor();
  await until(slack(), 2, () => send("v3/incident.triggered"));
  const mentions = async () => [slack(), typetalk()].map(async (chat) => (await posts(chat)).map(([, , who]) => who));
  const expected = [["@中村 @小林", "@sre"], ["@nakamura @kobayashi", "@sre"]];
  assert.deepEqual(await Promise.all(await mentions()), expected);
  await page.reload();
  await slack().locator("article").nth(1).waitFor();
  await typetalk().locator("article").nth(1).waitFor();
  assert.deepEqual(await Promise.all(await mentions()), expected);
});

test("the journal is scrolled by the keyboard", async () => {
  for (let nth = 0; nth < 12; nth += 1) await opened.press({ do: "remind", which: "morning" });
  await page.locator("#journal > li").nth(11).waitFor();
  const box = page.getByRole("region", { name: "届いたものの一覧" });
  await page.locator("#mention-others").evaluate((others) => others.parentElement.querySelector("summary").focus());
  for (let presses = 0; presses < 3 && !(await box.evaluate((at) => at === document.activeElement)); presses += 1) await page.keyboard.press("Tab");
  assert.ok(await box.evaluate((at) => at === document.activeElement), "it is reached by Tab");
  const [height, shown] = await box.evaluate((at) => [at.scrollHeight, at.clientHeight]);
  assert.ok(height > shown + 40, `${height} ${shown}`);
  await page.keyboard.press("End");
  await page.waitForFunction(() => {
    const at = document.getElementById("journal-box");
    return at.scrollTop + at.clientHeight >= at.scrollHeight - 2;
  });
  assert.equal(await box.getByRole("list").first().count(), 1, "what is in it is a list yet");
});

/** Whether the controls come before the chats: on the screen, in the document, and by the keyboard. */
const controlsFirst = (page) =>
  page.evaluate(() => {
    const [controls, chats] = [document.getElementById("controls"), document.getElementById("chats")];
    const [one, other] = [controls.getBoundingClientRect(), chats.getBoundingClientRect()];
    const isAbove = one.bottom <= other.top;
    return [isAbove, Boolean(controls.compareDocumentPosition(chats) & Node.DOCUMENT_POSITION_FOLLOWING)];
  });

test("on a phone the controls come first, and what is not needed at once is folded", async () => {
  const phone = await open(browser, toban.address, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  assert.deepEqual(await controlsFirst(phone.page), [true, true]);
  assert.deepEqual(await phone.page.locator(".fold[open]").count(), 0);
  await phone.page.locator("#rotation-title").click();
  await phone.page.getByLabel("11/24(火) の担当1").waitFor();
  const chat = phone.page.locator("#chat-primary");
  await until(chat, 1, () => phone.page.locator("#sample-form button").click());
  await phone.page.getByRole("link", { name: "チャットへ ↓" }).click();
  assert.ok((await phone.page.locator("#chats").boundingBox()).y < 844 / 2, "the messages are a tap away");
  await phone.close();
  assert.deepEqual(phone.faults, []);

  // A window that is made narrow and wide again.
  assert.deepEqual(await controlsFirst(page), [false, false]);
  await page.setViewportSize({ width: 700, height: 900 });
  await page.waitForFunction(() => !document.querySelector(".fold[open]"));
  assert.deepEqual(await controlsFirst(page), [true, true]);
  await page.setViewportSize({ width: 1400, height: 920 });
  await page.waitForFunction(() => document.querySelectorAll(".fold[open]").length === 4);
  assert.deepEqual(await controlsFirst(page), [false, false]);
});

test("what goes wrong is said in the page's language, and again when that changes", async () => {
  await page.getByLabel("1つ目のチャットが停止").check();
  await until(typetalk(), 1, () => send("v3/incident.triggered"));
  await page.locator("#journal", { hasText: "Slack は失敗: チャットが応答できません: HTTP 503" }).waitFor();
  await page.getByText("自分の webhook 本文を貼り付ける").click();
  await page.locator("#paste-body").fill('{"event": ');
  await page.locator("#paste-form button").click();
  await page.locator("#paste-problem", { hasText: "本文を読めません: JSON として読めません: 1 行目 10 文字目 (途中で終わっています)" }).waitFor();
  await page.locator("#sheet").selectOption("lost");
  await page.locator("#trouble", { hasText: "⚠️ 当番表を読めません: " }).waitFor();
  await page.getByRole("button", { name: "English" }).click();
  await page.locator("#journal", { hasText: "Slack failed: the chat is not available: HTTP 503" }).waitFor();
  await page.locator("#journal .problem", { hasText: "The body cannot be read: this is not JSON: line 1, column 10 (EOF while parsing a value)" }).waitFor();
  await page.locator("#trouble", { hasText: "⚠️ The rotation cannot be read: " }).waitFor();
  for (const id of ["trouble", "said", "paste-problem", "journal", "latest"]) {
    assert.doesNotMatch(await page.locator(`#${id}`).textContent(), /[\u3040-\u30ff\u4e00-\u9fff]/, id);
  }
});

test("the evening's reminder leads to a manual and its checklist, which this machine has", async () => {
  await opened.press({ do: "clock", at: "2026-11-24T17:00" });
  await page.locator("#now-time", { hasText: "17:00" }).waitFor();
  await until(slack(), 1, () => page.getByRole("button", { name: "夕方のお知らせ" }).click());
  for (const chat of [slack(), typetalk()]) {
    assert.deepEqual(await chat.locator(".text a").evaluateAll((links) => links.map((link) => link.href)), [`${toban.address}/page/manual`, `${toban.address}/page/checklist`]);
  }
  for (const [language, title, checklist] of [["日本語", "当番マニュアル", "当番になる前に"], ["English", "On-call manual", "Before your turn"]]) {
    await page.getByRole("button", { name: language }).click();
    await page.locator(`html[lang=${language === "English" ? "en" : "ja"}]`).waitFor();
    const [manual] = await Promise.all([page.context().waitForEvent("page"), slack().locator(".text a").last().click()]);
    await manual.getByRole("heading", { name: checklist, level: 2 }).waitFor();
    await manual.locator("a").first().click();
    await manual.getByRole("heading", { name: title, level: 1 }).waitFor({ state: "attached" });
    await manual.setViewportSize({ width: 360, height: 740 });
    assert.ok(await manual.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
    await manual.close();
  }
});
