// Starts toban as a process, and opens its page in a browser.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, afterEach, before, beforeEach } from "node:test";
import { chromium } from "playwright-core";

/** Starts `toban demo` with its clock stopped on a Tuesday morning. */
export async function serve(variables = {}) {
  const env = { TOBAN_NOW: "2026-11-24T09:50:00+09:00", ...variables };
  const child = spawn(process.env.TOBAN, ["demo", "--port", "0"], { env, stdio: ["ignore", "ignore", "pipe"] });
  const said = [];
  const port = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      const listens = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (listens) resolve(Number(listens[1]));
    });
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`toban has ended:\n${said.join("\n")}`)));
  });
  child.removeAllListeners("exit");
  return { address: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

export function browse() {
  // Root needs --no-sandbox; the browser only loads our own page.
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-lcd-text", "--force-color-profile=srgb"] });
}

/** A loaded page that receives events. Errors in its console and requests to other hosts are faults, which fail the test. */
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 920 }, locale: "ja-JP", reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${address}/`) && !url.startsWith("data:")) faults.push(`it went to ${url}`);
  });
  await page.goto(`${address}/`);
  await page.locator("body[data-ready]").waitFor();
  /** Sends a control's action without using the control. */
  const press = (act) =>
    page.evaluate(async (body) => {
      const token = document.querySelector('meta[name="toban-token"]').content;
      const answer = await fetch("/page/act", { method: "POST", headers: { "x-toban-page": token }, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
    }, act);
  return { page, press, faults, close: () => context.close() };
}

/** The posts of a chat: time, headline, who was mentioned, why. */
export function posts(chat) {
  return chat.locator("article").evaluateAll((all) =>
    all.map((post) => {
      const lines = [...post.querySelectorAll(".text p")].map((line) => line.textContent);
      const mentions = [...post.querySelectorAll(".mention")].map((mention) => mention.textContent);
      const headline = mentions.length ? lines[1] : lines[0];
      return [post.querySelector("time").textContent, headline, mentions.join(" "), post.querySelector(".why p").textContent];
    }),
  );
}

/** Does something and waits until a chat has that many posts. */
export async function until(chat, count, what) {
  await what();
  await chat.locator("article").nth(count - 1).waitFor();
  assert.equal(await chat.locator("article").count(), count);
}

// What a test has: a page of its own in one browser.
export let browser;
export let opened;
export let page;
export let toban;

/** Gives each test of a file a process and a page, on which nothing may have gone wrong at its end. */
export function eachOnAPageOfItsOwn() {
  before(async () => {
    browser = await browse();
  });
  after(() => browser.close());
  beforeEach(async () => {
    toban = await serve();
    opened = await open(browser, toban.address);
    page = opened.page;
  });
  afterEach(async () => {
    await opened.close();
    toban.stop();
    assert.deepEqual(opened.faults, []);
  });
}
