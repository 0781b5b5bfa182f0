// What the keyboard can do beyond the browser's own: "/" jumps to the search, up and down walk through a list's rows.
(() => {
  "use strict";
  const typing = (node) => node.closest("input, select, textarea, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing(event.target)) {
      const search = document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    if (!step || typing(event.target)) return;
    const rows = [...document.querySelectorAll("[data-rows] a.open")];
    const here = rows.indexOf(document.activeElement);
    const next = rows[here === -1 ? 0 : here + step];
    if (!next || (here === -1 && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    next.focus();
  });

  // A filter that is chosen applies at once; a text that is typed waits for Enter.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.filters[role=search]");
    if (form && event.target.matches("select")) form.requestSubmit();
  });

  // One tick for all rows of the page, but for those that say nothing yet and are ticked alone.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-tick-all]")) return;
    for (const box of event.target.closest("table").querySelectorAll("tbody .pick input:not([data-alone])")) {
      box.checked = event.target.checked;
    }
  });

  // A menu closes when the reader goes elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.account[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
})();
