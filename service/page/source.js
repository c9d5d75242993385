// The opened source: whose words these are, and the words in their document.

import { getDocument } from "./api.js";
import { placeKind } from "./cited.js";
import { announce, button, byId, day, h } from "./dom.js";
import { locate } from "./locate.js";
import { outline, spokenLabels } from "./outline.js";
import { Problem } from "./problems.js";

const CACHED_DOCUMENTS = 6;
// Chromium lays out a line of 1,000,000 letters in 7 s, one of 240,000 with emoji in 4 s, and stands still meanwhile.
// So longer texts open as WINDOW units on each side of the quote, and "Show more" makes that GROWTH times as much.
const LONG_TEXT = 200_000;
const WINDOW = 30_000;
const GROWTH = 4;

const cache = new Map(); // "id sha256" -> document; the versions an answer names never change
let opened = null; // { documentId, controller, trigger, onClose, steps, cited }

const panel = () => byId("source");

export function closeSource({ refocus = true } = {}) {
  if (opened === null) return false;
  const { controller, trigger, onClose } = opened;
  opened = null;
  controller.abort();
  panel().hidden = true;
  panel().replaceChildren();
  byId("app").removeAttribute("data-source-open");
  onClose?.();
  if (refocus && trigger?.isConnected) trigger.focus();
  return true;
}

/** A new question was asked: a source of an earlier answer would stand beside the wrong one; a document being read stays. */
export function closeCited() {
  if (opened?.cited) closeSource({ refocus: false });
}

/** A document was erased: nothing of it stays on the page. */
export function forgetDocument(documentId) {
  for (const key of cache.keys()) if (key.startsWith(`${documentId} `)) cache.delete(key);
  if (opened?.documentId === documentId) closeSource({ refocus: false });
}

async function load(documentId, sha256, signal) {
  const key = `${documentId} ${sha256 ?? ""}`;
  const known = sha256 ? cache.get(key) : undefined;
  if (known) return known;
  const found = await getDocument(documentId, sha256, signal);
  if (sha256) {
    cache.set(key, found);
    if (cache.size > CACHED_DOCUMENTS) cache.delete(cache.keys().next().value);
  }
  return found;
}

/**
 * Open `passage` ({document_id, start, quote, prefix, suffix, ...} or only {document_id}) in the panel.
 *
 * `steps` ({position, count, previous, next}) leads through the citations of one answer; `trigger` gets the focus back;
 * `viaKeyboard` moves the focus into the panel.
 */
export async function openSource(passage, { trigger = null, onClose = null, steps = null, viaKeyboard = false } = {}) {
  opened?.controller.abort();
  if (opened && opened.onClose !== onClose) opened.onClose?.();
  const controller = new AbortController();
  const mine = { documentId: passage.document_id, controller, trigger, onClose, steps: steps?.count > 1 ? steps : null, cited: "quote" in passage };
  opened = mine;

  const body = h("div", { class: "source-body" }, h("p", { class: "source-wait" }, "Opening the document…"));
  panel().replaceChildren(head(passage, passage, steps), body);
  panel().hidden = false;
  byId("app").setAttribute("data-source-open", "");
  const again = () => openSource(passage, { trigger, onClose, steps, viaKeyboard });

  try {
    const found = await load(passage.document_id, passage.document_sha256, controller.signal);
    if (opened !== mine) return;
    panel().replaceChildren(head(passage, found, steps), body);
    showText(body, found, passage);
  } catch (error) {
    if (opened !== mine || error?.name === "AbortError") return;
    showWithoutDocument(body, passage, error, again);
  }
  if (viaKeyboard) byId("source-title").focus();
  announce(`Source opened: ${byId("source-title").textContent}`);
}

function head(passage, document, steps) {
  const title = passage.title || document.title || passage.name || document.name || "Document";
  const name = passage.name || document.name;
  const fact = (label, value) => (value ? h("div", {}, h("dt", {}, label), h("dd", { dir: "auto" }, value)) : null);
  const published = passage.published_at || document.published_at;
  return h("header", { class: "source-head" },
    h("div", { class: "source-top" },
      h("h2", { id: "source-title", tabindex: "-1", dir: "auto" }, title),
      button("×", () => closeSource(), { class: "icon", "aria-label": "Close source" })),
    h("dl", { class: "facts" },
      fact("Speaker", passage.speaker && passage.speaker_inferred ? `${passage.speaker} (worked out from the text)` : passage.speaker),
      fact("Reported by", passage.reported_by),
      fact("Outlet", passage.outlet || document.outlet),
      fact("Published", published ? day(published) : null),
      passage.section && passage.section !== passage.speaker ? fact(placeKind(passage.section), passage.section) : null,
      fact("File", name === title ? null : name),
      passage.verified === false ? fact("Check", "not verified") : null),
    h("div", { class: "steps" }, ...(steps && steps.count > 1 ? [
      button("‹ Previous", steps.previous, { class: "quiet small" }),
      h("span", {}, `Citation ${steps.position} of ${steps.count}`),
      button("Next ›", steps.next, { class: "quiet small" })] : []),
      h("span", { class: "check", id: "source-check" })));
}

