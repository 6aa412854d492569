// Draws what Slack and Typetalk were sent, as they would. Foreign text only ever becomes text nodes.

import { words } from "./words.js";

const CHATS = { slack: "Slack", slack_webhook: "Slack", typetalk: "Typetalk" };
export const chatName = (name) => CHATS[name] ?? name;

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function link(address, shown = address) {
  if (!/^https?:\/\//.test(address)) return document.createTextNode(shown);
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, shown);
}

const mention = (name) => make("span", { class: "mention" }, `@${name}`);
const EMOJI = { fire: "🔥", eyes: "👀", white_check_mark: "✅", bell: "🔔", warning: "⚠️", memo: "📝", mega: "📣" };

// https://docs.slack.dev/messaging/formatting-message-text
const SLACK = new RegExp(
  [
    "<(?<angle>[^<>\\n]+)>",
    "```(?<block>[\\s\\S]+?)```",
    "`(?<code>[^`\\n]+)`",
    "(?<=^|[\\s(])\\*(?<bold>[^*\\s](?:[^*\\n]*[^*\\s])?)\\*(?=$|[\\s).,:])",
    "(?<=^|[\\s(])_(?<italic>[^_\\s](?:[^_\\n]*[^_\\s])?)_(?=$|[\\s).,:])",
    ":(?<emoji>[a-z0-9_+-]+):",
    "(?<url>https?://[^\\s<>]+)",
    "(?<tag>#PD\\d+)",
  ].join("|"),
  "g",
);

function slackAngle(inside, names) {
  const [target, label] = inside.split("|");
  if (target.startsWith("@")) return mention(names[target.slice(1)] ?? target.slice(1));
  if (target.startsWith("!subteam^")) return mention(names[target.slice(9)] ?? label ?? target.slice(9));
  if (target.startsWith("!")) return mention(target.slice(1));
  return link(unescaped(target), unescaped(label ?? target));
}

function slackPart(groups, whole, names) {
  const { angle, block, code, bold, italic, emoji, url, tag } = groups;
  if (angle) return slackAngle(angle, names);
  if (block) return make("code", { class: "block" }, unescaped(block));
  if (code) return make("code", {}, unescaped(code));
  if (bold) return make("strong", {}, unescaped(bold));
  if (italic) return make("em", {}, unescaped(italic));
  if (emoji) return document.createTextNode(EMOJI[emoji] ?? whole);
  if (url) return link(unescaped(url));
  return make("span", { class: "tag" }, tag);
}

