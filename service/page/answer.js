// One exchange of the log: the question, and its answer as it arrives.

import { announce, byId, day, h, plural } from "./dom.js";
import { hidePreview, withPreview } from "./preview.js";
import { closeSource, openSource } from "./source.js";

const REFUSALS = {
  empty_corpus: "There are no documents yet",
  filtered_out: "The filters leave nothing to read",
  no_evidence: "The documents do not answer this",
  false_premise: "The question assumes something the documents do not say",
  ambiguous: "The question can be read in more than one way",
};

const list = (value) => (Array.isArray(value) ? value : []);
const from = (source) => source.outlet || source.title || source.name || "Document";

/** Whose words, and where: for the label of a mark and for the preview. */
function describe(citation) {
  const published = citation.published_at ? day(citation.published_at) : null;
  return [from(citation), citation.speaker, published].filter(Boolean).join(", ");
}

/**
 * `actions`: askAgain(view), addDocuments(), findDocument(id) -> listed document or undefined.
 * `element` is the article; the answer inside it carries `data-status` once it is complete.
 */
export class AnswerView {
  constructor(question, actions) {
    this.question = question;
    this.actions = actions;
    this.keyNeeded = false; // the last try was answered by 401
    this.reply = null; // what goes into the history; null while there is no answer
    const id = `question-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    this.answer = h("div", { class: "answer", "data-answer": true });
    this.element = h("article", { class: "exchange", "aria-labelledby": id },
      h("h2", { class: "question", id, dir: "auto" }, question), this.answer);
    this.begin();
  }

  /** Empty the answer and wait, for the first time or again. */
  begin() {
    this.citations = new Map();
    this.streamed = [];
    this.marked = new Set();
    this.keyNeeded = false;
    this.reply = null;
    this.answer.removeAttribute("data-status");
    this.answer.removeAttribute("data-reason");
    this.answer.setAttribute("aria-busy", "true");
    this.element.setAttribute("data-state", "asking");
    this.progress = h("p", { class: "progress" }, "Reading the documents");
    this.statements = h("div", { class: "statements" });
    this.answer.replaceChildren(this.statements, this.progress);
  }

  receive(name, value) {
    if (name === "passages") {
      const found = list(Array.isArray(value) ? value : value.passages).length;
      if (found > 0) this.progress.textContent = `Checking ${plural(found, "passage")}`;
    } else if (name === "citation") {
      this.citations.set(value.id, value);
    } else if (name === "statement") {
      this.element.setAttribute("data-state", "streaming");
      this.addStatement(value);
    } else if (name === "answer") {
      this.complete(value);
    }
  }

  addStatement(statement) {
    this.streamed.push(statement);
    this.statements.append(this.statement(statement));
  }

  end(state, status) {
    this.progress.remove();
    this.answer.removeAttribute("aria-busy");
    this.element.setAttribute("data-state", state);
    if (status) this.answer.setAttribute("data-status", status);
  }

  complete(answer) {
    for (const citation of list(answer.citations)) this.citations.set(citation.id, citation);
    // The statements that streamed in stay as they are, so that nothing moves and nothing is read out twice.
    const same = (s) => JSON.stringify([s.text, list(s.citations)]);
    const wanted = list(answer.statements);
    if (wanted.map(same).join() !== this.streamed.map(same).join()) {
      this.marked.clear();
      this.statements.replaceChildren(...wanted.map((statement) => this.statement(statement)));
    }
    const refused = answer.status === "refused";
    this.answer.replaceChildren(...[
      this.resolved(answer), this.short(answer),
      refused ? this.refusal(answer.refusal ?? {}) : null,
      this.statements,
      this.missing(answer), this.conflicts(answer), this.dates(answer), this.notes(answer), this.foot(answer),
    ].filter(Boolean));
    this.reply = refused ? answer.refusal?.message ?? "" : wanted.map((statement) => statement.text).join(" ");
    this.end("done", answer.status);
    announce(refused ? "No answer found." : `Answer complete: ${plural(wanted.length, "statement")}.`);
  }

  stop() {
    const some = this.streamed.length > 0;
    this.answer.append(h("p", { class: "note", "data-stopped": true },
      some ? "Stopped. The statements above were checked; more might have followed. " : "Stopped before the first statement. ",
      this.againButton()));
    this.end("stopped", null);
    announce("Stopped.");
  }

  fail(problem) {
    this.keyNeeded = problem.status === 401;
    this.answer.append(h("div", { class: "problem", "data-problem": true, role: "alert" },
      h("h3", { dir: "auto" }, problem.title ?? problem.message),
      problem.detail ? h("p", { dir: "auto" }, problem.detail) : null,
      h("p", {}, problem.advice ?? "Try again."),
      h("p", { class: "problem-foot" }, this.againButton(), problem.code ? h("code", {}, problem.code) : null)));
    this.end("done", "error");
  }

  againButton() {
    const onclick = () => this.actions.askAgain(this);
    return h("button", { type: "button", class: "quiet small", "data-ask-again": true, onclick }, "Ask again");
  }

  // The parts of a complete answer; each returns an element or null.

  resolved(answer) {
    if (!answer.resolved_question) return null;
    return h("p", { class: "resolved", "data-resolved": true },
      "Understood as ", h("q", { dir: "auto" }, answer.resolved_question));
  }

  short(answer) {
    if (answer.short_answer === null || answer.short_answer === undefined) return null;
    const verdict = answer.short_answer === "yes" || answer.short_answer === "no";
    const look = verdict ? "short-answer verdict" : "short-answer";
    return h("p", { class: look, "data-short-answer": true, dir: "auto" }, answer.short_answer);
  }

  statement(statement) {
    const text = String(statement.text);
    const marks = list(statement.citations).map((id) => this.mark(id));
    // Browsers break a line before a button whatever stands there, so the last word and the first marks share a box.
    const end = /\S{0,24}\s*$/u.exec(text).index;
    const sources = Number(statement.n_sources);
    return h("p", { class: "statement", "data-statement": true, dir: "auto" },
      text.slice(0, end),
      h("span", { class: "together" }, text.slice(end), h("span", { class: "marks" }, " ", ...marks.slice(0, 3))),
      h("span", { class: "marks" }, ...marks.slice(3), sources > 1 ? " " : null,
        sources > 1 ? h("span", { class: "sources" }, `${sources} sources`) : null));
  }

  /** A numbered mark behind a statement. */
  mark(id) {
    const button = this.opener(id, { class: "mark", "data-citation": id }, String(id));
    const name = () => {
      const citation = this.citations.get(id);
      button.setAttribute("aria-label", citation ? `Source ${id}: ${describe(citation)}` : `Source ${id}`);
    };
    name();
    button.addEventListener("focus", name); // a citation may come after its mark, whatever the order promised
    this.marked.add(id);
    return button;
  }

  /** A source named in a table; it counts as a citation's mark only where no statement has one. */
  sourceLink(id) {
    const citation = this.citations.get(id);
    const known = this.marked.has(id);
    this.marked.add(id);
    const attributes = { class: "link", dir: "auto", [known ? "data-cites" : "data-citation"]: id };
    return this.opener(id, attributes, citation ? from(citation) : `Source ${id}`);
  }

  opener(id, attributes, words) {
    const content = () => {
      const citation = this.citations.get(id);
      return citation ? { quote: citation.quote, label: describe(citation) } : null;
    };
    const button = h("button", { type: "button", "aria-controls": "source", "aria-expanded": "false", ...attributes,
      onclick: (event) => this.open(id, button, event.detail === 0) }, words);
    return withPreview(button, content);
  }

  open(id, trigger, viaKeyboard) {
    const citation = this.citations.get(id);
    if (!citation) return;
    hidePreview();
    const marks = [...this.answer.querySelectorAll(`[data-citation="${Number(id)}"], [data-cites="${Number(id)}"]`)];
    const ids = [...this.citations.keys()];
    const at = ids.indexOf(id);
    const step = (by) => (event) => {
      const next = ids[(at + by + ids.length) % ids.length];
      this.open(next, this.answer.querySelector(`[data-citation="${Number(next)}"]`) ?? trigger, event.detail === 0);
    };
    openSource(citation, {
      trigger, viaKeyboard,
      onClose: () => marks.forEach((mark) => mark.setAttribute("aria-expanded", "false")),
      steps: { position: at + 1, count: ids.length, previous: step(-1), next: step(1) },
    });
    marks.forEach((mark) => mark.setAttribute("aria-expanded", "true"));
    marks[0]?.scrollIntoView({ block: "nearest" });
  }

  refusal(refusal) {
    this.answer.setAttribute("data-reason", refusal.reason ?? "");
    const nearest = list(refusal.nearest);
    return h("section", { class: "refusal", "data-refusal": true },
      h("h3", {}, Object.hasOwn(REFUSALS, refusal.reason) ? REFUSALS[refusal.reason] : "No answer"),
      refusal.message ? h("p", { dir: "auto" }, refusal.message) : null,
      refusal.reason === "empty_corpus"
        ? h("button", { type: "button", class: "primary", onclick: this.actions.addDocuments }, "Add documents") : null,
      nearest.length > 0 ? h("h4", {}, "Closest passages") : null,
      nearest.length > 0 ? this.passageList(nearest, "data-nearest") : null);
  }

  passageList(passages, attribute) {
    return h("ul", { class: "passages" }, ...passages.map((passage) => {
      const found = this.actions.findDocument(passage.document_id);
      const open = (event) => openSource({ ...passage, quote: passage.text },
        { trigger: button, viaKeyboard: event.detail === 0 });
      const button = h("button",
        { type: "button", class: "passage", [attribute]: true, "aria-controls": "source", onclick: open },
        found ? h("span", { class: "passage-from", dir: "auto" }, from(found)) : null,
        h("span", { class: "passage-text", dir: "auto" }, passage.text));
      return h("li", {}, button);
    }));
  }

  missing(answer) {
    if (!answer.missing) return null;
    const parts = list(answer.missing).length > 0 ? answer.missing.join("; ") : String(answer.missing);
    return h("p", { class: "note", "data-missing": true },
      h("strong", {}, "Not found in the documents: "), h("span", { dir: "auto" }, parts));
  }

  conflicts(answer) {
    const conflicts = list(answer.conflicts);
    if (conflicts.length === 0) return null;
    const linked = (ids) => list(ids).map((id) => {
      const published = this.citations.get(id)?.published_at;
      return h("div", {}, this.sourceLink(id), published ? h("span", { class: "when" }, day(published)) : null);
    });
    return h("section", { class: "conflicts", "data-conflicts": true },
      h("h3", {}, "Where the sources differ"),
      ...conflicts.map((conflict) => h("table", { "data-conflict": true },
        h("caption", { dir: "auto" }, conflict.about),
        h("thead", {}, h("tr", {},
          h("th", { scope: "col" }, "In the source's words"), h("th", { scope: "col" }, "Source"))),
        h("tbody", {}, ...list(conflict.values).map((value) => h("tr", {},
          h("td", { dir: "auto" }, value.value), h("td", {}, ...linked(value.citations))))))));
  }

  dates(answer) {
    const dates = list(answer.dates);
    if (dates.length === 0) return null;
    return h("section", { class: "dates", "data-dates": true },
      h("h3", {}, "Dates"),
      h("ul", {}, ...dates.map((date) => h("li", { "data-date": true },
        h("q", { dir: "auto" }, date.text), " is ", h("strong", {}, date.value ? day(date.value) : "not known"),
        date.basis ? `, counted from ${day(date.basis)}` : "", " · ", this.sourceLink(date.citation)))));
  }

  notes(answer) {
    const warnings = list(answer.warnings).map((given) => (typeof given === "string" ? given : JSON.stringify(given)));
    if (!answer.degraded && warnings.length === 0) return null;
    return h("aside", { class: "note", "data-notes": true, "aria-label": "Notes on this answer" },
      answer.degraded ? h("p", { "data-degraded": true },
        "Answered in a reduced mode: not everything that was asked for was available.") : null,
      ...warnings.map((warning) => h("p", { "data-warning": true, dir: "auto" }, warning)));
  }

  foot(answer) {
    const documents = new Set(list(answer.citations).map((citation) => citation.document_id)).size;
    const quotes = list(answer.citations).length;
    const sure = Number.isFinite(answer.confidence) ? `Confidence ${Math.round(answer.confidence * 100)} %` : null;
    const rests = `${plural(quotes, "quote")} from ${plural(documents, "document")}`;
    const facts = quotes > 0 ? [rests, sure].filter(Boolean) : [];
    const passages = answer.status === "refused" ? [] : list(answer.passages);
    if (facts.length === 0 && passages.length === 0) return null;
    return h("footer", { class: "answer-foot" },
      facts.length > 0 ? h("p", {}, facts.join(" · ")) : null,
      passages.length > 0 ? h("details", {},
        h("summary", {}, `Passages read (${passages.length})`), this.passageList(passages, "data-passage")) : null);
  }
}

/** Close what an exchange opened, before it is removed or asked again. */
export function closeOpened() {
  hidePreview();
  closeSource({ refocus: false });
}

/** Bring a new question to the top of the log, so that its answer grows into free space. */
export function bringUp(view) {
  const talk = byId("talk");
  talk.scrollTop += view.element.getBoundingClientRect().top - talk.getBoundingClientRect().top;
}
