// The dialog in which some buttons ask back, as Slack shows it. Foreign text only ever becomes text nodes.

import { make, questions } from "./chat.js";

/** Whether it is meant: asks back if the button does. Escape is a no. */
export function isMeant(pressed) {
  const question = questions.get(pressed);
  if (!question) return Promise.resolve(true);
  const place = pressed.closest("[tabindex]");
  const answer = (what, text) => {
    const button = make("button", { type: "button", class: what }, text);
    button.addEventListener("click", () => dialog.close(what));
    return button;
  };
  const title = make("h2", { id: "ask-title" }, question.title.text);
  const text = make("p", { id: "ask-text" }, question.text.text);
  // The focus begins at the one that does nothing.
  const answers = make("div", { class: "row" }, answer("no", question.deny.text), answer("yes", question.confirm.text));
  const dialog = make("dialog", { class: "ask", "aria-labelledby": "ask-title", "aria-describedby": "ask-text" }, title, text, answers);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      present(pressed, place)?.focus({ preventScroll: true });
      resolve(dialog.returnValue === "yes");
    });
  });
}

/** Where the same button is now: its message may have been drawn anew, or it may be gone. */
function present(pressed, place) {
  if (pressed.isConnected) return pressed;
  const { button, incident } = pressed.dataset;
  const all = [...document.querySelectorAll("[data-button]")];
  return all.find((other) => other.dataset.button === button && other.dataset.incident === incident) ?? place;
}
