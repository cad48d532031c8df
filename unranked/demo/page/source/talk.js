// What goes from the page to the playground: one thing after the other, in the order it was done in,
// so that no click is lost while another is under way.
const FRAGMENTS = { message: "#conversation", ephemeral: "#conversation", home: "#home", modal: "#modal" };

let last = Promise.resolve();

function send(path, target, values) {
  const address = `/as/${encodeURIComponent(document.body.dataset.who)}/${path}`;
  const ask = () =>
    window.htmx.ajax("POST", address, { source: document.body, target, swap: "keep", values });
  // A refusal is shown by page.js; what comes after it is still sent.
  last = last.then(ask).catch(() => {});
  return last;
}

export const act = ({ container, ref, block, action, value, state }) =>
  send("act", FRAGMENTS[container], {
    container,
    ref,
    block_id: block,
    action_id: action,
    value: JSON.stringify(value),
    state: JSON.stringify(state),
  });

export const submit = (ref, state) =>
  send("submit", FRAGMENTS.modal, { ref, state: JSON.stringify(state) });

export const close = (ref) => send("close", FRAGMENTS.modal, { ref });
