// An answer outside of the page: as Markdown, as JSON that can be checked again, as a link to its question.

import { placeKind, saidBy } from "./cited.js";
import { announce, button, day, list } from "./dom.js";

const escaped = (text) => String(text).replace(/[\\`*_[\]<>#|~&!]/gu, "\\$&").replace(/\s*\n\s*/gu, " ");

function sourceLine(citation) {
  const place = citation.section ? `${placeKind(citation.section).toLowerCase()} ${citation.section}` : null;
  const facts = [
    saidBy(citation), citation.title, citation.outlet, citation.published_at ? day(citation.published_at) : null, place, citation.name,
  ].filter(Boolean).map(escaped);
  const where = `characters ${citation.start} to ${citation.end} of version ${String(citation.document_sha256).slice(0, 8)}`;
  return `${citation.id}. “${escaped(citation.quote)}” — ${facts.join(", ")}, ${escaped(where)}`;
}

/** The question, the statements with their numbers, and below them each source with its exact words. */
function markdown(answer) {
  const marks = (ids) => list(ids).map((id) => ` [${id}]`).join("");
  const statements = list(answer.statements).map((statement) => escaped(statement.text) + marks(statement.citations));
  const refused = answer.status === "refused" ? [escaped(answer.refusal?.message ?? "No answer.")] : [];
  const missing = answer.missing ? [`Not found in the documents: ${escaped(answer.missing)}`] : [];
  const conflicts = list(answer.conflicts).map((conflict) => [`The sources differ on ${escaped(conflict.about)}:`,
    ...list(conflict.values).map((value) => `- ${escaped(value.value)}${marks(value.citations)}`)].join("\n"));
  const sources = list(answer.citations).map(sourceLine);
  return [`## ${escaped(answer.question)}`, ...statements, ...refused, ...missing, ...conflicts,
    ...(sources.length > 0 ? [sources.join("\n")] : [])].join("\n\n") + "\n";
}

/** What `readout verify FILE` takes. */
const exported = (answers, now) => `${JSON.stringify(
  { readout_export: 1, exported_at: now.toISOString(), answers }, null, 2)}\n`;

/** A link that fills the question box; it asks nothing by itself. */
const linkTo = (question) => `${location.origin}${location.pathname}#q=${encodeURIComponent(question)}`;

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyBySelection(text)) {
      announce(`The browser does not let this page copy. Select the text and copy it yourself.`);
      return false;
    }
  }
  announce(`Copied ${what}.`);
  return true;
}

/** Without TLS browsers give no clipboard to a page, but they copy what is selected. */
function copyBySelection(text) {
  const box = document.createElement("textarea");
  const before = document.activeElement;
  box.className = "visually-hidden";
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  before?.focus();
  return done;
}

export function exportAnswers(answers) {
  const now = new Date();
  const address = URL.createObjectURL(new Blob([exported(answers, now)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `readout-${now.toISOString().slice(0, 19).replaceAll(":", "")}.json`;
  link.click();
  URL.revokeObjectURL(address);
  announce(`Exported ${answers.length === 1 ? "the answer" : `${answers.length} answers`}.`);
}

/** The buttons below a complete answer. */
export function shareButtons(answer) {
  const quiet = { class: "quiet small" };
  const copier = (words, what, text) => {
    const made = button(words, async () => {
      if (!await copy(text(), what)) return;
      made.textContent = "Copied";
      setTimeout(() => { made.textContent = words; }, 1500);
    }, { ...quiet, "data-copy": what });
    return made;
  };
  return [
    copier("Copy", "the answer as Markdown", () => markdown(answer)),
    copier("Copy link", "a link to the question", () => linkTo(answer.question)),
    button("Export", () => exportAnswers([answer]), { ...quiet, "data-export": true }),
  ];
}
