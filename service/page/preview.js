// The words behind a citation mark, on hover and on focus. Stays while the pointer is on it, leaves on Escape (WCAG 1.4.13).

import { byId, h } from "./dom.js";

const GAP = 8;
const LEAVE_MS = 150; // long enough to move the pointer from the mark onto the preview

let anchor = null;
let timer = 0;

export function hidePreview() {
  clearTimeout(timer);
  if (anchor === null) return false;
  anchor.removeAttribute("aria-describedby");
  anchor = null;
  byId("preview").hidden = true;
  return true;
}

function place(box) {
  const mark = anchor.getBoundingClientRect();
  const width = document.documentElement.clientWidth;
  const left = Math.min(Math.max(GAP, mark.left + mark.width / 2 - box.offsetWidth / 2), width - box.offsetWidth - GAP);
  const above = mark.top - box.offsetHeight - GAP;
  box.style.left = `${Math.max(GAP, left)}px`;
  box.style.top = `${above >= GAP ? above : mark.bottom + GAP}px`;
}

function show(mark, content) {
  const citation = content();
  if (citation === null) return;
  hidePreview();
  anchor = mark;
  const box = byId("preview");
  box.replaceChildren(
    h("p", { class: "preview-quote", dir: "auto" }, citation.quote),
    h("p", { class: "preview-from", dir: "auto" }, citation.label),
  );
  box.hidden = false;
  mark.setAttribute("aria-describedby", box.id);
  place(box);
}

/** `content()` gives {quote, label}, or null while the citation is not known yet. */
export function withPreview(mark, content) {
  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(hidePreview, LEAVE_MS);
  };
  mark.addEventListener("pointerenter", (event) => {
    if (event.pointerType !== "touch") show(mark, content);
  });
  mark.addEventListener("pointerleave", leave);
  mark.addEventListener("focus", () => {
    if (mark.matches(":focus-visible")) show(mark, content);
  });
  mark.addEventListener("blur", hidePreview);
  mark.addEventListener("click", hidePreview);
  return mark;
}

export function startPreview() {
  const box = byId("preview");
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", hidePreview);
  document.addEventListener("scroll", hidePreview, { capture: true, passive: true });
  window.addEventListener("resize", hidePreview);
}
