// What stands on the page before the first question: how it works, what there is to ask about, questions to start with.

import { getDocument } from "./api.js";
import { button, byId, h, plural } from "./dom.js";

const READ_FOR_NAMES = 3; // documents, the first ones of the list: enough for a few names
const MAX_SUGGESTIONS = 5;
const RETRY_SECONDS = 2;
const NAME = /^\p{Lu}[\p{L}\p{M}'’.-]+(?: [\p{L}\p{M}'’.-]+){1,3}$/u; // two words or more: "The host" and "Q." are nobody to ask about

let readFor = ""; // the corpus that the names were read for

/** A label as a name: "WANG HUIYAO" is Wang Huiyao; null for what is no full name. */
function nameOfLabel(label) {
  const name = String(label).split(",")[0].trim();
  if (!NAME.test(name)) return null;
  const shouting = name === name.toLocaleUpperCase() && name !== name.toLocaleLowerCase();
  return shouting ? name.toLocaleLowerCase().replace(/(?<!\p{L}\p{M}*)\p{L}/gu, (letter) => letter.toLocaleUpperCase()) : name;
}

async function speakersOf(documents) {
  const names = new Set();
  for (const { document_id: id, sha256 } of documents.slice(0, READ_FOR_NAMES)) {
    const { sections = [] } = await getDocument(id, sha256).catch(() => ({})); // suggestions are worth no error
    const turns = sections.filter(({ kind }) => kind === "turn").map(({ label }) => nameOfLabel(label));
    turns.filter(Boolean).forEach((name) => names.add(name));
  }
  return [...names];
}

/** Questions that these documents can be asked. */
function questionsFor(documents, speakers) {
  const outlets = [...new Set(documents.map(({ outlet }) => outlet).filter(Boolean))];
  const own = [
    ...speakers.slice(-2).map((name) => `What did ${name} say?`),
    ...(outlets.length > 1 ? outlets.slice(0, 2).map((outlet) => `What did ${outlet} report?`) : []),
  ];
  return ["What was discussed?", "What was agreed?", ...own].slice(0, MAX_SUGGESTIONS);
}

async function suggest(documents, onAsk) {
  const corpus = documents.map(({ sha256 }) => sha256).join();
  if (corpus === readFor) return;
  readFor = corpus;
  const draw = (questions) => byId("suggestions").replaceChildren(...questions.map((question) => h("li", {},
    button(question, () => onAsk(question), { class: "suggestion", "data-suggestion": true, dir: "auto" }))));
  draw(questionsFor(documents, []));
  const speakers = await speakersOf(documents);
  if (corpus === readFor && speakers.length > 0) draw(questionsFor(documents, speakers));
}

/** The corpus in a line, for each state of the list of documents. */
function corpusWords({ total, problem }, openDrawer) {
  if (problem?.status === 401) return ["Enter the key to see the documents."];
  if (problem?.code === "not_ready") return ["Readout is still starting. You can already type your question."];
  if (problem) return [`${problem.title}. ${problem.advice}`];
  if (total === 0) return ["There are no documents yet."];
  return [button(plural(total, "document"), openDrawer, { class: "link" }), " to answer from."];
}

/** Returns the listener for `onDocuments`. */
export function startWelcome({ openDrawer, refresh, onAsk }) {
  byId("add-first").addEventListener("click", openDrawer);
  return (state) => {
    const { documents, total, problem } = state;
    const empty = total === 0 && !problem;
    byId("document-count").hidden = total === null;
    byId("document-count").textContent = total === null ? "" : total.toLocaleString("en");
    byId("corpus").replaceChildren(...corpusWords(state, openDrawer));
    byId("first-steps").hidden = !empty;
    byId("suggestions").hidden = empty || total === null;
    if (problem?.code === "not_ready") setTimeout(refresh, RETRY_SECONDS * 1000);
    else if (total > 0) suggest(documents, onAsk);
  };
}
