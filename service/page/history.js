// Chats kept in this browser, newest first: what was asked and the very answers. Bounded, and only ever read as data.

const KEY = "readout-history";
const CURRENT = "readout-chat"; // the chat of this tab, so that a reload keeps it
const MAX_CHATS = 30;
const MAX_EXCHANGES = 60;
const MAX_CHARACTERS = 2_000_000; // browsers give an origin about five million

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

const soundExchange = (exchange) => isObject(exchange) && typeof exchange.question === "string" && isObject(exchange.answer)
  && typeof exchange.answer.status === "string";

const soundChat = (chat) => isObject(chat) && typeof chat.id === "string" && typeof chat.started_at === "string"
  && Array.isArray(chat.exchanges) && chat.exchanges.length > 0 && chat.exchanges.every(soundExchange);

/** All kept chats; what another version or another hand wrote and does not fit is left out. */
export function keptChats() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(soundChat) : [];
  } catch {
    return []; // storage is blocked, or holds what is no JSON
  }
}

function write(chats) {
  let kept = chats.slice(0, MAX_CHATS);
  for (;;) {
    const text = JSON.stringify(kept);
    if (kept.length === 0) return forgetAll();
    if (text.length <= MAX_CHARACTERS) {
      try {
        return localStorage.setItem(KEY, text);
      } catch {
        // full or blocked: one chat less may fit
      }
    }
    kept = kept.slice(0, -1);
  }
}

function forgetAll() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // blocked: nothing was ever kept
  }
}

/** Keep this state of a chat, in front; `exchanges` are {question, filters, answer}, oldest first. */
export function keepChat({ id, startedAt, exchanges }) {
  const others = keptChats().filter((chat) => chat.id !== id);
  const mine = { id, started_at: startedAt, exchanges: exchanges.slice(-MAX_EXCHANGES) };
  write(exchanges.length > 0 ? [mine, ...others] : others);
}

export const dropChat = (id) => write(keptChats().filter((chat) => chat.id !== id));

export const clearChats = forgetAll;

/** Whether an answer holds words of a document. */
export const quotes = (answer, documentId) => [...(answer.citations ?? []), ...(answer.passages ?? []), ...(answer.refusal?.nearest ?? [])]
  .some((source) => source?.document_id === documentId);

/** A document was deleted: no answer that holds words of it is kept. */
export function dropDocument(documentId) {
  const left = keptChats().map((chat) => (
    { ...chat, exchanges: chat.exchanges.filter(({ answer }) => !quotes(answer, documentId)) }));
  write(left.filter(({ exchanges }) => exchanges.length > 0));
}

export function chatOfTab() {
  try {
    const id = sessionStorage.getItem(CURRENT);
    return keptChats().find((chat) => chat.id === id) ?? null;
  } catch {
    return null;
  }
}

/** Null for a chat that has not begun. */
export function setChatOfTab(id) {
  try {
    if (id === null) sessionStorage.removeItem(CURRENT);
    else sessionStorage.setItem(CURRENT, id);
  } catch {
    // blocked: a reload begins anew
  }
}
