// Shows what is read from a pasted rotation. Its names and findings only ever become text nodes.

import { make } from "./chat.js";
import { words } from "./words.js";

const find = (id) => document.getElementById(id);

/** Draws it only when it has changed, so that the days stay where they were scrolled. */
export function showPasted({ pasted, language }) {
  find("pasted").hidden = !pasted;
  const state = language + JSON.stringify(pasted);
  if (!pasted || find("pasted").dataset.state === state) return;
  find("pasted").dataset.state = state;
  find("pasted-summary").textContent = words().pasted(pasted);
  find("pasted-names").hidden = pasted.has_members;
  const findings = pasted.findings.map(finding);
  if (pasted.more_findings) findings.push(make("li", {}, words().pasted_more_findings(pasted.more_findings)));
  find("pasted-findings").replaceChildren(...findings);
  const rows = pasted.days.map(row);
  if (pasted.more_days) rows.push(make("tr", {}, make("td", { colspan: "2" }, words().pasted_more_days(pasted.more_days))));
  find("pasted-days").tBodies[0].replaceChildren(...rows);
  find("pasted-box").hidden = !rows.length;
}

function finding({ is_fault: isFault, text }) {
  return make("li", { class: isFault ? "bad" : "" }, `${isFault ? "✗" : "!"} ${text}`);
}

function row(day) {
  const isOnCall = day.people.length > 0;
  const said = isOnCall ? day.people.join(words().and) : day.is_nobodys ? words().pasted_nobody : words().pasted_unsure;
  return make(
    "tr",
    { class: [day.kind, day.is_today ? "today" : ""].join(" "), "data-date": day.date, "aria-current": day.is_today ? "date" : null },
    make("th", { scope: "row" }, day.day, day.holiday ? make("span", { class: "small" }, ` ${day.holiday}`) : null),
    make("td", {}, make("span", { class: isOnCall ? "people" : "" }, said), ...day.why.map((text) => make("p", { class: "small" }, text))),
  );
}
