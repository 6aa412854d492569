// Shows what toban says it is like, and presses its controls.

import { isMeant } from "./asking.js";
import { Panel, link, make } from "./chat.js";
import { Day, stateOf } from "./day.js";
import { showJournal } from "./journal.js";
import "./layout.js";
import { showPasted } from "./pasted.js";
import { Pressed } from "./pressed.js";
import { speak, words } from "./words.js";

const token = document.querySelector('meta[name="toban-token"]').content;
const find = (id) => document.getElementById(id);
const panels = new Map();
/** Below the first chat. */
let pressed = null;
/** What was just chosen, by control: news that were on their way before do not take it back. */
const chosen = new Map();
const PATIENCE = 2000;
/** Limit for a request, in characters: toban takes 2 MiB. */
const LONGEST = 600_000;
let view = null;
const day = new Day(act);

async function act(press) {
  say("");
  const sends = ["sample", "paste", "remind"].includes(press.do);
  if (view?.live && sends && !window.confirm(words().confirm)) return null;
  const body = JSON.stringify(press);
  if (body.length > LONGEST) {
    say(words().too_long);
    return { problem: words().too_long };
  }
  try {
    const response = await fetch("/page/act", {
      method: "POST",
      headers: { "content-type": "application/json", "x-toban-page": token },
      body,
    });
    if (response.status === 403) {
      trouble(words().stale);
      return null;
    }
    const answer = await response.json();
    if (answer.problem) {
      say(answer.problem);
      chosen.clear();
      show(view);
    }
    return answer;
  } catch {
    trouble(words().connection_lost);
    return null;
  }
}

function say(text) {
  find("said").textContent = text;
  find("said").hidden = !text;
}

function trouble(text) {
  find("trouble").textContent = text;
  find("trouble").hidden = !text;
}

// ---- What is shown

function show(next) {
  const isOther = view?.language !== next.language;
  const isEmptied = view?.cleared !== next.cleared;
  view = next;
  if (isOther) {
    speak(view.language);
    // What was said in the other language.
    for (const id of ["said", "paste-problem", "rota-problem"]) find(id).textContent = "";
    say("");
  }
  if (isOther || isEmptied) {
    panels.clear();
    pressed = null;
    find("chats").replaceChildren();
  }
  document.body.classList.toggle("live", view.live);
  find("reach").textContent = view.live ? words().live : words().local;
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === view.language));
  }
  showNow();
  day.show(view);
  showControls();
  showRotation();
  showPasted(view);
  showKinds();
  showJournal(view);
  showCurl();
  const reasons = new Map();
  for (const tried of view.journal.flatMap((entry) => entry.tries)) {
    if (tried.post) reasons.set(`${tried.place}:${tried.post}`, tried);
  }
  for (const chat of view.chats) {
    if (!panels.has(chat.place)) {
      panels.set(chat.place, new Panel(chat.place));
      find("chats").append(panels.get(chat.place).element);
    }
    panels.get(chat.place).show(chat, { names: view.names, reasons, mode: view.mode, canPress: !view.live });
  }
  showPressed();
  const { age_minutes: age, problem } = view.rotation;
  trouble(problem ? words().rotation_unreadable + problem : view.faults.sheet === "down" ? words().copy_in_use(age) : "");
  document.body.dataset.ready = "yes";
}

function showPressed() {
  if (!pressed) {
    pressed = new Pressed(act);
    panels.get("primary").element.append(pressed.element);
  }
  pressed.show(view, view.names);
}

/** The line of the README, for this port; only while everybody may know the secret. */
function showCurl() {
  find("by-hand").hidden = !view.open_secret;
  find("curl").textContent = [
    "body=$(sed -e \"s/2026-11-24T02:02:00Z/$(date -u +%FT%TZ)/\" -e \"s/01G42K1PH949F0AX2RA6TCIX64/$(date +%s%N)/\" tests/data/pagerduty/v3/incident.triggered.json)",
    `curl -sS ${location.origin}/pagerduty --data-binary "$body" \\`,
    `  -H "X-PagerDuty-Signature: v1=$(printf %s "$body" | openssl dgst -sha256 -hmac ${view.open_secret} | sed 's/.* //')"`,
  ].join("\n");
}

