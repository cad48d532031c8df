// The page around the conversation: tabs, composer, the list of people, what went wrong.
const by = (id) => document.getElementById(id);
const list = by("conversation");
const toEnd = () => list.scrollTo(0, list.scrollHeight);

// Whoever reads the end goes on seeing it when the list gets smaller, as it does below a moving clock.
let atEnd = true;
list.addEventListener("scroll", () => {
  atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 48;
});
new ResizeObserver(() => atEnd && toEnd()).observe(list);

// Tabs: both panels are here, so that what only this person sees outlives a look at the other one.
function show(tab) {
  for (const link of document.querySelectorAll("[data-tab]")) {
    if (link.dataset.tab === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const panel of document.querySelectorAll("[data-panel]"))
    panel.hidden = panel.dataset.panel !== tab;
  if (tab === "messages") toEnd();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-tab]");
  const insert = event.target.closest("[data-insert]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    show(link.dataset.tab);
    history.replaceState(null, "", link.getAttribute("href"));
  }
  if (insert) {
    by("composer-text").value = insert.dataset.insert;
    by("composer-text").focus();
  }
});

// What was said is gone from the field, and its answer is in sight.
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (target.id !== "composer" || !detail.successful) return;
  target.reset();
  toEnd();
});

// Something new was brought: the other panes may have changed as well, and since they were asked for
// last, if it was all at once. Nothing new answers without a body, so that this comes to an end.
document.addEventListener("htmx:afterOnLoad", ({ target, detail }) => {
  const asked = detail.requestConfig;
  const asking = ["conversation", "home"].includes(target.id) && asked.verb === "get";
  if (asking && detail.xhr.status === 200)
    htmx.trigger(document.body, "changed");
});

// Words for a screen reader when the clock has come to stand; the event comes before the swap.
document.addEventListener("moved", () =>
  setTimeout(() => {
    by("said").textContent = `The clock stands at ${by("clock").dataset.now}.`;
  }),
);

// Trouble with the playground itself; the next answer takes it away.
function trouble(words) {
  const shown = by("trouble");
  if (shown.textContent !== words) shown.textContent = words;
  shown.hidden = !words;
}

document.addEventListener("htmx:sendError", () =>
  trouble("The playground does not answer. Is `unranked demo` still running?"),
);
document.addEventListener("htmx:responseError", ({ detail }) =>
  trouble(`The playground refused that (HTTP ${detail.xhr.status}). Its terminal says why.`),
);
document.addEventListener("htmx:afterOnLoad", ({ detail }) => detail.xhr.status < 400 && trouble(""));

// On a narrow page the list of people is folded; on a wide one it always stands open.
const wide = matchMedia("(min-width: 60rem)");
function fold() {
  by("cast-list").open = wide.matches;
  by("cast-list").querySelector("summary").tabIndex = wide.matches ? -1 : 0;
}

fold();
wide.addEventListener("change", fold);
addEventListener("load", toEnd);

// The list of faults lies over the page: Escape, and a click elsewhere, fold it.
document.addEventListener("click", ({ target }) => {
  if (!by("switches").contains(target)) by("switches").open = false;
});
document.addEventListener("keydown", ({ key, target }) => {
  if (key !== "Escape" || !by("switches").contains(target)) return;
  by("switches").open = false;
  by("switches-summary").focus();
});
