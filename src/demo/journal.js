// What came in, what it was answered, and what became of it.

import { chatName, make } from "./chat.js";
import { words } from "./words.js";

const find = (id) => document.getElementById(id);

function outcome(entry) {
  const all = words().outcome;
  if (entry.status === null) return entry.answer === "not_taken" ? all.reminder_not_taken : all[entry.answer];
  const isPress = entry.what === "POST /slack";
  if (entry.answer === "not authenticated") return isPress ? all.forged_press : all.forged;
  if (entry.status >= 500) return all.not_taken;
  if (entry.answer.startsWith("too old")) return all.too_old;
  return entry.tries.some((tried) => tried.post) ? all.posted : isPress ? all.answered : all.repeat;
}

const isRefused = (entry) => entry.status >= 400 || entry.answer === "not_taken";
const titled = (entry) => words().by[entry.what] ?? `${entry.what} → ${entry.status}`;

/** What became of the last press, beside the buttons. */
function showLatest(entry) {
  find("latest").hidden = !entry;
  if (!entry) return;
  find("latest").classList.toggle("bad", isRefused(entry));
  find("latest").textContent = `${entry.time} ${titled(entry)}: ${outcome(entry)}`;
}

/** Only what is new is drawn. */
export function showJournal({ journal, language }) {
  const entries = [...journal].reverse().slice(0, 40);
  showLatest(entries[0]);
  const one = (entry) => {
    const [tried] = entry.tries;
    const incident = tried?.incident ? ` #PD${tried.incident}` : "";
    const tries = entry.tries.map((each) =>
      make("li", { class: each.post ? "" : "bad" }, each.post ? words().took(chatName(each.chat)) : words().refused(chatName(each.chat), each.outcome)),
    );
    return make(
      "li",
      { class: isRefused(entry) ? "bad" : "", "data-nth": entry.nth },
      make("p", {}, make("time", {}, entry.time), " ", make("strong", {}, titled(entry)), incident),
      make("p", {}, outcome(entry)),
      entry.problem ? make("p", { class: "problem" }, words().outcome.unreadable + entry.problem) : null,
      tries.length ? make("ul", {}, ...tries) : null,
    );
  };
  const list = find("journal");
  const newest = entries[0]?.nth ?? 0;
  const state = `${language}:${entries.at(-1)?.nth ?? 0}`;
  if (list.dataset.state === state && list.dataset.newest) {
    // Only what is new is added, so that what is being read stays where it is.
    const known = Number(list.dataset.newest);
    list.prepend(...entries.filter((entry) => entry.nth > known).map(one));
    const last = entries.find((entry) => entry.nth === known);
    if (last) list.querySelector(`[data-nth="${known}"]`)?.replaceWith(one(last));
  } else {
    list.replaceChildren(...entries.map(one));
  }
  list.dataset.state = state;
  list.dataset.newest = String(newest);
}
