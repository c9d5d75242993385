// Elements from code. Strings become text nodes, so nothing that comes from a document can turn into markup.

const FORBIDDEN = new Set(["style", "href", "src", "srcdoc", "action", "formaction"]);

/** Make an element; `on<event>` takes a function, null, undefined and false leave an attribute or a child out. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) {
      if (typeof value !== "function") throw new TypeError(`${name} takes a function`);
      node.addEventListener(name.slice(2), value);
    } else if (FORBIDDEN.has(name)) {
      throw new TypeError(`${name} is never set from code`);
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A button that does `onclick`. */
export const button = (words, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, words);

/** The value if it is a list, else an empty one: what comes from outside may be anything. */
export const list = (value) => (Array.isArray(value) ? value : []);

export const byId = (id) => document.getElementById(id);

/** Say something to a screen reader without showing it. */
export function announce(text) {
  byId("status").textContent = text;
}

export const plural = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A calendar day in words; anything else (a year, a time stamp we do not know) is shown as it was stated. */
export function day(value) {
  const stated = String(value);
  const date = new Date(`${stated}T00:00:00Z`);
  if (!DAY.test(stated) || Number.isNaN(date.getTime())) return stated;
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(date);
}
