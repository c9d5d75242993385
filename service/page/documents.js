// The drawer that lists, filters, adds, opens and deletes documents.

import { deleteDocument, listDocuments, searchPassages } from "./api.js";
import { announce, button, byId, day, h, plural } from "./dom.js";
import { filterForm, passes } from "./filters.js";
import { asProblem } from "./problems.js";
import { forgetDocument, openSource } from "./source.js";
import { dropped, upload } from "./uploads.js";

const MAX_ROWS = 500; // more rows than anybody reads; the filters lead to the rest
const SPEAKER_PASSAGES = 50; // the most that one search gives

const state = { documents: [], total: null, problem: null };
const listeners = [];
let filters = null;
let speaking = new Set(); // ids of the documents in which the speaker of the filter speaks
let form = null;
let onForget = () => {};

/** The listed document with this id, or undefined. */
export const findDocument = (id) => state.documents.find((document) => document.document_id === id);

/** `listener(state)` after each change of the list; state.total is null until the server has answered once. */
export function onDocuments(listener) {
  listeners.push(listener);
}

export async function refreshDocuments() {
  try {
    const answer = await listDocuments();
    state.documents = answer.documents ?? [];
    state.total = answer.total ?? state.documents.length;
    state.problem = null;
  } catch (error) {
    state.problem = asProblem(error);
  }
  form?.offer([...new Set(state.documents.map(({ outlet }) => outlet).filter(Boolean))].sort((a, b) => a.localeCompare(b)));
  drawList();
  listeners.forEach((listener) => listener(state));
}

const drawer = () => byId("documents");

export function openDrawer() {
  if (!drawer().open) drawer().showModal();
  refreshDocuments();
}

async function add(files) {
  openDrawer();
  await upload(files, byId("uploads"));
  await refreshDocuments();
}

/** `askOnly(filters)`: from now on ask only about these; `forget(id)`: a document was deleted. */
export function startDocuments({ askOnly, forget }) {
  onForget = forget;
  form = filterForm({
    onChange: filter,
    onAsk: (chosen) => {
      drawer().close();
      askOnly(chosen);
    },
  });
  const input = h("input", { id: "files", type: "file", name: "files", multiple: true, class: "visually-hidden" });
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    await add({ files });
  });
  drawer().append(
    h("header", { class: "drawer-head" },
      h("h2", { id: "documents-title", tabindex: "-1", autofocus: true }, "Documents"),
      button("×", () => drawer().close(), { class: "icon", "aria-label": "Close documents" })),
    h("div", { class: "drop" },
      input, h("label", { for: "files", class: "primary" }, "Choose files"),
      h("p", {}, "or drop them anywhere on this page: articles, transcripts, statements, as text, PDF, Word, HTML, subtitles or ZIP.")),
    h("ul", { class: "uploads", id: "uploads", "aria-label": "Upload results", "aria-live": "polite" }),
    form.form,
    h("div", { class: "document-list", id: "document-list" }));
  drawer().addEventListener("click", (event) => {
    if (event.target === drawer()) drawer().close(); // a click beside the drawer
  });
  startDropping();
  drawList();
}

/** Files may be dropped anywhere: beside a zone the browser would open them in the place of the page. */
function startDropping() {
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  const over = (on) => document.body.toggleAttribute("data-over", on);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(holdsFiles(event));
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) over(false);
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (holdsFiles(event)) add(dropped(event.dataTransfer));
  });
}

async function filter(chosen) {
  filters = chosen;
  speaking = new Set();
  let problem = null;
  const [speaker] = chosen?.speakers ?? [];
  if (speaker) {
    try {
      const { passages } = await searchPassages({ question: speaker, filters: { speakers: [speaker] }, k: SPEAKER_PASSAGES });
      if (filters !== chosen) return;
      speaking = new Set(passages.map(({ document_id: id }) => id));
    } catch (error) {
      problem = asProblem(error);
    }
  }
  drawList(problem);
}

const quiet = (words) => h("p", { class: "quiet-words" }, words);

function drawList(failed = state.problem) {
  const place = byId("document-list");
  if (!place) return;
  form.form.hidden = state.total === null || state.total === 0;
  if (failed) {
    place.replaceChildren(h("div", { class: "problem", role: "alert" },
      h("h3", { dir: "auto" }, failed.title), failed.detail ? h("p", { dir: "auto" }, failed.detail) : null, h("p", {}, failed.advice)));
  } else if (state.total === null) {
    place.replaceChildren(quiet("Loading…"));
  } else if (state.documents.length === 0) {
    place.replaceChildren(quiet("Nothing here yet. Add the coverage of a call: articles, a transcript, a statement. Then ask about it."));
  } else {
    const passing = filters === null ? state.documents : state.documents.filter((document) => passes(document, filters, speaking));
    place.replaceChildren(
      h("p", { class: "quiet-words", "data-shown": true, role: "status" }, shownWords(passing.length)),
      h("ul", { class: "documents" }, ...passing.slice(0, MAX_ROWS).map(row)));
  }
}

function shownWords(n) {
  const all = plural(state.total, "document");
  if (filters === null) return n > MAX_ROWS ? `The first ${MAX_ROWS} of ${all}` : all;
  if (n === 0 && filters.speakers) return `Nobody of this name was found speaking in ${all}. Try a part of the name.`;
  if (n === 0) return `None of ${all} fits. Documents without a date fit no dates.`;
  return n > MAX_ROWS ? `The first ${MAX_ROWS} of ${n.toLocaleString("en")} that fit` : `${n.toLocaleString("en")} of ${all}`;
}

function row(document) {
  const title = document.title || document.name || "Untitled document";
  const published = document.published_at ? day(document.published_at) : null;
  const facts = [document.outlet, published, document.name === title ? null : document.name].filter(Boolean);
  const item = h("li", { class: "document", "data-document": document.document_id });
  const open = () => {
    drawer().close();
    openSource({ ...pick(document), document_sha256: document.sha256 }, { trigger: byId("open-documents"), viaKeyboard: true });
  };
  const opener = h("button", { type: "button", class: "document-open", onclick: open },
    h("span", { class: "document-title", dir: "auto" }, title),
    h("span", { class: "document-facts", dir: "auto" }, facts.length > 0 ? facts.join(" · ") : "no outlet or date stated"));
  item.append(opener, button("Delete", () => confirmDelete(item, document, title),
    { class: "quiet small", "aria-label": `Delete ${title}` }));
  return item;
}

const pick = ({ document_id, title, name, outlet, published_at }) => ({ document_id, title, name, outlet, published_at });

function confirmDelete(item, document, title) {
  const failure = h("p", { class: "field-error", role: "alert", dir: "auto" });
  const keep = button("Keep", () => drawList(), { class: "quiet small" });
  const erase = button("Delete for good", async () => {
    try {
      await deleteDocument(document.document_id);
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status !== 404) {
        failure.textContent = problem.line;
        return;
      }
    }
    forgetDocument(document.document_id);
    onForget(document.document_id);
    announce(`Deleted ${title}`);
    await refreshDocuments();
    byId("documents-title").focus();
  }, { class: "danger small", "data-confirm-delete": true });
  item.replaceChildren(
    h("div", { class: "confirm", role: "group", "aria-label": `Delete ${title}?` },
      h("p", { dir: "auto" }, `Delete “${title}” and every version of it? Answers kept in this browser that quote it go too.`),
      h("p", { class: "confirm-actions" }, erase, keep), failure));
  keep.focus();
}
