// The on-call day that is played: its steps, how fast they follow each other, and where it stops.

import { make } from "./chat.js";
import { words } from "./words.js";

const find = (id) => document.getElementById(id);

/** `none` before the first day, `playing`, `held` where it has stopped, or `over`. */
export function stateOf({ day }) {
  if (day === null) return "none";
  if (day.done >= day.steps.length) return "over";
  return day.is_held ? "held" : "playing";
}

export class Day {
  constructor(act) {
    this.act = act;
    this.view = null;
    find("play").addEventListener("click", () => this.press());
    find("speed").addEventListener("change", () => {
      if (stateOf(this.view) === "playing") act({ do: "pace", pause: this.pause() });
      else this.show(this.view);
    });
    find("steps").addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]")?.dataset.step;
      if (step) act({ do: "play_to", step: Number(step) });
    });
  }

  /** Between two steps, in milliseconds; null if each waits for the button. */
  pause() {
    return find("speed").value === "" ? null : Number(find("speed").value);
  }

  press() {
    const pause = this.pause();
    const state = stateOf(this.view);
    if (state === "playing") this.act({ do: "pace", pause: null });
    else if (state !== "held") this.act({ do: "play", pause });
    else if (pause === null) this.act({ do: "play_to", step: this.view.day.done });
    else this.act({ do: "pace", pause });
  }

  show(view) {
    this.view = view;
    const state = stateOf(view);
    const held = this.pause() === null ? words().next_step : words().go_on;
    find("play").textContent = { none: words().play, playing: words().hold, held, over: words().play_again }[state];
    find("play").disabled = view.live;
    find("play-hint").hidden = state !== "none";
    this.showSteps(view.day ?? { done: 0, steps: [] });
    document.body.dataset.day = state;
  }

  /** The buttons stay the same ones while the day goes on, so that the keyboard stays on them. */
  showSteps({ done, steps }) {
    const list = find("steps");
    if (list.children.length !== steps.length) {
      list.replaceChildren(...steps.map((_, nth) => make("li", {}, make("button", { type: "button", "data-step": nth }))));
    }
    steps.forEach(({ time, icon, word, reminder }, nth) => {
      const item = list.children[nth];
      const [button] = item.children;
      const shown = `${time} ${icon} ${reminder ? words()[reminder] : word}`;
      const hint = nth < done ? words().play_from_here : words().play_to_here;
      item.className = nth < done ? "done" : nth === done ? "next" : "";
      button.textContent = shown;
      button.title = hint;
      button.setAttribute("aria-label", `${shown}: ${hint}`);
      if (nth === done - 1) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
  }
}
