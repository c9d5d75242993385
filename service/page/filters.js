// What is asked about, or listed: outlet, days, speaker. The contract's `filters`, of which this page uses one value each.

import { button, day, h } from "./dom.js";

const DAY = /^\d{4}-\d{2}-\d{2}$/u;

/** From the form's fields; null where nothing restricts. */
function filtersFrom({ outlet, speaker, from, to }) {
  const filters = {
    ...(outlet ? { outlets: [outlet] } : {}),
    ...(speaker ? { speakers: [speaker] } : {}),
    ...(DAY.test(from) ? { published_from: from } : {}),
    ...(DAY.test(to) ? { published_to: to } : {}),
  };
  return Object.keys(filters).length > 0 ? filters : null;
}

/** "The Daily Ledger · words of Kirby · from 1 April 2024". */
export function describeFilters({ outlets, speakers, published_from: from, published_to: to }) {
  return [
    outlets?.join(", "),
    speakers ? `words of ${speakers.join(", ")}` : null,
    from ? `from ${day(from)}` : null,
    to ? `to ${day(to)}` : null,
  ].filter(Boolean).join(" · ");
}

/** Whether a listed document passes; `speaking` holds the ids of the documents in which the speaker speaks. */
export function passes(document, filters, speaking) {
  const { outlets, speakers, published_from: from, published_to: to } = filters;
  const published = document.published_at?.slice(0, 10) ?? "";
  if (outlets && !outlets.includes(document.outlet)) return false;
  if (from && (published === "" || published < from)) return false;
  if (to && (published === "" || published > to)) return false;
  return !speakers || speaking.has(document.document_id);
}

/** The form; `onChange(filters)` after each change, `onAsk(filters)` to ask only about these. */
export function filterForm({ onChange, onAsk }) {
  const outlet = h("select", { name: "outlet", id: "filter-outlet" });
  const speaker = h("input", { name: "speaker", id: "filter-speaker", type: "search", dir: "auto", autocomplete: "off", maxlength: "200" });
  const from = h("input", { name: "from", id: "filter-from", type: "date" });
  const to = h("input", { name: "to", id: "filter-to", type: "date" });
  const current = () => filtersFrom({ outlet: outlet.value, speaker: speaker.value.trim(), from: from.value, to: to.value });
  const field = (label, input) => h("div", { class: "field" }, h("label", { for: input.id }, label), input);
  const asking = button("Ask only about these", () => onAsk(current()), { class: "quiet small", hidden: true });
  const clearing = button("Show all", () => {
    form.reset();
    changed();
  }, { class: "quiet small", hidden: true });
  const form = h("form", { class: "filters", role: "search", "aria-label": "Filter documents", autocomplete: "off" },
    field("Outlet", outlet), field("Speaker", speaker), field("From", from), field("To", to),
    h("div", { class: "filter-actions" }, asking, clearing));
  const changed = () => {
    asking.hidden = current() === null;
    clearing.hidden = current() === null;
    onChange(current());
  };
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    changed();
  });
  /** Offer these outlets, and keep the chosen one as long as it is among them. */
  const offer = (outlets) => {
    const chosen = outlet.value;
    outlet.replaceChildren(h("option", { value: "" }, "Any"), ...outlets.map((name) => h("option", { value: name }, name)));
    outlet.value = outlets.includes(chosen) ? chosen : "";
    if (outlet.value !== chosen) changed();
  };
  return { form, offer };
}
