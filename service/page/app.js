// The page: the question box, the log and what connects them to the drawers, the source panel and the key box.

import { AnswerView, bringUp, closeOpened } from "./answer.js";
import { ask, onKeyNeeded, storedKey, storeKey } from "./api.js";
import { openHistory, startChats } from "./chats.js";
import { findDocument, onDocuments, openDrawer, refreshDocuments, startDocuments } from "./documents.js";
import { announce, byId } from "./dom.js";
import { describeFilters } from "./filters.js";
import { chatOfTab, dropChat, dropDocument, keepChat, quotes, setChatOfTab } from "./history.js";
import { isGenerative, startMode } from "./mode.js";
import { hidePreview, startPreview } from "./preview.js";
import { asProblem } from "./problems.js";
import { closeCited, closeSource, startSource } from "./source.js";
import { startWelcome } from "./welcome.js";

const HISTORY_MESSAGES = 12; // follow-ups refer to what was just said; more would only make requests larger
const LINK_LETTERS = 2_000; // as many as the server takes for a question
const NARROW = matchMedia("(max-width: 60rem)");

let views = []; // the exchanges of this chat, oldest first
let running = null; // { view, controller }
let chat = null; // { id, startedAt }, once something was asked
let filters = null; // what new questions are asked about
const deleted = new Set(); // documents that were deleted since the page was opened

function historyBefore(view) {
  const earlier = views.slice(0, views.indexOf(view)).filter(({ reply }) => reply !== "");
  const messages = earlier.flatMap(({ question, reply }) => [
    { role: "user", content: question }, { role: "assistant", content: reply }]);
  return messages.slice(-HISTORY_MESSAGES);
}

const actions = {
  askAgain: run,
  addDocuments: openDrawer,
  findDocument,
  askUnfiltered: (view) => {
    setFilters(null);
    askQuestion(view.question);
  },
  edit: (view, question) => {
    stopRunning();
    for (const gone of views.splice(views.indexOf(view))) gone.element.remove();
    askQuestion(question);
  },
};

function addView(asked) {
  const view = new AnswerView({ ...asked, followsUp: views.some(({ reply }) => reply !== "") }, actions);
  views.push(view);
  byId("log").append(view.element);
  byId("welcome").hidden = true;
  byId("new-chat").hidden = false;
  return view;
}

function askQuestion(question) {
  if (running !== null) {
    announce("An answer is on its way. Wait for it or stop it.");
    return;
  }
  chat ??= { id: crypto.getRandomValues(new Uint32Array(2)).join("-"), startedAt: new Date().toISOString() };
  const view = addView({ question, filters, generative: isGenerative() });
  if (NARROW.matches) closeOpened();
  else closeCited();
  bringUp(view);
  run(view);
}

async function run(view) {
  if (running !== null) {
    announce("An answer is on its way. Wait for it or stop it.");
    return;
  }
  const mine = { view, controller: new AbortController() };
  running = mine;
  showRunning(true);
  view.begin();
  const history = historyBefore(view);
  const request = {
    question: view.question, ...(history.length > 0 ? { history } : {}), ...(view.filters ? { filters: view.filters } : {}),
    ...(view.generative ? { mode: "generative" } : {}),
  };
  try {
    await askWhenReady(request, mine);
    if (running === mine) keep();
  } catch (error) {
    if (running !== mine) return;
    if (error?.name === "AbortError") view.stop();
    else view.fail(asProblem(error));
  }
  if (running === mine) {
    running = null;
    showRunning(false);
    if (view.keyNeeded && byId("question").value === "") byId("api-key").focus();
  }
}

/** Ask, and as long as the server is only starting, wait and ask again. */
async function askWhenReady(request, mine) {
  const { view, controller } = mine;
  const onEvent = (name, value) => running === mine && view.receive(name, value);
  for (;;) {
    try {
      return await ask(request, { controller, onEvent });
    } catch (error) {
      if (error?.code !== "not_ready") throw error;
      view.waitForServer();
      await pause(Math.max(1, Number(error.retryAfter) || 1), controller.signal);
    }
  }
}

const pause = (seconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, seconds * 1000);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    reject(signal.reason);
  }, { once: true });
});

function stopRunning() {
  const { controller } = running ?? {};
  running = null;
  controller?.abort();
  showRunning(false);
}

