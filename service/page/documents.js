// The drawer that lists, adds, opens and deletes documents.

import { deleteDocument, listDocuments, Problem, uploadDocuments } from "./api.js";
import { announce, byId, day, h, plural } from "./dom.js";
import { forgetDocument, openSource } from "./source.js";

const RESULTS = { created: "Added", unchanged: "Already there", updated: "Updated", failed: "Not added" };
const SIDECAR = ".meta.yaml";

const state = { documents: [], total: null, problem: null };
const listeners = [];

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
  drawList();
  listeners.forEach((listener) => listener(state));
}

function asProblem(error) {
  if (error instanceof Problem) return error;
  return new Problem({ title: "Something went wrong on this page", status: 500, detail: String(error?.message ?? error) });
}

const inWords = (problem) => [problem.title, problem.detail, problem.advice].filter(Boolean).join(". ").replaceAll(".. ", ". ");

const drawer = () => byId("documents");

export function openDrawer() {
  if (!drawer().open) drawer().showModal();
  refreshDocuments();
}

export function startDocuments() {
  const input = h("input", { id: "files", type: "file", name: "files", multiple: true, class: "visually-hidden" });
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    await upload(files);
  });
  const zone = h("div", { class: "drop" },
    input, h("label", { for: "files", class: "primary" }, "Choose files"),
    h("p", {}, "or drop them here: articles, transcripts, statements."));
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.setAttribute("data-over", "");
  });
  zone.addEventListener("dragleave", () => zone.removeAttribute("data-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.removeAttribute("data-over");
    upload([...event.dataTransfer.files]);
  });
  drawer().append(
    h("header", { class: "drawer-head" },
      h("h2", { id: "documents-title", tabindex: "-1", autofocus: true }, "Documents"),
      h("button",
        { type: "button", class: "icon", "aria-label": "Close documents", onclick: () => drawer().close() }, "×")),
    zone,
    h("ul", { class: "uploads", id: "uploads", "aria-label": "Upload results", "aria-live": "polite" }),
    h("div", { class: "document-list", id: "document-list" }));
  drawer().addEventListener("click", (event) => {
    if (event.target === drawer()) drawer().close(); // a click beside the drawer
  });
  drawList();
}

// A sidecar belongs to the file it describes, so the two travel in one request; all others go one by one, so that
// one file that is too large or unreadable takes nothing with it.
function batches(files) {
  const sidecars = new Map(files.filter((file) => file.name.endsWith(SIDECAR)).map((file) => [file.name, file]));
  const main = files.filter((file) => !file.name.endsWith(SIDECAR));
  const grouped = main.map((file) => {
    const sidecar = sidecars.get(file.name + SIDECAR);
    sidecars.delete(file.name + SIDECAR);
    return sidecar ? [file, sidecar] : [file];
  });
  return [...grouped, ...[...sidecars.values()].map((file) => [file])];
}

async function upload(files) {
  const waiting = batches(files).map((batch) => {
    const row = uploadRow(batch[0].name, "waiting", "Waiting");
    return { batch, row };
  });
  byId("uploads").replaceChildren(...waiting.map(({ row }) => row));
  for (const { batch, row } of waiting) {
    row.replaceWith(...(await uploadOne(batch, row)));
  }
  await refreshDocuments();
}

async function uploadOne(batch, row) {
  row.lastChild.textContent = "Adding…";
  try {
    const { documents } = await uploadDocuments(batch);
    return documents.map((result) => uploadRow(result.title || result.name || batch[0].name, result.status,
      RESULTS[result.status] ?? result.status, reasonOf(result.error)));
  } catch (error) {
    return [uploadRow(batch[0].name, "failed", RESULTS.failed, inWords(asProblem(error)))];
  }
}

const reasonOf = (error) => {
  if (error === null || error === undefined) return null;
  if (typeof error === "string") return error;
  return [error.title, error.detail].filter(Boolean).join(". ") || error.code || "The file could not be read.";
};

function uploadRow(name, result, words, reason = null) {
  return h("li", { class: "upload", "data-upload": true, "data-result": result },
    h("span", { class: "upload-name", dir: "auto" }, name),
    reason ? h("span", { class: "upload-reason", dir: "auto" }, reason) : null,
    h("span", { class: "upload-state" }, words));
}

function drawList() {
  const list = byId("document-list");
  if (!list) return;
  if (state.problem) {
    list.replaceChildren(h("div", { class: "problem", role: "alert" },
      h("h3", { dir: "auto" }, state.problem.title),
      state.problem.detail ? h("p", { dir: "auto" }, state.problem.detail) : null,
      h("p", {}, state.problem.advice)));
  } else if (state.total === null) {
    list.replaceChildren(h("p", { class: "quiet-words" }, "Loading…"));
  } else if (state.documents.length === 0) {
    list.replaceChildren(h("p", { class: "quiet-words" },
      "Nothing here yet. Add the coverage of a call: articles, a transcript, a statement. Then ask about it."));
  } else {
    const all = plural(state.total, "document");
    const shown = state.documents.length < state.total ? `${state.documents.length} of ${all}` : all;
    list.replaceChildren(h("p", { class: "quiet-words" }, shown), h("ul", { class: "documents" }, ...state.documents.map(row)));
  }
}

function row(document) {
  const title = document.title || document.name || "Untitled document";
  const published = document.published_at ? day(document.published_at) : null;
  const facts = [document.outlet, published, document.name === title ? null : document.name];
  const item = h("li", { class: "document", "data-document": document.document_id });
  const open = () => {
    drawer().close();
    openSource({ ...pick(document), document_sha256: document.sha256 }, { trigger: byId("open-documents") });
  };
  const erase = () => confirmDelete(item, document, title);
  const opener = h("button", { type: "button", class: "document-open", onclick: open },
    h("span", { class: "document-title", dir: "auto" }, title),
    h("span", { class: "document-facts", dir: "auto" }, facts.filter(Boolean).join(" · ")));
  const remove = h("button", { type: "button", class: "quiet small", "aria-label": `Delete ${title}`, onclick: erase }, "Delete");
  item.append(opener, remove);
  return item;
}

const pick = ({ document_id, title, name, outlet, published_at }) => ({ document_id, title, name, outlet, published_at });

function confirmDelete(item, document, title) {
  const failure = h("p", { class: "field-error", role: "alert", dir: "auto" });
  const keep = h("button", { type: "button", class: "quiet small", onclick: drawList }, "Keep");
  const erase = h("button", { type: "button", class: "danger small", "data-confirm-delete": true, onclick: async () => {
    try {
      await deleteDocument(document.document_id);
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status !== 404) {
        failure.textContent = inWords(problem);
        return;
      }
    }
    forgetDocument(document.document_id);
    announce(`Deleted ${title}`);
    await refreshDocuments();
    byId("documents-title").focus();
  } }, "Delete for good");
  item.replaceChildren(
    h("div", { class: "confirm", role: "group", "aria-label": `Delete ${title}?` },
      h("p", { dir: "auto" }, `Delete “${title}” and every version of it?`),
      h("p", { class: "confirm-actions" }, erase, keep), failure));
  keep.focus();
}
