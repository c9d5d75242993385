// The one place that talks to the server: the key, problem objects (RFC 9457), the stream.

import { readEvents } from "./sse.js";

const KEY = "readout-api-key";
// Heartbeats arrive every few seconds; this much silence means that the connection is dead, not that the answer is slow.
const SILENCE_MS = 120_000;

let keyInMemory = "";
const keyListeners = [];

export function storedKey() {
  try {
    return sessionStorage.getItem(KEY) ?? keyInMemory;
  } catch {
    return keyInMemory; // storage is blocked in this browser: the key lasts until the page is left
  }
}

export function storeKey(value) {
  keyInMemory = value;
  try {
    sessionStorage.setItem(KEY, value);
  } catch {
    // see storedKey
  }
}

/** Called with the problem whenever the server answers 401. */
export function onKeyNeeded(listener) {
  keyListeners.push(listener);
}

/** What went wrong, in the words of the server where it gave any. */
export class Problem extends Error {
  constructor({ status = 0, code = "", title, detail = "", retryAfter = null }) {
    super(title);
    Object.assign(this, { status, code, title, detail, retryAfter });
  }

  /** What the person can do about it. */
  get advice() {
    const seconds = Number(this.retryAfter);
    const wait = `Wait ${seconds > 0 ? `${seconds} ${seconds === 1 ? "second" : "seconds"}` : "a moment"}, then try again.`;
    if (this.status === 0) return "Check that the server is running and that you are connected, then try again.";
    if (this.status === 401) return "Enter the API key in the box at the top; the question is then asked again.";
    if (this.status === 403) return "This key may not do that. Ask the person who runs the service.";
    if (this.status === 404 || this.status === 410) return "Open Documents to see what is there now.";
    if (this.status === 413) return "Make it smaller, or send it in parts.";
    if (this.status === 400 || this.status === 422) return "Change what you sent as described, then try again.";
    if (this.status === 429 || this.status === 503) return wait;
    if (this.status === 507) return "The server's disk is full. Nothing was lost; ask the person who runs it to make room.";
    return "Try again. If it happens again, tell the person who runs the service the code below.";
  }
}

const text = (value, otherwise = "") => (typeof value === "string" && value !== "" ? value : otherwise);

export function problemFrom(object, { status = 0, retryAfter = null } = {}) {
  const given = object !== null && typeof object === "object" ? object : {};
  return new Problem({
    status: Number.isInteger(given.status) ? given.status : status,
    code: text(given.code),
    title: text(given.title, status ? `The server answered ${status}` : "The server could not answer"),
    detail: text(given.detail),
    retryAfter,
  });
}

async function send(path, { method = "GET", headers = {}, body, signal } = {}) {
  const key = storedKey();
  let response;
  try {
    response = await fetch(path, {
      method, body, signal, credentials: "same-origin", cache: "no-store", redirect: "error",
      headers: { ...headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) },
    });
  } catch (error) {
    throw lostConnection(error);
  }
  if (response.ok) return response;
  const object = await response.json().catch(() => null);
  const problem = problemFrom(object, { status: response.status, retryAfter: response.headers.get("Retry-After") });
  if (problem.status === 401) keyListeners.forEach((listener) => listener(problem));
  throw problem;
}

function lostConnection(error) {
  if (error instanceof Problem || error?.name === "AbortError") return error;
  return new Problem({ title: "The server did not answer", code: "no_connection" });
}

async function json(path, options = {}) {
  const response = await send(path, { ...options, headers: { Accept: "application/json", ...options.headers } });
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (error) {
    if (error?.name === "AbortError") throw error;
    throw new Problem({ status: response.status, title: "The server's answer could not be read", code: "unreadable" });
  }
}

const documentPath = (id) => `/v1/documents/${encodeURIComponent(id)}`;

export const listDocuments = (signal) => json("/v1/documents", { signal });

/** `sha256` names the version an answer was made from; without it, the current one. */
export function getDocument(id, sha256, signal) {
  return json(documentPath(id) + (sha256 ? `?sha256=${encodeURIComponent(sha256)}` : ""), { signal });
}

export const deleteDocument = (id) => json(documentPath(id), { method: "DELETE" });

export function uploadDocuments(files) {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  return json("/v1/documents", { method: "POST", body: form });
}

/**
 * Ask, and hand over the events (`passages`, `citation`, `statement`, at last `answer`) as they come.
 * Throws, if no answer came: Problem, or AbortError when `controller` was aborted by the caller.
 */
export async function ask(request, { controller, onEvent }) {
  let silent = false;
  let answered = false;
  let timer = 0;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silent = true;
      controller.abort();
    }, SILENCE_MS);
  };
  const handle = (name, value) => {
    if (answered) return;
    answered = name === "answer";
    onEvent(name, value);
  };
  alive();
  try {
    const response = await send("/v1/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify(request),
      signal: controller.signal,
    });
    const streamed = (response.headers.get("Content-Type") ?? "").startsWith("text/event-stream");
    if (streamed) await readAnswer(response.body, handle, alive);
    else handle("answer", await response.json());
  } catch (error) {
    if (answered) return; // a connection that breaks after the answer takes nothing away from it
    if (silent) throw new Problem({ title: "The server went silent", code: "no_connection" });
    throw lostConnection(error);
  } finally {
    clearTimeout(timer);
  }
  if (!answered) {
    throw new Problem({ title: "The connection ended before the answer was complete", code: "no_connection" });
  }
}

function readAnswer(stream, handle, alive) {
  const event = (name, data) => {
    if (name === "done") return false;
    const value = JSON.parse(data);
    if (name === "error") throw problemFrom(value);
    handle(name, value);
    return true;
  };
  return readEvents(stream, event, alive);
}
