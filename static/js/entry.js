"use strict";
/* The entry sheet: keys as in a spreadsheet, last period's words. See also paste.js, preview.js, autosave.js */
(() => {
  const form = document.querySelector("[data-entry]");
  if (!form) return;
  const grid = form.querySelector("[data-grid]");
  /* Last period's words into the parts that are still blank. */
  form.addEventListener("change", ({ target }) => {
    if (!target.matches("[name$=-take]") || !target.checked) return;
    target.closest(".entry-text").querySelectorAll("[data-last]").forEach((last) => {
      const field = form.elements[last.dataset.last];
      if (!field || field.value.trim()) return;
      field.value = last.innerText;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    target.checked = false;
  });
  if (!grid) return;

  const cells = (within, column) => [...within.querySelectorAll(column ? `[data-column=${column}]` : "[data-column]")];
  const go = (list, from, step) => {
    const next = list[list.indexOf(from) + step];
    if (!next) return;
    next.focus();
    if (next.select) next.select();
  };
  let before = "";
  grid.addEventListener("focusin", ({ target }) => { before = target.value; });
  grid.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey || !cell.dataset.column) return;
    const { key } = event;
    const list = cell.tagName === "SELECT";
    const { selectionStart: start, selectionEnd: end, value } = cell;
    const all = end - start === value.length;
    const up = key === "Enter" ? event.shiftKey : key === "ArrowUp" && !list;
    if (key === "Escape" && cell.value !== before) {
      cell.value = before;
      cell.dispatchEvent(new Event("input", { bubbles: true }));
      if (cell.select) cell.select();
    } else if (key === "Enter" || up || (key === "ArrowDown" && !list)) {
      event.preventDefault();
      go(cells(grid, cell.dataset.column), cell, up ? -1 : 1);
    } else if (key === "ArrowLeft" && (list || all || end === 0)) {
      event.preventDefault();
      go(cells(cell.closest("tr")), cell, -1);
    } else if (key === "ArrowRight" && (list || all || start === value.length)) {
      event.preventDefault();
      go(cells(cell.closest("tr")), cell, 1);
    }
  });
})();