function showNow() {
  const { clock, decision } = view;
  find("now-day").textContent = clock.day;
  find("now-time").textContent = clock.time;
  const kind = clock.kind === "working" ? (clock.is_working ? words().working : words().outside) : (clock.holiday ?? words().weekend);
  find("now-kind").textContent = clock.kind === "working" ? `${kind} (${clock.hours})` : kind;
  find("now-kind").classList.toggle("good", clock.is_working);
  find("now-clock").textContent = ["playing", "held"].includes(stateOf(view)) ? words().clock_plays : clock.stands ? words().clock_stands : words().clock_real;
  const answer = find("answer");
  answer.className = decision.mention;
  if (decision.people.length) {
    answer.replaceChildren("🔔 ", ...decision.people.map((name) => make("span", { class: "mention" }, `@${name}`)));
  } else {
    answer.textContent = decision.mention === "nobody" ? `🔕 ${words().nobody}` : `🔔 ${words().fallback}`;
  }
  find("answer-why").textContent = decision.why;
  if (document.activeElement !== find("clock-field")) find("clock-field").value = clock.field;
}

function choose(control) {
  const value = control.type === "checkbox" ? control.checked : control.value;
  chosen.set(control, { value, until: Date.now() + PATIENCE });
}

/** Shows what is so, unless something else was chosen a moment ago. */
function settle(control, value) {
  const choice = chosen.get(control);
  if (choice && choice.value !== value && Date.now() < choice.until) return;
  chosen.delete(control);
  if (control.type === "checkbox") control.checked = value;
  else control.value = value;
}

function showControls() {
  const { faults, clock } = view;
  settle(find("primary-down"), faults.primary_down);
  settle(find("twice"), faults.twice);
  settle(find("forged"), faults.forged);
  settle(find("late"), faults.late);
  settle(find("sheet"), faults.sheet);
  settle(find("backup"), view.mode ?? "mirror");
  find("clock-now").setAttribute("aria-pressed", String(!clock.stands));
  find("remind-morning").textContent = `${words().remind_morning} (${clock.opens})`;
  find("remind-evening").textContent = `${words().remind_evening} (${clock.closes})`;
  for (const section of document.querySelectorAll(".rehearsal")) section.hidden = view.live;
  const select = find("sample");
  const state = view.language + view.samples.length;
  if (select.dataset.state !== state) {
    const chosen = select.value;
    const titled = ({ name, icon, word, is_the_dummys: isDummys }) => (isDummys ? `${icon} ${word}: ${words().dummys}` : `${icon} ${word} (${name})`);
    const options = view.samples.map((sample) => make("option", { value: sample.name }, titled(sample)));
    select.replaceChildren(...options);
    if (chosen) select.value = chosen;
    select.dataset.state = state;
  }
  showSample();
}

/** The dummy's alert is the one that mentions somebody at night, so it says why. */
function showSample() {
  const sample = view.samples.find(({ name }) => name === find("sample").value);
  find("sample-hint").hidden = !sample?.is_the_dummys;
  find("sample-hint").textContent = words().dummys_hint;
}

function showRotation() {
  const rows = find("rotation").tBodies[0];
  const focused = rows.contains(document.activeElement) ? document.activeElement : null;
  // A cell in which somebody writes is left alone until they are done.
  if (focused && focused.value !== focused.defaultValue) return;
  const [date, column] = [focused?.dataset.date, focused?.dataset.column];
  rows.replaceChildren(...view.days.flatMap((day, nth) => rotationRows(day, nth)));
  if (date) rows.querySelector(`input[data-date="${date}"][data-column="${column}"]`)?.focus();
}

function rotationRows(day, nth) {
  const classes = [day.kind, nth === 0 ? "today" : ""].join(" ");
  const label = [day.day, day.holiday ? make("span", { class: "small" }, ` ${day.holiday}`) : null].filter(Boolean);
  const cells = day.names.map((name, column) => {
    const input = make("input", {
      value: name,
      "data-date": day.date,
      "data-column": column,
      "aria-label": words().cell(day.day, column + 1),
      class: day.changed.includes(column) ? "changed" : "",
      readonly: view.live,
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "100",
    });
    return make("td", {}, input);
  });
  const row = make("tr", { class: classes, "aria-current": nth === 0 ? "date" : null }, make("th", { scope: "row" }, ...label), ...cells);
  if (!day.findings.length) return [row];
  const cell = make("td", { colspan: String(day.names.length + 1) }, ...day.findings.map(({ text, link: cell }) => make("p", {}, `⚠️ ${text}`, ...(cell ? [" ", link(cell, "↗")] : []))));
  return [row, make("tr", { class: "finding" }, cell)];
}

