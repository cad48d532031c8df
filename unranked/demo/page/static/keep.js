// The swap `keep`: takes over what is new in an answer, and leaves what is the same alone. So a menu
// that is open stays open, what is typed stays typed, and a screen reader hears new messages only.
//
// A fragment is one element with an id; its children have ids too. A child is the same when its
// data-print is, or without one when its HTML is. A fragment with a data-turn is of one's own doing:
// an answer that was made before the last thing one did, and comes after its answer, is too old.
const same = (old, fresh) =>
  fresh.dataset.print ? old.dataset.print === fresh.dataset.print : old.outerHTML === fresh.outerHTML;

// Whether the end of a list is in sight. What cannot be scrolled is at its end.
const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 48;

function merge(target, fresh) {
  const added = [];
  let place = target.firstElementChild;
  for (const child of [...fresh.children]) {
    const old = child.id && target.querySelector(`:scope > #${CSS.escape(child.id)}`);
    if (old && same(old, child)) {
      if (old === place) place = place.nextElementSibling;
      else target.insertBefore(old, place);
      continue;
    }
    if (old === place) place = place?.nextElementSibling ?? null;
    if (old) take(old);
    target.insertBefore(child, place);
    added.push(child);
  }
  while (place) {
    const next = place.nextElementSibling;
    take(place);
    place = next;
  }
  return added;
}

// A dialog is closed first: that gives the focus back to what opened it.
function take(node) {
  if (node.matches("dialog[open]")) node.close();
  node.remove();
}

function keep(target, answer) {
  const fresh = answer.querySelector(`#${CSS.escape(target.id)}`);
  if (fresh && Number(fresh.dataset.turn) < Number(target.dataset.turn)) return [];
  if (fresh?.dataset.turn) target.dataset.turn = fresh.dataset.turn;
  const focused = document.activeElement?.id ?? "";
  const wasAtEnd = atEnd(target);
  const added = fresh ? merge(target, fresh) : [];
  if (!fresh) [...target.children].forEach(take);
  target.dispatchEvent(new CustomEvent("kept", { bubbles: true, detail: { focused } }));
  if (target.getAttribute("role") === "log" && wasAtEnd) target.scrollTop = target.scrollHeight;
  const lost = !document.activeElement || document.activeElement === document.body;
  if (lost && focused) (document.getElementById(focused) ?? target).focus({ preventScroll: true });
  return added;
}

htmx.defineExtension("keep", {
  isInlineSwap: (style) => style === "keep",
  // htmx sets up what it is given back; for nothing new, it is given the target, which it knows.
  handleSwap: (style, target, answer) => {
    if (style !== "keep") return false;
    const added = keep(target, answer);
    return added.length ? added : [target];
  },
});
