// Light or dark, before anything is drawn: what was chosen here before, else what the system says.
"use strict";

{
  const system = matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return localStorage.getItem("theme") ?? "";
    } catch {
      return ""; // a browser that keeps nothing
    }
  }

  function show() {
    document.documentElement.dataset.theme = chosen() || (system.matches ? "dark" : "light");
  }

  show();
  system.addEventListener("change", show);

  document.addEventListener("DOMContentLoaded", () => {
    const menu = document.getElementById("theme");
    menu.value = chosen();
    menu.addEventListener("change", () => {
      try {
        localStorage.setItem("theme", menu.value);
      } catch {
        document.documentElement.dataset.theme = menu.value; // for this page at least
        return;
      }
      show();
    });
  });
}