const TYPETALK = /```(?<block>[\s\S]+?)```|`(?<code>[^`\n]+)`|(?<url>https?:\/\/\S+)|(?<=^|\s)@(?<name>[\w.+-]+)|(?<tag>#PD\d+)/g;

function typetalkPart(groups, whole, names) {
  const { block, code, url, name, tag } = groups;
  if (block) return make("code", { class: "block" }, block);
  if (code) return make("code", {}, code);
  if (url) return link(url);
  if (tag) return make("span", { class: "tag" }, tag);
  const isKnown = name === "all" || Object.values(names).includes(name) || name in names;
  // Of a pasted rotation without a members tab only the names are known; these ids are made up.
  if (name.startsWith("pasted-") && name in names) return mention(names[name]);
  return isKnown ? mention(name) : document.createTextNode(whole);
}

function inline(text, pattern, part, plain, names) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) parts.push(document.createTextNode(plain(text.slice(from, match.index))));
    parts.push(part(match.groups, match[0], names));
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push(document.createTextNode(plain(text.slice(from))));
  return parts;
}

/** The lines of a message; lines that begin with > are a quote. */
function lines(text, isSlack, names) {
  const [pattern, part, plain] = isSlack ? [SLACK, slackPart, unescaped] : [TYPETALK, typetalkPart, (same) => same];
  const drawn = [];
  for (const line of text.split("\n")) {
    const quoted = /^(?:>|&gt;) ?/.exec(line);
    const parts = inline(quoted ? line.slice(quoted[0].length) : line, pattern, part, plain, names);
    drawn.push(make(quoted ? "blockquote" : "p", {}, ...parts));
  }
  return drawn;
}

/** What a button asks back, by its element. */
export const questions = new WeakMap();

/** A message of Slack's, with what can be pressed below it. */
export function blocks(request, names, canPress) {
  if (!request.blocks) return lines(request.text ?? "", true, names);
  return request.blocks.flatMap((block) => {
    if (block.type === "section") return lines(block.text.text, true, names);
    if (block.type === "actions") return [make("div", { class: "actions" }, ...block.elements.map((one) => button(one, canPress)))];
    return [make("div", { class: "context" }, ...block.elements.flatMap((part) => lines(part.text, true, names)))];
  });
}

function button({ text, action_id: id, value, style, confirm }, canPress) {
  const attributes = { type: "button", class: style ?? "", "data-button": id, "data-incident": value, disabled: canPress ? false : "" };
  const element = make("button", { ...attributes, "aria-haspopup": confirm ? "dialog" : null }, text.text);
  if (confirm) questions.set(element, confirm);
  return element;
}

function body(post, isSlack, context) {
  const { request } = post;
  return isSlack ? blocks(request, context.names, context.canPress) : lines(request.message ?? "", false, context.names);
}

/** Why somebody was mentioned in it, or nobody. */
function reason(post, tried) {
  const [said, ...rest] = (tried?.why || words().no_reason).split(" · ");
  const head = said.charAt(0).toUpperCase() + said.slice(1);
  return make(
    "div",
    { class: post.pings ? "why pings" : "why" },
    make("p", {}, `${post.pings ? "🔔" : "🔕"} ${head}`),
    rest.length ? make("p", { class: "small" }, rest.join(" · ")) : null,
  );
}

function drawn(post, chat, context) {
  const isSlack = chat.name !== "typetalk";
  const replied = !isSlack && post.thread ? chat.posts.find((other) => other.id === post.thread) : null;
  const first = replied?.request.message.split("\n").find((line) => line.includes("#PD"));
  const note = post.is_broadcast ? words().broadcast : isSlack && post.thread ? words().reply : null;
  return make(
    "article",
    { class: "post" },
    make("span", { class: "face", "aria-hidden": "true" }, "当"),
    make(
      "div",
      { class: "content" },
      make(
        "p",
        { class: "head" },
        make("strong", {}, "toban"),
        make("time", {}, post.time),
        make("span", { class: "channel" }, post.channel),
        note ? make("span", { class: "small" }, note) : null,
        post.edits ? make("span", { class: "small" }, words().edited) : null,
      ),
      first ? make("p", { class: "replied" }, `↩ ${first}`) : null,
      make("div", { class: "text" }, ...body(post, isSlack, context)),
      reason(post, context.reasons.get(`${chat.place}:${post.nth}`)),
      make(
        "details",
        { class: "request" },
        make("summary", {}, words().request),
        make("pre", { tabindex: "0" }, JSON.stringify(post.request, null, 2)),
      ),
    ),
  );
}

function empty(chat, mode) {
  if (chat.place === "backup") {
    return make("div", { class: "empty" }, mode === "failover" ? words().empty_failover : words().empty_backup);
  }
  const steps = words().empty.map((step) => make("li", {}, step));
  return make("div", { class: "empty" }, make("h3", {}, words().empty_title), make("ol", {}, ...steps));
}

/** One chat: its posts by their number, drawn once and again only when they have changed. */
export class Panel {
  constructor(place) {
    this.posts = new Map();
    this.title = make("h2", { id: `chat-${place}-title` });
    this.log = make("div", { class: "log", role: "log", tabindex: "0", "aria-labelledby": `chat-${place}-title` });
    this.element = make("section", { class: "chat", id: `chat-${place}` }, this.title, this.log);
  }

  show(chat, context) {
    this.element.dataset.chat = chat.name;
    this.element.classList.toggle("down", chat.is_down);
    const order = chat.place === "primary" ? words().primary : words().second_chat;
    const state = chat.is_down ? make("span", { class: "chip bad" }, words().is_down) : null;
    this.title.replaceChildren(...[chatName(chat.name), make("span", { class: "small" }, order), state].filter(Boolean));
    if (!chat.posts.length) {
      this.posts.clear();
      this.log.replaceChildren(empty(chat, context.mode));
      return;
    }
    this.log.querySelector(":scope > .empty")?.remove();
    const known = new Set(chat.posts.map((post) => post.nth));
    for (const [nth, { element }] of this.posts) {
      if (!known.has(nth)) {
        element.remove();
        this.posts.delete(nth);
      }
    }
    let newest = null;
    for (const post of chat.posts) {
      newest = this.place(post, chat, context) ?? newest;
    }
    if (newest) this.scrollTo(newest);
  }

  /** Draws a post where it belongs; the element if it is a new one. */
  place(post, chat, context) {
    const tried = context.reasons.get(`${chat.place}:${post.nth}`);
    const state = JSON.stringify([post, tried?.why, document.documentElement.lang, Object.keys(context.names).length]);
    const known = this.posts.get(post.nth);
    if (known?.state === state) return null;
    const article = drawn(post, chat, context);
    if (known) {
      const open = known.element.querySelector(":scope > article details")?.open;
      const pressed = known.element.querySelector(":scope > article [data-button]:focus");
      known.element.querySelector(":scope > article").replaceWith(article);
      article.querySelector("details").open = Boolean(open);
      // By the keyboard one goes on from where one was.
      const same = pressed && article.querySelector(`[data-button="${CSS.escape(pressed.dataset.button)}"]`);
      if (pressed) (same ?? this.log).focus();
      known.state = state;
      return null;
    }
    const root = chat.name === "typetalk" ? null : chat.posts.find((other) => other.id && other.id === post.thread);
    const thread = root && this.posts.get(root.nth)?.thread;
    const replies = make("div", { class: "thread" });
    const element = make("div", { class: "item" }, article, replies);
    if (!thread) this.separate(post);
    (thread ?? this.log).append(element);
    this.posts.set(post.nth, { element, state, thread: replies });
    return article;
  }

  /** Within the chat only: the page itself stays where it is. */
  scrollTo(post) {
    const [shown, wanted] = [this.log.getBoundingClientRect(), post.getBoundingClientRect()];
    if (wanted.bottom > shown.bottom - 16) this.log.scrollBy({ top: wanted.bottom - shown.bottom + 16 });
    else if (wanted.top < shown.top) this.log.scrollBy({ top: wanted.top - shown.top - 16 });
  }

  separate(post) {
    const last = [...this.log.querySelectorAll(":scope > .date")].at(-1);
    if (last?.dataset.date === post.date) return;
    const date = new Date(`${post.date}T00:00:00Z`);
    const shown = date.toLocaleDateString(document.documentElement.lang, { timeZone: "UTC", month: "long", day: "numeric", weekday: "short" });
    this.log.append(make("p", { class: "date", "data-date": post.date }, shown));
  }
}
