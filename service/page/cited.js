// A source in words: what it is called, whose words a citation holds, and where in the document they stand.

import { day } from "./dom.js";

export const nameOf = (source) => source.outlet || source.title || source.name || "Document";

/** "John Kirby, reported by The Daily Ledger", or null where nobody is known. */
export function saidBy({ speaker, reported_by: reportedBy }) {
  if (speaker && reportedBy) return `${speaker}, reported by ${reportedBy}`;
  return speaker || (reportedBy ? `Reported by ${reportedBy}` : null);
}

/** What a citation's `section` is: loaders name pages `p. 3` and times `00:12:41`; all else is a heading or a turn. */
export function placeKind(section) {
  if (/^p\. ?\d/u.test(section)) return "Page";
  return /^\d{1,2}:\d{2}/u.test(section) ? "Time" : "Section";
}

/** One line: whose words, which source, when, and where in it. */
export function describe(citation) {
  const published = citation.published_at ? day(citation.published_at) : null;
  const source = [citation.speaker, citation.reported_by].includes(nameOf(citation)) ? null : nameOf(citation);
  const place = citation.section === citation.speaker ? null : citation.section;
  return [saidBy(citation), source, published, place].filter(Boolean).join(" · ");
}
