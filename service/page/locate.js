// Where a quote stands in a text. The server counts Unicode code points, JavaScript counts UTF-16 units: the server's
// numbers are only ever compared with code points counted here, and never used to slice.

/** Code points in `text` before the UTF-16 index `end`. */
export function codePointsBefore(text, end) {
  let n = 0;
  for (let i = 0; i < end; n += 1) i += text.codePointAt(i) > 0xffff ? 2 : 1;
  return n;
}

/** UTF-16 indices of ascending code-point offsets; an offset past the end gives the text's length. */
export function unitsOf(text, offsets) {
  const units = new Map();
  let unit = 0;
  let point = 0;
  for (const offset of offsets) {
    while (point < offset && unit < text.length) {
      unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
      point += 1;
    }
    units.set(offset, unit);
  }
  return units;
}

function occurrences(text, needle) {
  const found = [];
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) found.push(at);
  return found;
}

/**
 * The UTF-16 range of `quote`, or null when the text does not hold it where it was cited.
 * Prefix and suffix choose between equal quotes; `start` (code points) chooses between equal surroundings.
 */
export function locate(text, { quote, prefix, suffix, start }) {
  if (typeof quote !== "string" || quote === "") return null;
  const before = prefix ?? "";
  const range = (at) => ({ from: at, to: at + quote.length });
  const inContext = occurrences(text, before + quote + (suffix ?? "")).map((at) => at + before.length);
  if (inContext.length === 1 && before + (suffix ?? "") !== "") return range(inContext[0]);
  const candidates = inContext.length > 0 ? inContext : occurrences(text, quote);
  const exact = candidates.find((at) => codePointsBefore(text, at) === start);
  if (exact !== undefined) return range(exact);
  return inContext.length === 1 ? range(inContext[0]) : null;
}
