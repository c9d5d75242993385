// Who writes an answer: nobody but the sources, or the language model where one is configured. The choice is kept in this browser.

import { listModels } from "./api.js";
import { byId, list } from "./dom.js";

const KEY = "readout-mode";
const GENERATIVE = "generative";
const OFFERED = "readout-generative"; // as the server lists what it can answer with

const chosenBefore = () => {
  try {
    return localStorage.getItem(KEY) === GENERATIVE;
  } catch {
    return false; // storage is blocked in this browser: the choice lasts until the page is left
  }
};

function keep(on) {
  try {
    if (on) localStorage.setItem(KEY, GENERATIVE);
    else localStorage.removeItem(KEY);
  } catch {
    // see chosenBefore
  }
}

/** Whether new questions ask for a text that the language model writes. */
export const isGenerative = () => !byId("mode").hidden && byId("generative").checked;

/** Returns the listener for `onDocuments`: once the server answers, it is asked what it can answer with. */
export function startMode() {
  byId("generative").checked = chosenBefore();
  byId("generative").addEventListener("change", (event) => keep(event.target.checked));
  let asked = false;
  return async ({ problem }) => {
    if (asked || problem) return;
    asked = true;
    try {
      const { data } = await listModels();
      byId("mode").hidden = !list(data).some(({ id }) => id === OFFERED);
    } catch {
      asked = false; // the next change of the documents asks again; until then answers are in the sources' words
    }
  };
}
