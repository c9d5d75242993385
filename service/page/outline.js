// The parts of a document in its text: names and headings that stand out, and a list to go to one of them.

import { h } from "./dom.js";
import { unitsOf } from "./locate.js";

const MAX_PLACES = 500; // more than a list to choose from can hold
const OPENING_LETTERS = 48;
const OUTLINE_PX = 64; // the list itself stays at the top of the text

const words = (label) => new Set(label.toLocaleLowerCase().match(/\p{L}[\p{L}\p{M}]+/gu) ?? []);

/** UTF-16 ranges of headings and of the name at the head of each turn; a name we are not sure of is left plain. */
export function spokenLabels(text, sections) {
  const wanted = sections.filter((s) => Number.isInteger(s.start) && Number.isInteger(s.end)
    && (s.kind === "heading" || (s.kind === "turn" && s.label)));
  const units = unitsOf(text, wanted.flatMap((s) => [s.start, s.end]).sort((a, b) => a - b));
  const ranges = [];
  for (const section of wanted) {
    const from = units.get(section.start);
    if (section.kind === "heading") {
      // The section is what stands under the heading, which opens it.
      if (section.label && text.startsWith(section.label, from)) {
        ranges.push({ from, to: from + section.label.length, kind: "heading" });
      }
      continue;
    }
    // The label may open the turn's span or stand just before it on the same line.
    const line = Math.max(text.lastIndexOf("\n", from - 1) + 1, from - 120);
    const before = text.slice(line, from);
    const inside = text.slice(from, from + 120).match(/^\s*[^\n:]{1,80}:/);
    const outside = /:\s*$/.test(before) ? { from: line, to: from } : null;
    const label = inside ? { from, to: from + inside[0].length } : outside;
    if (label === null) continue;
    const named = words(section.label);
    const sure = [...words(text.slice(label.from, label.to))].some((word) => named.has(word));
    if (sure) ranges.push({ ...label, kind: "speaker" });
  }
  return ranges.sort((a, b) => a.from - b.from);
}

const isPlace = ({ kind, label }) => (["turn", "heading", "page", "time"].includes(kind) && Boolean(label));

/** A part as the list names it: a turn with its first words, which may begin with its label. */
function placeName({ kind, label }, opening) {
  if (kind !== "turn") return label;
  const spoken = opening.replace(/\s+/gu, " ").trim();
  return spoken === "" || spoken.startsWith(label) ? spoken || label : `${label}: ${spoken}`;
}

/** A list of the parts shown (units `first` to `last` of `text` stand in `container`), or null for one part or none. */
export function outline(text, sections, { first, last, container }) {
  const parts = sections.filter(isPlace).slice(0, MAX_PLACES);
  const units = unitsOf(text, parts.map(({ start }) => start).sort((a, b) => a - b));
  const shown = parts.map((part) => ({ part, at: units.get(part.start) })).filter(({ at }) => at >= first && at < last);
  if (shown.length < 2) return null;
  const choice = h("select", { id: "source-outline" },
    h("option", { value: "" }, `${shown.length} parts`),
    ...shown.map(({ part, at }) => h("option", { value: at }, placeName(part, text.slice(at, at + OPENING_LETTERS)))));
  choice.addEventListener("change", () => {
    if (choice.value !== "") bringUp(container, Number(choice.value) - first);
  });
  return h("div", { class: "outline" }, h("label", { for: "source-outline" }, "Go to"), choice);
}

/** Scroll so that the unit `at` of the container's text stands at the top. */
function bringUp(container, at) {
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  let passed = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (passed + node.data.length > at) {
      const range = document.createRange();
      range.setStart(node, at - passed);
      range.setEnd(node, at - passed + 1);
      const body = container.parentElement;
      body.scrollTop += range.getBoundingClientRect().top - body.getBoundingClientRect().top - OUTLINE_PX;
      return;
    }
    passed += node.data.length;
  }
}
