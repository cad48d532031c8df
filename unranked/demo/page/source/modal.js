// Modals, as the browser's own dialogs. Which of them is open is what the server says.
import { state } from "./state.js";
import { close, submit } from "./talk.js";

// Opens what was drawn but is not open yet. focused: the id that had the focus before.
function open(focused = "") {
  for (const dialog of document.querySelectorAll("#modal dialog:not([open])")) {
    dialog.showModal();
    const before = focused && document.getElementById(focused);
    const first =
      dialog.querySelector("[data-invalid] :is(input, select, textarea)") ??
      dialog.querySelector("[data-first]") ??
      (before && dialog.contains(before) ? before : null) ??
      dialog.querySelector("slack-blocks :is(input, select, textarea)") ??
      dialog.querySelector("h2");
    first?.focus();
  }
}

const viewOf = (inside) => inside.closest("dialog[data-view]")?.dataset.view;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-view]")) return;
  event.preventDefault();
  submit(form.dataset.view, state(form));
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-close]");
  if (button) close(viewOf(button));
});

// `cancel` is what Escape does to a dialog; it does not bubble.
document.addEventListener(
  "cancel",
  (event) => {
    const view = viewOf(event.target);
    if (!view || event.target.matches(".confirm")) return;
    event.preventDefault();
    close(view);
  },
  { capture: true },
);

document.addEventListener("kept", ({ target, detail }) => target.id === "modal" && open(detail.focused));
export { open };
