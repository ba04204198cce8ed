"use strict";
/* What is typed is kept on the server row by row (no version, nobody is told), and who else is at the same row is
   shown with both values. Leaving warns while something is not kept yet. */
(() => {
  const form = document.querySelector("[data-entry]");
  const told = form && form.querySelector("[data-saved]");
  if (!told) return;
  const PAUSE = 800; // ms after the last key
  const AGAIN = 5000; // ms until the next try without a connection
  const waiting = new Set();
  let timer = 0;
  let busy = false;

  const below = (part) => (part.matches("tr") ? part.nextElementSibling : part);
  const fieldsOf = (part) => [...new Set([part, below(part)])]
    .flatMap((one) => [...one.querySelectorAll("[name]")])
    .filter((field) => !/checkbox|radio/.test(field.type) || field.checked);
  const later = (ms) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(send, ms);
  };
  const keep = async (part) => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    body.set("row", part.dataset.row);
    body.set("unit", form.dataset.unit);
    body.set("draft", part.dataset.draft || 0);
    fieldsOf(part).forEach((field) => body.set(field.name, field.value));
    const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive: true });
    if (answer.redirected || answer.status === 403) {
      told.textContent = told.dataset.ended;
      return false;
    }
    const { draft, at, conflict, refused } = await answer.json();
    if (refused) {
      told.textContent = refused;
      return true;
    }
    part.dataset.draft = draft;
    told.textContent = told.dataset.saved.replace("{at}", at);
    below(part).querySelector("[data-conflict]").innerHTML = conflict;
    if (conflict) below(part).hidden = false;
    return true;
  };
  const send = async () => {
    if (busy || !waiting.size) return;
    busy = true;
    const [part] = waiting;
    waiting.delete(part);
    let pause = 1;
    try {
      if (!(await keep(part))) {
        waiting.add(part);
        pause = 0; // the session is over: saving leads to the log-in page and back
      }
    } catch (error) {
      told.textContent = told.dataset.lost;
      waiting.add(part);
      pause = AGAIN;
    }
    busy = false;
    if (pause && waiting.size) later(pause);
  };
  const typed = ({ target }) => {
    let part = target.closest("tr, [data-row]");
    if (part && !part.dataset.row) part = part.previousElementSibling;
    if (!part || !part.dataset.row || /-choice$/.test(target.name)) return;
    waiting.add(part);
    later(PAUSE);
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) waiting.clear(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
  window.addEventListener("beforeunload", (event) => {
    if (!waiting.size) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();
