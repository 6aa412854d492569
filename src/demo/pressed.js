// What people press and type in the first chat, and what they alone are answered. Foreign text only ever becomes text nodes.

import { blocks, make } from "./chat.js";
import { words } from "./words.js";

/** Whom the user has chosen to press as; it stays when the language changes. */
let chosen = null;

const kindOf = ({ kind, name }) => (kind === "listed" ? name : words().people[kind]);

/** Below the first chat: as whom it is pressed, what only they see, and the command. */
export class Pressed {
  constructor(act) {
    this.act = act;
    this.shown = "";
    this.dismissed = new Set();
    this.people = make("select", { id: "who" });
    this.people.addEventListener("change", () => {
      chosen = this.people.value;
      this.draw();
    });
    this.answers = make("div", { class: "answers", role: "log", tabindex: "0", "aria-label": words().only_you });
    this.text = make("input", { id: "command", "aria-label": words().command, placeholder: words().commands[0], maxlength: "300", autocomplete: "off", spellcheck: "false" });
    const form = make("form", {}, make("span", { class: "slash" }, "/toban"), this.text, make("button", { type: "submit" }, words().send_button));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.command(this.text.value);
      this.text.value = "";
    });
    this.shortcuts = make("div", { class: "row shortcuts", role: "group", "aria-label": words().command });
    const who = make("label", { class: "who" }, make("span", { class: "small" }, words().press_as), this.people);
    this.element = make("div", { class: "pressed" }, this.answers, make("div", { class: "row" }, who, form), this.shortcuts);
  }

  /** Whoever presses something stays chosen. */
  who() {
    chosen = this.people.value;
    return chosen;
  }

  command(text) {
    this.act({ do: "command", who: this.who(), text });
  }

  show(view, names) {
    this.view = view;
    this.names = names;
    this.element.hidden = view.live;
    const people = view.people.map((one) => make("option", { value: one.id }, kindOf(one)));
    const state = JSON.stringify(view.people);
    // While the sheet cannot be read, people are who they were.
    const isKept = view.rotation.problem && this.people.dataset.state;
    if (this.people.dataset.state !== state && !isKept) {
      this.people.replaceChildren(...people);
      this.people.dataset.state = state;
    }
    // Until somebody is chosen it is who is on call today.
    const onCall = view.people.find((one) => one.name && view.days[0].names.includes(one.name));
    const wanted = view.people.find((one) => one.id === chosen) ?? onCall ?? view.people[0];
    if (wanted && !isKept) this.people.value = wanted.id;
    this.showShortcuts();
    this.draw();
  }

  /** The words that the command knows; the incident of the question why is the newest one. */
  showShortcuts() {
    const titles = this.view.chats[0].posts.map((post) => /#PD\d+/.exec(post.request.text ?? "")?.[0]);
    const tag = titles.findLast((found) => found) ?? "";
    const texts = words().commands.map((word, nth) => (nth === words().why && tag ? `${word} ${tag}` : word));
    const state = texts.join();
    if (this.shortcuts.dataset.state === state) return;
    this.shortcuts.dataset.state = state;
    const one = (text) => {
      const button = make("button", { type: "button" }, text);
      button.addEventListener("click", () => this.command(text));
      return button;
    };
    this.shortcuts.replaceChildren(...texts.map(one));
  }

  draw() {
    const mine = this.view.answers.filter((asked) => asked.who === this.people.value && asked.answers.length && !this.dismissed.has(asked.nth));
    const state = JSON.stringify([mine, Object.keys(this.names).length]);
    if (state === this.shown) return;
    this.shown = state;
    // What is seen of the messages above stays in sight.
    const log = this.element.previousElementSibling;
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 8;
    this.answers.hidden = !mine.length;
    const one = ({ nth, time, what, answers }) =>
      answers.map((request) =>
        make(
          "div",
          { class: "private" },
          make("p", { class: "small" }, `${words().only_you} · ${time} · ${what} `, this.dismiss(nth)),
          make("div", { class: "text" }, ...blocks(request, this.names, true)),
        ),
      );
    this.answers.replaceChildren(...mine.flatMap(one));
    // The newest from its beginning on.
    const newest = this.answers.lastElementChild;
    if (newest) this.answers.scrollTop = newest.offsetTop - this.answers.offsetTop;
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }

  dismiss(nth) {
    const button = make("button", { type: "button", class: "dismiss" }, words().dismiss);
    button.addEventListener("click", () => {
      this.dismissed.add(nth);
      this.draw();
      this.text.focus();
    });
    return button;
  }
}
