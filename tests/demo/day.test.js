// The played day: its steps are pressed, it is stopped, and it is slowed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eachOnAPageOfItsOwn, opened, page, posts } from "./browser.js";

eachOnAPageOfItsOwn();

const slack = () => page.locator("#chat-primary");
const times = async () => (await posts(slack())).map(([time]) => time);
const step = (name) => page.locator("#steps").getByRole("button", { name });
const state = (wanted) => page.locator(`body[data-day="${wanted}"]`).waitFor();
const play = (name) => page.getByRole("button", { name, exact: true });
/** Waits until a step is the one that was played last. */
const stands = (text) => page.locator("#steps [aria-current=step]", { hasText: text }).waitFor();

test("a step is pressed, and the day is played up to it or again from it", async () => {
  await page.getByLabel("速さ").selectOption("1つずつ");
  await play("▶ 当番の一日を再生").click();
  await state("held");
  await stands("10:00 ☀️ 朝のお知らせ");
  assert.deepEqual(await times(), ["10:00"]);
  assert.equal(await page.locator("#now-clock").textContent(), "再生中の時刻です");

  await step("16:35 🔥 発生: ここまで再生").click();
  await stands("16:35 🔥 発生");
  await slack().locator("article").nth(4).waitFor();
  assert.deepEqual(await times(), ["10:00", "11:02", "11:05", "11:31", "16:35"]);
  assert.deepEqual([await page.locator("#steps .done").count(), await page.locator("#steps .next").textContent()], [5, "16:50 ⏰ 当番の終了前"]);

  await step("11:02 🔥 発生: ここからやり直す").click();
  await stands("11:02 🔥 発生");
  await slack().locator("article").nth(2).waitFor({ state: "detached" });
  assert.deepEqual(await times(), ["10:00", "11:02"]);
  assert.equal((await posts(slack()))[1][1], "🔥 発生 #PD4812 HTTP 5xx が 5% を超えています");
  assert.equal(await page.locator("#now-time").textContent(), "11:02");

  // What is sent meanwhile is another incident, and the day goes on.
  await page.locator("#sample-form button").click();
  await slack().locator("article", { hasText: "#PD4815" }).waitFor();
  await play("⏭ 次の出来事へ").click();
  await stands("11:05 👀 対応");
  await page.getByLabel("速さ").selectOption("1×");
  await play("▶ 続きを再生").click();
  await state("over");
  assert.equal((await times()).length, 12);
  assert.equal(await page.locator("#steps [aria-current=step]").textContent(), "10:00 ☀️ 朝のお知らせ");
  await play("▶ もう一度再生").waitFor();

  // A day that is over is gone back into.
  await step("17:05 📣 エスカレーション: ここからやり直す").click();
  await state("held");
  await stands("17:05");
  assert.equal(await page.locator("#now-time").textContent(), "17:05");
});

test("the day is stopped, slowed and gone on with", async () => {
  // Nothing is waited for here: the steps are as far apart as the page asks for.
  const asked = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/page/act")) asked.push(JSON.parse(request.postData()));
  });
  assert.deepEqual(await page.locator("#speed option").allTextContents(), ["1×", "½×", "1つずつ"]);
  await play("▶ 当番の一日を再生").click();
  await state("playing");
  await play("⏸ 一時停止").click();
  await state("held");
  const [done] = [await page.locator("#steps .done").count()];
  await page.getByLabel("速さ").selectOption("½×");
  await play("▶ 続きを再生").click();
  await state("playing");
  await page.getByLabel("速さ").selectOption("1×");
  await page.getByLabel("速さ").selectOption("1つずつ");
  await state("held");
  assert.ok((await page.locator("#steps .done").count()) > done);
  assert.deepEqual(asked, [
    { do: "play", pause: 600 },
    { do: "pace", pause: null },
    { do: "pace", pause: 1200 },
    { do: "pace", pause: 600 },
    { do: "pace", pause: null },
  ]);
});

test("the steps are reached and pressed by the keyboard, which stays where it is", async () => {
  await opened.press({ do: "play", pause: null });
  await state("held");
  await page.locator("#play").focus();
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "10:00 ☀️ 朝のお知らせ: ここからやり直す");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "11:05 👀 対応開始: ここまで再生");
  await page.keyboard.press("Enter");
  await stands("11:05");
  assert.equal(await focused(), "11:05 👀 対応開始: ここからやり直す");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Space");
  await stands("11:02");
  assert.equal(await focused(), "11:02 🔥 発生: ここからやり直す");
  assert.equal(await page.locator("#steps").getAttribute("aria-label"), "一日の出来事");
  await page.getByRole("button", { name: "English" }).click();
  await step("11:31 ✅ Resolved: play up to here").waitFor();
  assert.equal(await page.locator("#steps").getAttribute("aria-label"), "The steps of the day");
});
