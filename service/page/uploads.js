// Adding files: one request a file, with its progress and what became of it.

import { uploadDocuments } from "./api.js";
import { h } from "./dom.js";
import { asProblem } from "./problems.js";

const RESULTS = { created: "Added", unchanged: "Already there", updated: "Updated", skipped: "Skipped", failed: "Not added" };
const SIDECAR = ".meta.yaml";

/** The files of a drop, and the names of the folders among them, which a browser cannot hand over as one file. */
export function dropped(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.());
  const folders = entries.filter((entry) => entry?.isDirectory).map((entry) => entry.name);
  return { files: [...transfer.files].filter((file) => !folders.includes(file.name)), folders };
}

// A sidecar belongs to the file it describes, so the two travel in one request; all others go one by one, so that
// one file that is too large or unreadable takes nothing with it.
function batches(files) {
  const sidecars = new Map(files.filter((file) => file.name.endsWith(SIDECAR)).map((file) => [file.name, file]));
  const main = files.filter((file) => !file.name.endsWith(SIDECAR));
  const grouped = main.map((file) => {
    const sidecar = sidecars.get(file.name + SIDECAR);
    sidecars.delete(file.name + SIDECAR);
    return sidecar ? [file, sidecar] : [file];
  });
  return [...grouped, ...[...sidecars.values()].map((file) => [file])];
}

/** Send `files` one after the other and tell in `list` what becomes of each. */
export async function upload({ files, folders = [] }, list) {
  const waiting = batches(files).map((batch) => ({ batch, row: uploadRow(batch[0].name, "waiting", "Waiting") }));
  const refused = folders.map((name) => uploadRow(name, "failed", RESULTS.failed,
    "This is a folder. Open it and add the files in it, or pack it as ZIP."));
  list.replaceChildren(...refused, ...waiting.map(({ row }) => row));
  for (const { batch, row } of waiting) row.replaceWith(...(await uploadOne(batch, row)));
}

async function uploadOne(batch, row) {
  const bar = h("progress", { max: "1", value: "0", "aria-label": `Sending ${batch[0].name}` });
  const words = row.lastChild;
  words.replaceChildren("Sending");
  row.append(bar);
  const onProgress = (share) => {
    bar.value = share;
    if (share >= 1) words.replaceChildren("Reading");
  };
  try {
    const { documents } = await uploadDocuments(batch, onProgress);
    return documents.map((result) => uploadRow(result.title || result.name || batch[0].name, result.status,
      Object.hasOwn(RESULTS, result.status) ? RESULTS[result.status] : result.status, reasonOf(result.error)));
  } catch (error) {
    return [uploadRow(batch[0].name, "failed", RESULTS.failed, asProblem(error).line)];
  }
}

const reasonOf = (error) => {
  if (error === null || error === undefined) return null;
  if (typeof error === "string") return error;
  return [error.title, error.detail].filter(Boolean).join(". ") || error.code || "The file could not be read.";
};

function uploadRow(name, result, words, reason = null) {
  return h("li", { class: "upload", "data-upload": true, "data-result": result },
    h("span", { class: "upload-name", dir: "auto" }, name),
    reason ? h("span", { class: "upload-reason", dir: "auto" }, reason) : null,
    h("span", { class: "upload-state" }, words));
}
