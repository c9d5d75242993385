// Server-sent events from a fetch body (EventSource cannot POST). https://html.spec.whatwg.org/#parsing-an-event-stream

/** Feed decoded text in any pieces; `onEvent(name, data)` is called once per complete event. */
export function createParser(onEvent) {
  let buffer = "";
  let searched = 0;
  let name = "";
  let data = [];
  let atStart = true;

  function line(text) {
    if (text === "") {
      if (data.length > 0) onEvent(name || "message", data.join("\n"));
      name = "";
      data = [];
      return;
    }
    if (text.startsWith(":")) return; // a comment: the heartbeat
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    let value = colon < 0 ? "" : text.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
  }

  return function feed(piece) {
    buffer += piece;
    if (atStart && buffer !== "") {
      atStart = false;
      if (buffer.startsWith("\ufeff")) buffer = buffer.slice(1);
    }
    const ends = /\r\n?|\n/g;
    ends.lastIndex = searched;
    let done = 0;
    for (let end = ends.exec(buffer); end !== null; end = ends.exec(buffer)) {
      // A lone CR in the last place may be half of a CRLF: wait for the next piece.
      if (end[0] === "\r" && end.index === buffer.length - 1) break;
      line(buffer.slice(done, end.index));
      done = ends.lastIndex;
    }
    buffer = buffer.slice(done);
    searched = Math.max(0, buffer.length - 1);
  };
}

/**
 * Read a byte stream to its end, or until `onEvent` returns false.
 * `onBytes` is called for every piece, also for one that holds only a heartbeat.
 */
export async function readEvents(stream, onEvent, onBytes) {
  let wanted = true;
  const decoder = new TextDecoder("utf-8");
  const feed = createParser((name, data) => {
    if (wanted) wanted = onEvent(name, data) !== false;
  });
  const reader = stream.getReader();
  try {
    while (wanted) {
      const { done, value } = await reader.read();
      if (done) break;
      onBytes();
      feed(decoder.decode(value, { stream: true }));
    }
    if (wanted) feed(decoder.decode() + "\n"); // ends a last line whose CR we held back; an unfinished event is dropped
  } finally {
    reader.cancel().catch(() => {});
  }
}
