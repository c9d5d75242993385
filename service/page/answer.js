// One exchange of the log: the question, and its answer as it arrives.

import { describe, nameOf } from "./cited.js";
import { announce, button, byId, h, list, plural } from "./dom.js";
import { editQuestion } from "./edit.js";
import { describeFilters } from "./filters.js";
import * as parts from "./parts.js";
import { hidePreview, withPreview } from "./preview.js";
import { shareButtons } from "./share.js";
import { closeSource, openSource } from "./source.js";

// What fits on one line of a phone in the headline's letters; a longer short answer is set off within its sentence,
// so that the statements never move down for it.
const HEADLINE_LETTERS = 28;

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/**
 * `actions`: askAgain(view), askUnfiltered(view), edit(view, question), addDocuments(), findDocument(id) -> listed document or undefined.
 * `element` is the article; the answer inside it carries `data-status` once it is complete.
 */
export class AnswerView {
  constructor({ question, filters = null, generative = false, followsUp = false }, actions) {
    Object.assign(this, { question, filters, generative, followsUp, actions });
    this.keyNeeded = false; // the last try was answered by 401
    this.result = null; // the answer, the very JSON; null while there is none
    const id = `question-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    this.answer = h("div", { class: "answer", "data-answer": true });
    this.answer.addEventListener("keydown", (event) => this.moveAmongMarks(event));
    const asked = h("h2", { class: "question", id, dir: "auto" }, question);
    const edit = button("Edit", () => editQuestion(this, asked.parentElement),
      { class: "quiet small", "data-edit": true, "aria-describedby": id });
    this.element = h("article", { class: "exchange", "aria-labelledby": id },
      h("div", { class: "asked" }, asked, edit,
        filters ? h("p", { class: "asked-filters", dir: "auto" }, `Only ${describeFilters(filters)}`) : null),
      this.answer);
    this.begin();
  }

  /** What goes into the history; empty while there is no answer. */
  get reply() {
    if (this.result === null) return "";
    if (this.result.status === "refused") return String(this.result.refusal?.message ?? "");
    return list(this.result.statements).map((statement) => statement.text).join(" ");
  }

  /** Empty the answer and wait, for the first time or again. */
  begin() {
    this.citations = new Map();
    this.streamed = [];
    this.marked = new Set();
    this.keyNeeded = false;
    this.result = null;
    this.answer.removeAttribute("data-status");
    this.answer.removeAttribute("data-reason");
    this.answer.setAttribute("aria-busy", "true");
    this.element.setAttribute("data-state", "asking");
    // One line that is there from the start: first it tells the progress, then what the answer comes to.
    this.headline = h("p", { class: "headline progress" }, "Reading the documents…");
    this.statements = h("div", { class: "statements" });
    this.resolved = h("div", { class: this.followsUp ? "resolved-line" : "resolved-line none" });
    this.answer.replaceChildren(this.resolved, this.headline, this.statements);
  }

  waitForServer() {
    this.headline.textContent = "Readout is still starting. Your question is asked as soon as it can be…";
  }

  receive(name, value) {
    if (name === "passages") {
      const found = list(Array.isArray(value) ? value : value.passages).length;
      if (found > 0) this.headline.textContent = `Checking ${plural(found, "passage")}…`;
    } else if (name === "citation") {
      this.citations.set(value.id, value);
    } else if (name === "statement") {
      this.element.setAttribute("data-state", "streaming");
      this.streamed.push(value);
      this.statements.append(this.statement(value));
    } else if (name === "answer") {
      this.show(value);
      announce(value.status === "refused" ? "No answer found." : `Answer complete: ${plural(list(value.statements).length, "statement")}.`);
    }
  }

  end(state, status) {
    this.headline.classList.remove("progress");
    this.answer.removeAttribute("aria-busy");
    this.element.setAttribute("data-state", state);
    if (status) this.answer.setAttribute("data-status", status);
  }

  /** Show a complete answer, fresh from the server or out of the history. */
  show(answer) {
    for (const citation of list(answer.citations)) this.citations.set(citation.id, citation);
    // The statements that streamed in stay as they are, so that nothing moves and nothing is read out twice.
    const same = (s) => JSON.stringify([s.text, list(s.citations)]);
    const wanted = list(answer.statements);
    if (wanted.map(same).join() !== this.streamed.map(same).join()) {
      this.marked.clear();
      this.statements.replaceChildren(...wanted.map((statement) => this.statement(statement)));
    }
    const refused = answer.status === "refused";
    this.result = answer;
    if (refused) this.answer.setAttribute("data-reason", answer.refusal?.reason ?? "");
    this.resolved.replaceChildren(...[parts.resolved(answer)].filter(Boolean));
    const told = this.tellShort(answer);
    if (refused) this.headline.remove();
    this.answer.append(...[
      refused ? parts.refusal(answer.refusal ?? {}, this) : null,
      parts.missing(answer), parts.conflicts(answer, this), parts.dates(answer, this), parts.notes(answer),
      h("footer", { class: "answer-foot" },
        told ? h("p", {}, parts.facts(answer)) : null,
        h("div", { class: "answer-actions" }, ...shareButtons(answer)),
        parts.passagesRead(answer, this)),
    ].filter(Boolean));
    this.end("done", answer.status);
  }

  /** The short answer goes into the headline, or is set off in its sentence; else the headline tells the facts. */
  tellShort(answer) {
    const short = typeof answer.short_answer === "string" ? answer.short_answer : "";
    const inHeadline = short !== "" && short.length <= HEADLINE_LETTERS;
    const verdict = short === "yes" || short === "no";
    this.headline.className = inHeadline ? "headline short-answer" : "headline";
    if (verdict) this.headline.classList.add("verdict");
    this.headline.textContent = inHeadline ? short : parts.facts(answer);
    this.headline.toggleAttribute("data-short-answer", inHeadline);
    this.headline.setAttribute("dir", "auto");
    if (short !== "" && !inHeadline) this.setOff(short);
    return inHeadline;
  }

  /** Mark a short answer in the first sentence that says it; one that no sentence says stands below them. */
  setOff(short) {
    for (const statement of this.statements.children) {
      const pieces = [...statement.querySelectorAll(".words")];
      const at = pieces.map((piece) => piece.textContent).join("").indexOf(short);
      if (at < 0) continue;
      let passed = 0;
      for (const piece of pieces) {
        const text = piece.textContent;
        const from = Math.min(Math.max(at - passed, 0), text.length);
        const to = Math.min(Math.max(at + short.length - passed, 0), text.length);
        passed += text.length;
        if (from < to) piece.replaceChildren(text.slice(0, from), h("strong", {}, text.slice(from, to)), text.slice(to));
      }
      return;
    }
    this.statements.append(h("p", { class: "in-short", dir: "auto" }, h("span", { class: "quiet-words" }, "In short: "), short));
  }

  stop() {
    const some = this.streamed.length > 0;
    this.headline.textContent = "Stopped";
    this.answer.append(h("p", { class: "note", "data-stopped": true },
      some ? "The statements above were checked; more might have followed. " : "There was no statement yet. ", this.againButton()));
    this.end("stopped", null);
    announce("Stopped.");
  }

  fail(problem) {
    this.keyNeeded = problem.status === 401;
    if (this.streamed.length > 0) this.headline.textContent = "Broken off";
    else this.headline.remove();
    this.answer.append(h("div", { class: "problem", "data-problem": true, role: "alert" },
      h("h3", { dir: "auto" }, problem.title),
      problem.detail ? h("p", { dir: "auto" }, problem.detail) : null,
      h("p", {}, problem.advice),
      h("p", { class: "problem-foot" }, this.againButton(), problem.code ? h("code", {}, problem.code) : null)));
    this.end("done", "error");
  }

  againButton() {
    return button("Ask again", () => this.actions.askAgain(this), { class: "quiet small", "data-ask-again": true });
  }

  statement(statement) {
    const text = String(statement.text);
    const marks = list(statement.citations).map((id) => this.mark(id));
    // Browsers break a line before a button whatever stands there, so the last word and the first marks share a box.
    const end = /\S{0,24}\s*$/u.exec(text).index;
    const n = Number(statement.n_sources);
    const sources = n > 1 ? `${n} independent sources` : n === 1 ? "one source" : "";
    return h("p", { class: "statement", "data-statement": true, dir: "auto" },
      h("span", { class: "words" }, text.slice(0, end)),
      h("span", { class: "together" }, h("span", { class: "words" }, text.slice(end)), h("span", { class: "marks" }, " ", ...marks.slice(0, 3))),
      h("span", { class: "marks" }, ...marks.slice(3),
        sources ? h("span", { class: n > 1 ? "sources several" : "sources", "data-sources": n, dir: "ltr" }, sources) : null));
  }

  /** A numbered mark behind a statement. */
  mark(id) {
    const made = this.opener(id, { class: "mark", "data-citation": id }, String(id));
    const name = () => {
      const citation = this.citations.get(id);
      made.setAttribute("aria-label", citation ? `Source ${id}: ${describe(citation)}` : `Source ${id}`);
    };
    name();
    made.addEventListener("focus", name); // a citation may come after its mark, whatever the order promised
    this.marked.add(id);
    return made;
  }

  /** A source named in a table; it counts as a citation's mark only where no statement has one. */
  sourceLink(id) {
    const citation = this.citations.get(id);
    const known = this.marked.has(id);
    this.marked.add(id);
    const attributes = { class: "link", dir: "auto", [known ? "data-cites" : "data-citation"]: id };
    return this.opener(id, attributes, citation ? nameOf(citation) : `Source ${id}`);
  }

  opener(id, attributes, words) {
    const content = () => {
      const citation = this.citations.get(id);
      return citation ? { quote: citation.quote, label: describe(citation) } : null;
    };
    const made = button(words, (event) => this.open(id, made, event.detail === 0),
      { "aria-controls": "source", "aria-expanded": "false", ...attributes });
    return withPreview(made, content);
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

  /** Arrow keys, Home and End lead from mark to mark; each one previews its quote. */
  moveAmongMarks(event) {
    const from = event.target.closest?.("[data-citation], [data-cites]");
    if (!from || !Object.hasOwn(STEPS, event.key) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const marks = [...this.answer.querySelectorAll("[data-citation], [data-cites]")];
    const wanted = marks.indexOf(from) + STEPS[event.key];
    marks[Math.min(Math.max(wanted, 0), marks.length - 1)].focus();
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
