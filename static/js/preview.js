"use strict";
/* While one types: the server says what the row's number would give (rate, light, the other of its two numbers,
   what looks odd). One request at a time, with the rows changed since the last one; nothing is stored. */
(() => {
  const form = document.querySelector("[data-entry]");
  const grid = form && form.querySelector("[data-grid]");
  if (!grid || !form.dataset.preview) return;
  const MOST = 50; // rows in one request
  const changed = new Set();
  let asking = false;

  const show = ({ key, column, number, kept, light, said }) => {
    const row = document.getElementById(key);
    const below = row.nextElementSibling;
    row.querySelector("[data-light]").innerHTML = light;
    below.querySelector("[data-live]").innerHTML = said;
    below.querySelectorAll("[data-warning]").forEach((one) => { one.hidden = !kept.includes(one.dataset.warning); });
    const says = [...below.querySelectorAll(".said, .field-error, label")].some((one) => !one.hidden);
    below.hidden = !says;
    const other = column && row.querySelector(`[data-column=${column}]`);
    if (other && other !== document.activeElement && !changed.has(row)) other.value = number;
  };
  const ask = async () => {
    if (asking || !changed.size) return;
    asking = true;
    const rows = [...changed].slice(0, MOST);
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    rows.forEach((row) => {
      changed.delete(row);
      body.append("row", row.id);
      [row, row.nextElementSibling].forEach((part) => part.querySelectorAll("[name]").forEach((field) => {
        body.append(field.name, field.value);
      }));
    });
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body });
      if (answer.ok && !answer.redirected) (await answer.json()).rows.forEach(show);
    } catch (error) { /* without a connection there is no preview; saving says so */ }
    asking = false;
    ask();
  };
  form.addEventListener("input", ({ target }) => {
    const cell = target.closest("[data-grid] td");
    if (!cell || !/-(value|single|numerator|denominator)$/.test(target.name || "")) return;
    const part = cell.parentElement;
    const row = part.id ? part : part.previousElementSibling;
    const typed = row.querySelector("[name$=-typed]");
    if (typed && target.dataset.column) typed.value = target.dataset.column;
    changed.add(row);
    ask();
  });
})();
