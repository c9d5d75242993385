// A question that is changed where it stands; asking it takes the place of the exchange and of all that followed.

import { button, h } from "./dom.js";

/** Put a box in the place of `asked`; `view.actions.edit(view, question)` gets the changed question. */
export function editQuestion(view, asked) {
  const box = h("textarea", { class: "edit-box", name: "edited", dir: "auto", rows: "2", "aria-label": "Question" });
  box.value = view.question;
  const close = () => {
    form.replaceWith(asked);
    asked.querySelector("[data-edit]").focus();
  };
  const form = h("form", { class: "edit", autocomplete: "off" }, box,
    h("div", { class: "edit-actions" },
      view.element.nextElementSibling ? h("p", { class: "quiet-words" }, "The questions below this one go.") : null,
      button("Cancel", close, { class: "quiet small" }),
      h("button", { type: "submit", class: "primary small" }, "Ask")));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = box.value.trim();
    if (question !== "") view.actions.edit(view, question);
  });
  asked.replaceWith(form);
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}
