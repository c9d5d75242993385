// The page: the question box, the log and what connects them to the drawer, the source panel and the key box.

import { AnswerView, bringUp, closeOpened } from "./answer.js";
import { ask, onKeyNeeded, Problem, storedKey, storeKey } from "./api.js";
import { findDocument, onDocuments, openDrawer, refreshDocuments, startDocuments } from "./documents.js";
import { announce, byId, h, plural } from "./dom.js";
import { hidePreview, startPreview } from "./preview.js";
import { closeSource } from "./source.js";

const SUGGESTIONS = ["What was discussed?", "What did each side say?", "What was agreed?", "Where do the reports differ?"];
const HISTORY_MESSAGES = 12; // follow-ups refer to what was just said; more would only make requests larger
const NARROW = matchMedia("(max-width: 60rem)");

let views = []; // the exchanges of this chat, oldest first
let running = null; // { view, controller }

function historyBefore(view) {
  const earlier = views.slice(0, views.indexOf(view)).filter(({ reply }) => reply !== null && reply !== "");
  const messages = earlier.flatMap(({ question, reply }) => [
    { role: "user", content: question }, { role: "assistant", content: reply }]);
  return messages.slice(-HISTORY_MESSAGES);
}

function askQuestion(question) {
  const view = new AnswerView(question, { askAgain: run, addDocuments: openDrawer, findDocument });
  views.push(view);
  byId("log").append(view.element);
  byId("welcome").hidden = true;
  byId("new-chat").hidden = false;
  if (NARROW.matches) closeOpened();
  bringUp(view);
  return run(view);
}

async function run(view) {
  if (running !== null) {
    announce("An answer is on its way. Wait for it or stop it.");
    return;
  }
  const controller = new AbortController();
  const mine = { view, controller };
  running = mine;
  showRunning(true);
  view.begin();
  const history = historyBefore(view);
  try {
    await ask({ question: view.question, ...(history.length > 0 ? { history } : {}) },
      { controller, onEvent: (name, value) => running === mine && view.receive(name, value) });
  } catch (error) {
    if (running === mine) fail(view, error);
  }
  if (running === mine) {
    running = null;
    showRunning(false);
  }
}

function fail(view, error) {
  if (error?.name === "AbortError") view.stop();
  else if (error instanceof Problem) view.fail(error);
  else view.fail(new Problem({ title: "The answer could not be shown", status: 500, detail: String(error?.message ?? error) }));
}

function showRunning(on) {
  const hadFocus = document.activeElement === byId("stop") || document.activeElement === byId("ask");
  byId("ask").hidden = on;
  byId("stop").hidden = !on;
  if (hadFocus || document.activeElement === document.body) byId("question").focus({ preventScroll: true });
}

function newChat() {
  const { controller } = running ?? {};
  running = null;
  controller?.abort();
  showRunning(false);
  closeOpened();
  views = [];
  byId("log").replaceChildren();
  byId("welcome").hidden = false;
  byId("new-chat").hidden = true;
  byId("question").focus();
}

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
    if (running !== null) announce("An answer is on its way. Wait for it or stop it.");
    if (question === "" || running !== null) return;
    box.value = "";
    fit();
    askQuestion(question);
  });
  byId("stop").addEventListener("click", () => running?.controller.abort());
  byId("suggestions").append(...SUGGESTIONS.map((question) => h("li", {},
    h("button", {
      type: "button", class: "suggestion", "data-suggestion": true, onclick: () => running ?? askQuestion(question),
    }, question))));
}

function startKeyBox() {
  const box = byId("key-box");
  onKeyNeeded(() => {
    const wrong = storedKey() !== "";
    box.hidden = false;
    byId("key-error").textContent = wrong ? "The server did not accept this key." : "";
    byId("api-key").focus();
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

function startCorpusLine() {
  onDocuments(({ total, problem }) => {
    const words = byId("corpus");
    byId("document-count").hidden = total === null;
    byId("document-count").textContent = total === null ? "" : total.toLocaleString("en");
    byId("suggestions").hidden = total === 0;
    const link = (label) => h("button", { type: "button", class: "link", onclick: openDrawer }, label);
    if (problem?.status === 401) {
      words.replaceChildren("Enter the key to see the documents.");
    } else if (problem) {
      words.replaceChildren(`${problem.title}. ${problem.advice}`);
    } else if (total === 0) {
      words.replaceChildren("There are no documents yet. ", link("Add documents"), " to ask about.");
    } else {
      words.replaceChildren(link(plural(total, "document")), " to answer from.");
    }
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || byId("documents").open) return;
  if (!hidePreview()) closeSource();
});
// A file dropped beside the drop zone would replace the page.
for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
byId("new-chat").addEventListener("click", newChat);
byId("open-documents").addEventListener("click", openDrawer);
startComposer();
startKeyBox();
startPreview();
startDocuments();
startCorpusLine();
refreshDocuments();
