"use strict";
/* A block copied in Excel or WPS goes into the cells of the entry grid; what does not fit is counted. */
(() => {
  const grid = document.querySelector("[data-grid]");
  const told = document.querySelector("[data-told]");
  if (!grid || !told) return;

  /* A block of cells: tabs and line breaks part them, quotes hold a line break inside a cell. */
  const parse = (text) => {
    const rows = [[]];
    for (const [, quoted, plain, end] of text.replace(/\r\n?/g, "\n").replace(/\n$/, "").matchAll(/(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/g)) {
      rows[rows.length - 1].push((quoted === undefined ? plain : quoted.replace(/""/g, '"')).trim());
      if (!end) break;
      if (end === "\n") rows.push([]);
    }
    return rows;
  };
  const put = (field, text) => {
    if (field.tagName !== "SELECT") field.value = text.replace(/\s*\n\s*/g, " ");
    else [...field.options].forEach((option) => { if (option.text === text) field.value = option.value; });
  };
  grid.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    const start = event.target.dataset.column;
    if (!start || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const columns = ["value", "forecast", "nature", "note"];
    const lines = [...grid.tBodies[0].rows].filter((row) => row.id);
    const top = lines.indexOf(event.target.closest("tr"));
    const count = { filled: 0, skipped: 0, outside: 0 };
    parse(text).forEach((row, down) => row.forEach((cell, right) => {
      const line = lines[top + down];
      const column = columns[columns.indexOf(start) + right];
      const field = line && column && line.querySelector(`[data-column=${column}]`);
      if (field) put(field, cell);
      count[field ? "filled" : line && column ? "skipped" : "outside"] += 1;
    }));
    grid.dispatchEvent(new Event("input", { bubbles: true }));
    told.textContent = told.dataset.told.replace(/\{(\w+)\}/g, (_all, name) => count[name]);
  });
})();
