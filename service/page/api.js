// The one place that talks to the server: the key, problem objects (RFC 9457), the stream, uploads.

import { lostConnection, Problem, problemFrom } from "./problems.js";
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

const authorization = () => (storedKey() ? { Authorization: `Bearer ${storedKey()}` } : {});

function refused(object, status, retryAfter) {
  const problem = problemFrom(object, { status, retryAfter });
  if (problem.status === 401) keyListeners.forEach((listener) => listener(problem));
  return problem;
}

async function send(path, { method = "GET", headers = {}, body, signal } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method, body, signal, credentials: "same-origin", cache: "no-store", redirect: "error",
      headers: { ...headers, ...authorization() },
    });
  } catch (error) {
    throw connectionError(error);
  }
  if (response.ok) return response;
  const object = await response.json().catch(() => null);
  throw refused(object, response.status, response.headers.get("Retry-After"));
}

const connectionError = (error) => (error instanceof Problem || error?.name === "AbortError" ? error : lostConnection());

async function json(path, options = {}) {
  const response = await send(path, { ...options, headers: { Accept: "application/json", ...options.headers } });
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (error) {
    if (error?.name === "AbortError") throw error;
    throw new Problem({ status: response.status, code: "unreadable" });
  }
}

const post = (value, signal) => ({
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value), signal,
});
const documentPath = (id) => `/v1/documents/${encodeURIComponent(id)}`;

export const listDocuments = (signal) => json("/v1/documents", { signal });

/** `sha256` names the version an answer was made from; without it, the current one. */
export function getDocument(id, sha256, signal) {
  return json(documentPath(id) + (sha256 ? `?sha256=${encodeURIComponent(sha256)}` : ""), { signal });
}

export const deleteDocument = (id) => json(documentPath(id), { method: "DELETE" });

export const listModels = () => json("/v1/models");

export const searchPassages = (request, signal) => json("/v1/search", post(request, signal));

/** Send files as one request; `onProgress(share)` from 0 to 1. By XMLHttpRequest: fetch does not tell what was sent. */
export function uploadDocuments(files, onProgress) {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/documents");
    request.responseType = "json";
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    });
    request.addEventListener("error", () => reject(lostConnection("the file may have changed since it was chosen")));
    request.addEventListener("load", () => {
      const { status, response } = request;
      if (status < 200 || status > 299) reject(refused(response, status, request.getResponseHeader("Retry-After")));
      else if (!Array.isArray(response?.documents)) reject(new Problem({ status, code: "unreadable" }));
      else resolve(response);
    });
    request.send(form);
  });
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
    const { headers, ...rest } = post(request, controller.signal);
    const response = await send("/v1/ask", { ...rest, headers: { ...headers, Accept: "text/event-stream" } });
    const streamed = (response.headers.get("Content-Type") ?? "").startsWith("text/event-stream");
    if (streamed) await readAnswer(response.body, handle, alive);
    else handle("answer", await response.json());
  } catch (error) {
    if (answered) return; // a connection that breaks after the answer takes nothing away from it
    if (silent) throw lostConnection("it went silent");
    throw connectionError(error);
  } finally {
    clearTimeout(timer);
  }
  if (!answered) throw lostConnection("the connection ended before the answer was complete");
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