/** Left and right lead through the citations while the focus is in the panel. */
function stepByKey(event) {
  const by = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
  if (!by || !opened?.steps || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.target.tagName === "SELECT") return;
  event.preventDefault();
  opened.steps[by]({ detail: 0 });
}

export function startSource() {
  panel().addEventListener("keydown", stepByKey);
}

const textContainer = (...pieces) => h("div", {
  class: "source-text", "data-source-text": true, dir: "auto", tabindex: "0", role: "region", "aria-label": "Document text",
}, ...pieces);

const notice = (...words) => h("div", { class: "notice", "data-notice": true, role: "note" }, ...words);

function reveal(body) {
  body.querySelector("mark[data-highlight]")?.scrollIntoView({ block: "center" });
}

function showText(body, document, passage) {
  const text = document.text;
  const cited = typeof passage.quote === "string";
  const range = cited ? locate(text, passage) : null;
  if (cited && range === null) {
    showWithoutDocument(body, passage, null, null);
    return;
  }
  const sections = document.sections ?? [];
  const styled = spokenLabels(text, sections);
  tellCheck(document, range);
  const show = (around) => {
    const first = text.length <= LONG_TEXT ? 0 : border(text, (range?.from ?? 0) - around);
    const last = text.length <= LONG_TEXT ? text.length : border(text, (range?.to ?? 0) + around);
    const container = range === null ? textContainer(...pieces(text, first, last, styled)) : textContainer(
      ...pieces(text, first, range.from, styled),
      h("mark", { "data-highlight": true }, ...pieces(text, range.from, range.to, styled)),
      ...pieces(text, range.to, last, styled));
    const part = first > 0 || last < text.length ? notice("This is a long document. A part of it is shown. ",
      h("button", { type: "button", class: "link", onclick: () => show(around * GROWTH) }, "Show more")) : null;
    body.replaceChildren(...[outline(text, sections, { first, last, container }), part, container].filter(Boolean));
    if (range === null) body.scrollTop = 0;
    else reveal(body);
  };
  show(WINDOW);
}

/** The highlight is the page's own finding: it looked for the words and found them where they were cited. */
function tellCheck(document, range) {
  const version = String(document.sha256 ?? "").slice(0, 8);
  byId("source-check").replaceChildren(...(range === null ? [] : [
    h("span", { class: "tick", "aria-hidden": "true" }, "✓"), " Word for word in the stored text",
    version ? h("span", { class: "version" }, `, version ${version}`) : ""]));
}

/** A place near `at` that cuts no line where lines are short, and never a character. */
function border(text, at) {
  if (at <= 0) return 0;
  if (at >= text.length) return text.length;
  const line = text.lastIndexOf("\n", at - 1) + 1;
  if (at - line < WINDOW / 2) return line;
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

function reasonShown(error) {
  if (error === null) return "These words no longer stand at this place in the document.";
  if (error.status === 410) return "The document has changed since, and this version is no longer stored.";
  if (error.status === 404) return "The document has been deleted since.";
  if (error instanceof Problem) return `The document could not be opened: ${error.message}.`;
  return "The document could not be read.";
}

/** The words as the answer carried them, when the document itself cannot be shown. */
function showWithoutDocument(body, passage, error, again) {
  const gone = error === null || error.status === 410 || error.status === 404;
  const cited = typeof passage.quote === "string";
  body.replaceChildren(
    notice(h("p", {}, reasonShown(error), cited ? " Below are the words as the answer quoted them." : ""),
      gone || again === null ? null : h("button", { type: "button", class: "link", onclick: again }, "Try again")),
    ...(cited ? [textContainer(
      passage.prefix ?? "", h("mark", { "data-highlight": true }, passage.quote), passage.suffix ?? "")] : []));
  reveal(body);
}

/** Text nodes of text[from:to], with the styled ranges in it wrapped. Their text content is exactly the slice. */
function pieces(text, from, to, styled) {
  const nodes = [];
  let at = from;
  for (const range of styled) {
    const start = Math.max(range.from, at);
    const end = Math.min(range.to, to);
    if (start >= end) continue;
    if (start > at) nodes.push(text.slice(at, start));
    nodes.push(h("span", { class: range.kind }, text.slice(start, end)));
    at = end;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}
