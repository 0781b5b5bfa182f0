// Decide codes and answer questions by keyboard alone; the keys stand on the page.
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll("[data-keys] [data-row]")];
  const here = () => document.activeElement.closest("[data-row]");

  const go = (step) => {
    const all = rows();
    const at = all.indexOf(here());
    const next = all[at === -1 ? 0 : at + step];
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: "center" });
  };

  const tick = (row, ticked) => {
    const box = row.querySelector(".pick input");
    if (box) box.checked = ticked === undefined ? !box.checked : ticked;
  };

  const choose = (row, number) => {
    const option = row.querySelectorAll("input[type=radio]")[number - 1];
    if (!option) return;
    option.checked = true;
    tick(row, true);
  };

  const commands = {
    j: () => go(1),
    k: () => go(-1),
    x: (row) => row && tick(row),
    a: (row) => {
      if (row) tick(row, true);
      go(1);
    },
    t: (row) => row?.querySelector("[data-typed]")?.focus(),
    u: () => document.querySelector("[data-undo]")?.click(),
    Enter: (row) => row?.closest("form").requestSubmit(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key === "Enter") return;
    const row = here();
    if (event.target.matches("input:not([type=radio], [type=checkbox]), select, textarea")) {
      if (event.key === "Escape" && row) row.focus();
      return;
    }
    if (event.target.matches("a, button, summary") && event.key === "Enter") return;
    const number = Number(event.key);
    if (row && number >= 1 && number <= 9) choose(row, number);
    else if (commands[event.key]) commands[event.key](row);
    else return;
    event.preventDefault();
  });

  // A code that is typed is meant: its product is ticked.
  document.addEventListener("input", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && event.target.matches("[data-typed]")) tick(row, event.target.value.trim() !== "");
  });
})();
