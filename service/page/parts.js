// The parts of a complete answer below its statements. Each function returns an element, or null where there is nothing.
// `view` is the AnswerView: it holds the citations and makes the buttons that open them.

import { nameOf, saidBy } from "./cited.js";
import { button, day, h, list, plural } from "./dom.js";
import { openSource } from "./source.js";

const REFUSALS = {
  empty_corpus: "There are no documents yet",
  filtered_out: "The filters leave nothing to read",
  no_evidence: "The documents do not answer this",
  false_premise: "The question assumes something the documents do not say",
  ambiguous: "The question can be read in more than one way",
};

/** How a follow-up was understood: one line, and the whole of a longer one when it is opened. */
export function resolved(answer) {
  if (!answer.resolved_question) return null;
  return h("details", { class: "resolved", "data-resolved": true },
    h("summary", {}, "Understood as ", h("q", { dir: "auto" }, answer.resolved_question)));
}

export function refusal(refused, view) {
  const nearest = list(refused.nearest);
  const way = {
    empty_corpus: () => button("Add documents", view.actions.addDocuments, { class: "primary" }),
    filtered_out: () => button("Ask without filters", () => view.actions.askUnfiltered(view), { class: "primary" }),
  };
  return h("section", { class: "refusal", "data-refusal": true },
    h("h3", {}, Object.hasOwn(REFUSALS, refused.reason) ? REFUSALS[refused.reason] : "No answer"),
    refused.message ? h("p", { dir: "auto" }, refused.message) : null,
    Object.hasOwn(way, refused.reason) ? way[refused.reason]() : null,
    nearest.length > 0 ? h("h4", {}, "The nearest passages, which do not answer it") : null,
    nearest.length > 0 ? passageList(nearest, "data-nearest", view) : null);
}

function passageList(passages, attribute, view) {
  return h("ul", { class: "passages" }, ...passages.map((passage) => {
    const source = passage.name ? passage : view.actions.findDocument(passage.document_id);
    const published = source?.published_at ? day(source.published_at) : null;
    const open = (event) => openSource({ ...passage, quote: passage.text },
      { trigger: event.currentTarget, viaKeyboard: event.detail === 0 });
    return h("li", {}, h("button",
      { type: "button", class: "passage", [attribute]: true, "aria-controls": "source", onclick: open },
      source ? h("span", { class: "passage-from", dir: "auto" }, [nameOf(source), published].filter(Boolean).join(" · ")) : null,
      h("span", { class: "passage-text", dir: "auto" }, passage.text)));
  }));
}

export function missing(answer) {
  if (!answer.missing) return null;
  const parts = list(answer.missing).length > 0 ? answer.missing.join("; ") : String(answer.missing);
  return h("p", { class: "note", "data-missing": true },
    h("strong", {}, "Not found in the documents: "), h("span", { dir: "auto" }, parts));
}

export function conflicts(answer, view) {
  const found = list(answer.conflicts);
  if (found.length === 0) return null;
  const linked = (ids) => list(ids).map((id) => {
    const citation = view.citations.get(id) ?? {};
    const said = saidBy(citation) === nameOf(citation) ? null : saidBy(citation);
    const facts = [said, citation.published_at ? day(citation.published_at) : null].filter(Boolean);
    return h("div", {}, view.sourceLink(id), h("span", { class: "when", dir: "auto" }, facts.join(" · ")));
  });
  return h("section", { class: "conflicts", "data-conflicts": true },
    h("h3", {}, "Where the sources differ"),
    ...found.map((conflict) => h("table", { "data-conflict": true },
      h("caption", { dir: "auto" }, conflict.about),
      h("thead", {}, h("tr", {},
        h("th", { scope: "col" }, "In the source's words"), h("th", { scope: "col" }, "Source"))),
      h("tbody", {}, ...list(conflict.values).map((value) => h("tr", {},
        h("td", { dir: "auto" }, value.value), h("td", {}, ...linked(value.citations))))))));
}

export function dates(answer, view) {
  const found = list(answer.dates);
  if (found.length === 0) return null;
  return h("section", { class: "dates", "data-dates": true },
    h("h3", {}, "Dates"),
    h("ul", {}, ...found.map((date) => h("li", { "data-date": true },
      h("q", { dir: "auto" }, date.text), " is ", h("strong", { dir: "auto" }, date.value ? day(date.value) : "not known"),
      date.basis ? h("span", { dir: "auto" }, `, counted from ${day(date.basis)}`) : "", " · ", view.sourceLink(date.citation)))));
}

export function notes(answer) {
  const warnings = list(answer.warnings).map((given) => (typeof given === "string" ? given : JSON.stringify(given)));
  if (!answer.degraded && warnings.length === 0) return null;
  return h("aside", { class: "note", "data-notes": true, "aria-label": "Notes on this answer" },
    answer.degraded ? h("p", { "data-degraded": true },
      h("strong", {}, "Reduced answer. "), answer.mode === "generative"
        ? "The language model did not do all that was asked of it: some of this is plain quotes, or missing."
        : "The language model could not be used, so these are plain quotes.") : null,
    ...warnings.map((warning) => h("p", { "data-warning": true, dir: "auto" }, warning)));
}

/** What the answer rests on, in one line; empty for a refusal. */
export function facts(answer) {
  const quotes = list(answer.citations).length;
  if (quotes === 0) return "";
  const documents = new Set(list(answer.citations).map((citation) => citation.document_id)).size;
  // It says how likely the best single candidate answers: beside an overview of many statements it would mislead.
  const single = Boolean(answer.short_answer) || list(answer.statements).length === 1;
  const sure = single && Number.isFinite(answer.confidence) ? ` · confidence ${Math.round(answer.confidence * 100)} %` : "";
  const writer = answer.mode === "generative" ? " · written by a language model, each sentence checked" : "";
  return `${plural(quotes, "quote")} from ${plural(documents, "document")}${sure}${writer}`;
}

export function passagesRead(answer, view) {
  const passages = answer.status === "refused" ? [] : list(answer.passages);
  if (passages.length === 0) return null;
  return h("details", { class: "read" },
    h("summary", {}, `Passages read (${passages.length})`), passageList(passages, "data-passage", view));
}