function showKinds() {
  for (const [id, isUsual] of [["mention-usual", true], ["mention-others", false]]) {
    const box = find(id);
    const kinds = view.mention_on.filter((kind) => kind.is_usual === isUsual);
    const state = view.language + kinds.length;
    if (box.dataset.state !== state) {
      const one = ({ name, icon, word }) =>
        make("label", { class: "check" }, make("input", { type: "checkbox", value: name, "data-kind": name }), `${icon} ${word}`);
      box.replaceChildren(...kinds.map(one));
      box.dataset.state = state;
    }
    for (const kind of kinds) settle(box.querySelector(`[data-kind="${kind.name}"]`), kind.on);
  }
}

// ---- What is pressed

const press = (id, event, what) => find(id).addEventListener(event, what);

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    act({ do: "language", language: button.dataset.language });
  });
}
for (const button of document.querySelectorAll("[data-worth]")) {
  button.addEventListener("click", () => act({ do: "worth", which: button.dataset.worth }));
}
for (const button of document.querySelectorAll("[data-forward]")) {
  button.addEventListener("click", () => act({ do: "forward", minutes: Number(button.dataset.forward) }));
}
for (const button of document.querySelectorAll("[data-remind]")) {
  button.addEventListener("click", () => act({ do: "remind", which: button.dataset.remind }));
}
press("chats", "click", async (event) => {
  const button = event.target.closest("[data-button]");
  if (!button) return;
  const press = { do: "press", who: pressed.who(), button: button.dataset.button, incident: button.dataset.incident };
  if (await isMeant(button)) act(press);
});
press("clock-now", "click", () => act({ do: "now" }));
press("clock-form", "submit", (event) => {
  event.preventDefault();
  act({ do: "clock", at: find("clock-field").value });
});
press("sample", "change", showSample);
press("sample-form", "submit", (event) => {
  event.preventDefault();
  act({ do: "sample", name: find("sample").value });
});
press("paste-form", "submit", async (event) => {
  event.preventDefault();
  find("paste-problem").textContent = "";
  const answer = await act({ do: "paste", body: find("paste-body").value });
  if (!answer || answer.problem) return;
  find("paste-problem").textContent = answer.unreadable ? words().outcome.unreadable + answer.unreadable : "";
});
press("rota-form", "submit", async (event) => {
  event.preventDefault();
  const [rotation, members] = [find("rota-sheet").value, find("rota-members").value];
  const answer = await act({ do: "paste_rotation", rotation, members });
  // It is shown where it was pasted.
  if (answer) say("");
  find("rota-problem").textContent = answer?.problem ?? "";
});
press("rota-back", "click", () => act({ do: "take_back_rotation" }));
for (const id of ["primary-down", "twice", "forged", "late", "sheet", "backup", "mention-usual", "mention-others"]) {
  press(id, "change", (event) => choose(event.target));
}
press("primary-down", "change", (event) => act({ do: "primary_down", on: event.target.checked }));
press("twice", "change", (event) => act({ do: "twice", on: event.target.checked }));
press("forged", "change", (event) => act({ do: "forged", on: event.target.checked }));
press("late", "change", (event) => act({ do: "late", on: event.target.checked }));
press("sheet", "change", (event) => act({ do: "sheet", access: event.target.value }));
press("backup", "change", (event) => act({ do: "backup", mode: event.target.value }));
press("restore", "click", () => act({ do: "restore" }));
press("clear", "click", () => act({ do: "clear" }));
press("rotation", "change", (event) => {
  const { date, column } = event.target.dataset;
  if (!date) return;
  event.target.defaultValue = event.target.value;
  act({ do: "cell", date, column: Number(column), name: event.target.value });
});
for (const id of ["mention-usual", "mention-others"]) {
  press(id, "change", () => {
    const on = document.querySelectorAll("#mention-usual :checked, #mention-others :checked");
    act({ do: "mention_on", kinds: [...on].map((box) => box.value) });
  });
}

// ---- News

/** Server-sent events by fetch, because an EventSource cannot send the token. */
async function listen() {
  for (;;) {
    try {
      const response = await fetch("/page/news", { headers: { "x-toban-page": token }, cache: "no-store" });
      if (response.status === 403) {
        trouble(words().stale);
        return;
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
        const events = text.split("\n\n");
        text = events.pop();
        const last = events.at(-1);
        if (last?.startsWith("data: ")) show(JSON.parse(last.slice(6)));
      }
    } catch {
      // It has stopped, or stops at this moment.
    }
    trouble(words().connection_lost);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

speak("ja");
listen();
