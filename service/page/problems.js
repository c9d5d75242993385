// What went wrong and what to do about it, in words. Codes are the server's (README, "Errors") and two of this page.

const MOMENT = "Wait a moment, then try again.";
const WORDS = {
  no_connection: ["The server did not answer", "Check that the server is running and that you are connected, then try again."],
  unreadable: ["The server's answer could not be read", "Try again. If it happens again, tell the person who runs the service."],
  unauthorized: ["A key is needed", "Enter the API key in the box at the top; the question is then asked again."],
  not_ready: ["Readout is still starting", MOMENT],
  overloaded: ["The service is busy", MOMENT],
  answer_timeout: ["The answer took too long", "Try again, or ask about less: one thing, or fewer documents."],
  question_too_long: ["The question is too long", "Shorten it: use Edit above."],
  history_too_long: ["The conversation is too long", "Start a new chat and ask there."],
  document_not_found: ["The document is not there any more", "Open Documents to see what is there now."],
  version_gone: ["This version of the document is gone", "Open Documents to see what is there now."],
  body_too_large: ["The file is too large", "Make it smaller, or send it in parts."],
  document_too_large: ["The text is too long", "Make it smaller, or send it in parts."],
  unsupported_file: ["This kind of file cannot be read", "Save it as text, PDF, Word (.docx) or HTML and add that."],
  unreadable_text: ["The text cannot be read", "Save it as UTF-8 text and add it again."],
  empty_document: ["There is no text in this file", "A scanned page is a picture: add a version with text."],
  damaged_file: ["The file is damaged", "Open it in its own program, save it again and add that."],
  encrypted_file: ["The file is locked with a password", "Save it without a password and add it again."],
  storage_full: ["The server's disk is full", "Nothing was lost. Ask the person who runs the service to make room."],
  internal: ["Something broke on the server", "Try again. If it happens again, tell the person who runs it the code below."],
};
const BY_STATUS = {
  401: "unauthorized", 404: "document_not_found", 410: "version_gone", 413: "body_too_large", 507: "storage_full",
};

const text = (value, otherwise = "") => (typeof value === "string" && value !== "" ? value : otherwise);
const known = (code) => (Object.hasOwn(WORDS, code) ? WORDS[code] : null);
const sentence = (words) => (words ? words[0].toLocaleUpperCase("en") + words.slice(1) : "");

/** `title` and `detail` are the server's where this page has no words of its own for the code. */
export class Problem extends Error {
  constructor({ status = 0, code = "", title = "", detail = "", retryAfter = null }) {
    super(known(code)?.[0] ?? (title || "The server could not answer"));
    Object.assign(this, { status, code, title: this.message, detail: sentence(detail), retryAfter });
  }

  /** What the person can do about it. */
  get advice() {
    const seconds = Number(this.retryAfter);
    if (seconds > 1) return `Wait ${seconds} seconds, then try again.`;
    const [, advice] = known(this.code) ?? known(BY_STATUS[this.status]) ?? [];
    if (advice) return advice;
    if (this.status === 403) return "This key may not do that. Ask the person who runs the service.";
    if (this.status === 400 || this.status === 415 || this.status === 422) return "Change what you sent as described, then try again.";
    if (this.status === 429 || this.status === 503) return MOMENT;
    return "Try again. If it happens again, tell the person who runs the service the code below.";
  }

  /** All of it as one line. */
  get line() {
    return [this.title, this.detail, this.advice].filter(Boolean).join(". ").replaceAll(".. ", ". ");
  }
}

/** From a problem object (RFC 9457), or from what stands in its place. */
export function problemFrom(object, { status = 0, retryAfter = null } = {}) {
  const given = object !== null && typeof object === "object" ? object : {};
  return new Problem({
    status: Number.isInteger(given.status) ? given.status : status,
    code: text(given.code),
    title: text(given.title, status ? `The server answered ${status}` : ""),
    detail: text(given.detail),
    retryAfter,
  });
}

export const lostConnection = (detail = "") => new Problem({ code: "no_connection", detail });

/** Any error as a Problem; what is none is a fault of this page. */
export function asProblem(error) {
  if (error instanceof Problem) return error;
  return new Problem({ title: "Something went wrong on this page", status: 500, detail: String(error?.message ?? error) });
}
