"use strict";
/* A block copied in Excel or WPS goes into the cells of the entry grid. A blank cell of the block leaves its cell
   as it is; what was read-only or fell outside the table is counted; the whole paste can be taken back. */
(() => {
  const grid = document.querySelector("[data-grid]");
  const told = document.querySelector("[data-told]");
  const back = document.querySelector("[data-undo]");
  if (!grid || !told || !back) return;
  const COLUMNS = ["single", "value", "forecast", "nature", "note"];
  let replaced = []; // [field, what stood in it]

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
  const write = (field, value) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const put = (field, text) => {
    let value = text.replace(/\s*\n\s*/g, " ");
    if (field.tagName === "SELECT") {
      const option = [...field.options].find((one) => one.text === text);
      if (!option) return "unknown";
      value = option.value;
    }
    replaced.push([field, field.value]);
    write(field, value);
    return "filled";
  };
  const fill = (row, from, cells, count) => {
    const filled = cells.map((text, right) => {
      const column = COLUMNS[from + right];
      const field = row && column && row.querySelector(`[data-column=${column}]`);
      const what = !row || !column ? "outside" : !text ? "blank" : field ? put(field, text) : "skipped";
      count[what] += 1;
      return what === "filled" ? column : "";
    });
    /* Both numbers of a flow were pasted: neither follows from the other, the server compares them. */
    const typed = row && row.querySelector("[name$=-typed]");
    if (typed && filled.includes("single") && filled.includes("value")) typed.value = "";
  };
  const undo = () => {
    replaced.splice(0).reverse().forEach(([field, value]) => write(field, value));
    back.hidden = true;
    told.textContent = back.dataset.undo;
  };

  grid.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    const from = COLUMNS.indexOf(event.target.dataset.column);
    if (from < 0 || !/[\t\r\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    replaced = [];
    const rows = [...grid.tBodies[0].rows].filter((row) => row.id);
    const top = rows.indexOf(event.target.closest("tr"));
    const count = { filled: 0, blank: 0, skipped: 0, outside: 0, unknown: 0 };
    parse(text).forEach((cells, down) => fill(rows[top + down], from, cells, count));
    back.hidden = !replaced.length;
    told.textContent = told.dataset.told.replace(/\{(\w+)\}/g, (_all, name) => count[name]);
  });
  back.addEventListener("click", undo);
  grid.addEventListener("keydown", (event) => {
    if (!replaced.length || !(event.ctrlKey || event.metaKey) || event.key !== "z") return;
    event.preventDefault();
    undo();
  });
  grid.addEventListener("input", (event) => {
    if (!event.isTrusted) return;
    replaced = []; // something was typed since: the paste stands
    back.hidden = true;
  });
})();