function showRunning(on) {
  const hadFocus = document.activeElement === byId("stop") || document.activeElement === byId("ask");
  byId("ask").hidden = on;
  byId("stop").hidden = !on;
  if (hadFocus || document.activeElement === document.body) byId("question").focus({ preventScroll: true });
}

// Chats

function keep() {
  const complete = views.filter(({ result }) => result !== null && ![...deleted].some((id) => quotes(result, id)));
  keepChat({ ...chat, exchanges: complete.map(({ question, filters: only, result }) => ({ question, filters: only, answer: result })) });
  setChatOfTab(chat.id);
}

function newChat() {
  stopRunning();
  closeOpened();
  views = [];
  chat = null;
  setChatOfTab(null);
  byId("log").replaceChildren();
  byId("welcome").hidden = false;
  byId("new-chat").hidden = true;
  byId("question").focus();
}

function openChat(kept) {
  newChat();
  chat = { id: kept.id, startedAt: kept.started_at };
  setChatOfTab(kept.id);
  try {
    for (const { question, filters: only, answer } of kept.exchanges) {
      addView({ question, filters: only ?? null }).show(answer);
    }
    bringUp(views.at(-1));
  } catch {
    // Kept by another version of the page, or changed by hand: the page must start all the same, also the next time.
    dropChat(kept.id);
    newChat();
    announce("This chat could not be opened and was removed.");
  }
}

function setFilters(chosen) {
  filters = chosen;
  byId("scope").hidden = chosen === null;
  byId("scope-words").textContent = chosen === null ? "" : `Asking only about ${describeFilters(chosen)}`;
  byId("question").focus();
}

// The question box and the key box

function startComposer() {
  const box = byId("question");
  const form = byId("composer");
  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };
  box.addEventListener("input", fit);
  box.addEventListener("keydown", (event) => {
    // While an input method composes a word, Enter chooses the word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = box.value.trim();
    if (question === "") return;
    if (running === null) {
      box.value = "";
      byId("from-link").hidden = true;
      fit();
    }
    askQuestion(question);
  });
  byId("stop").addEventListener("click", () => running?.controller.abort());
  byId("scope-clear").addEventListener("click", () => setFilters(null));
  /** A link fills the box and asks nothing: whoever made the link does not get to ask in the reader's name. */
  const takeLink = () => {
    const linked = new URLSearchParams(location.hash.slice(1)).get("q")?.trim();
    if (!linked) return;
    history.replaceState(null, "", location.pathname + location.search);
    box.value = linked.slice(0, LINK_LETTERS);
    byId("from-link").hidden = false;
    fit();
    box.focus();
  };
  window.addEventListener("hashchange", takeLink);
  return takeLink;
}

function startKeyBox() {
  const box = byId("key-box");
  onKeyNeeded(() => {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close(); // it would cover the box
    box.hidden = false;
    byId("key-error").textContent = storedKey() === "" ? "" : "The server did not accept this key.";
    // Requests of the page's own are refused at any moment: what is being typed must not end up in the key's box.
    if (!document.activeElement?.matches("textarea, input")) byId("api-key").focus();
  });
  box.addEventListener("submit", async (event) => {
    event.preventDefault();
    const key = byId("api-key").value.trim();
    if (!/^[\x21-\x7e]+$/.test(key)) {
      byId("key-error").textContent = "A key has only plain letters, digits and signs, without spaces.";
      return;
    }
    storeKey(key);
    byId("api-key").value = "";
    box.hidden = true;
    byId("question").focus();
    await refreshDocuments();
    const last = views.at(-1);
    if (box.hidden && running === null && last?.keyNeeded) run(last);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (!hidePreview()) closeSource();
});
byId("new-chat").addEventListener("click", newChat);
byId("open-history").addEventListener("click", openHistory);
byId("open-documents").addEventListener("click", openDrawer);
const takeLink = startComposer();
startKeyBox();
startPreview();
startSource();
startDocuments({
  askOnly: setFilters,
  forget: (id) => {
    deleted.add(id);
    dropDocument(id);
  },
});
startChats({
  open: openChat,
  forget: (id) => {
    if (id === null || id === chat?.id) newChat();
  },
});
onDocuments(startMode());
onDocuments(startWelcome({ openDrawer, refresh: refreshDocuments, onAsk: askQuestion }));
const keptChat = chatOfTab();
if (keptChat !== null) openChat(keptChat);
takeLink();
refreshDocuments();
