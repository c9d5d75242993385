// The drawer of kept chats: open one again, export it, remove it, remove all.

import { button, byId, day, h, plural } from "./dom.js";
import { clearChats, dropChat, keptChats } from "./history.js";
import { exportAnswers } from "./share.js";

const drawer = () => byId("history");
let openChat = () => {};
let forgotten = () => {};

/** `open(chat)` shows a kept chat; `forget(id)` follows the removal of one, or of all when id is null. */
export function startChats({ open, forget }) {
  openChat = open;
  forgotten = forget;
  drawer().append(
    h("header", { class: "drawer-head" },
      h("h2", { id: "history-title", tabindex: "-1", autofocus: true }, "History"),
      button("×", () => drawer().close(), { class: "icon", "aria-label": "Close history" })),
    h("div", { class: "document-list", id: "chat-list" }));
  drawer().addEventListener("click", (event) => {
    if (event.target === drawer()) drawer().close();
  });
}

export function openHistory() {
  draw();
  if (!drawer().open) drawer().showModal();
}

function draw() {
  const chats = keptChats();
  if (chats.length === 0) {
    byId("chat-list").replaceChildren(h("p", { class: "quiet-words" },
      "No chats yet. What you ask is kept here, in this browser only, with the answers and their sources."));
    return;
  }
  byId("chat-list").replaceChildren(
    h("div", { class: "history-head" },
      h("p", { class: "quiet-words" }, "Kept in this browser only, at most 30 chats. Sources open again as long as the server has them."),
      button("Clear history", () => {
        clearChats();
        forgotten(null);
        draw();
        byId("history-title").focus();
      }, { class: "danger small", "data-clear-history": true })),
    h("ul", { class: "documents" }, ...chats.map(row)));
}

function row(chat) {
  const [{ question }] = chat.exchanges;
  const facts = `${plural(chat.exchanges.length, "question")} · ${day(chat.started_at.slice(0, 10))}`;
  const open = () => {
    drawer().close();
    openChat(chat);
  };
  const remove = () => {
    dropChat(chat.id);
    forgotten(chat.id);
    draw();
    byId("history-title").focus();
  };
  return h("li", { class: "document", "data-chat": chat.id },
    h("button", { type: "button", class: "document-open", onclick: open },
      h("span", { class: "document-title", dir: "auto" }, question),
      h("span", { class: "document-facts" }, facts)),
    button("Export", () => exportAnswers(chat.exchanges.map(({ answer }) => answer)),
      { class: "quiet small", "aria-label": `Export ${question}` }),
    button("Remove", remove, { class: "quiet small", "aria-label": `Remove ${question}` }));
}
