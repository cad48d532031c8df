// The question before an action, as a dialog of its own. Nothing happens when it is escaped from.
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

import { Words, said } from "./words.jsx";

export function agreed(confirm) {
  if (!confirm) return Promise.resolve(true);
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  dialog.setAttribute("aria-describedby", "confirm-text");
  document.body.append(dialog);
  const root = createRoot(dialog);
  flushSync(() => root.render(<Question confirm={confirm} />));
  dialog.showModal();
  return new Promise((answer) => {
    const closed = () => {
      root.unmount();
      dialog.remove();
      answer(dialog.returnValue === "yes");
    };
    dialog.addEventListener("close", closed, { once: true });
  });
}

// "No" comes first, so that it has the focus.
const Question = ({ confirm }) => (
  <form method="dialog">
    <h2 id="confirm-title">{said(confirm.title)}</h2>
    <div id="confirm-text" className="words">
      <Words of={confirm.text} />
    </div>
    <div className="dialog-buttons">
      <button className="button" value="no">
        {said(confirm.deny)}
      </button>
      <button className="button" value="yes" data-style={confirm.style ?? "primary"}>
        {said(confirm.confirm)}
      </button>
    </div>
  </form>
);
