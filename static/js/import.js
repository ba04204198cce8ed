"use strict";
/* The review of an import: a click on either side shows the other; one key, one act. Without it links and forms do. */
(() => {
  const desk = () => document.getElementById("import-desk");
  if (!desk()) return;
  const all = (selector) => [...desk().querySelectorAll(selector)];
  const selected = () => desk().dataset.item;
  const waiting = []; // what was pressed or clicked while a request is under way
  let busy = false;
  let then = "";
  let places = {};

  const intoView = (pane, element) => {
    if (!pane || !element) return;
    const frame = pane.getBoundingClientRect();
    const place = element.getBoundingClientRect();
    if (place.top < frame.top + 24 || place.bottom > frame.bottom - 24) {
      pane.scrollTop += place.top - frame.top - frame.height / 3;
    }
  };
  /* Mark the item on both sides and bring it into sight there. */
  const show = () => {
    const item = selected();
    all("[data-pane] [aria-current]").forEach((old) => old.removeAttribute("aria-current"));
    if (!item) return;
    all("[data-pane] [data-item], [data-pane] [data-row]").forEach((part) => {
      const own = part.dataset.row || (part.closest("[data-row]") ? "" : part.dataset.item);
      if (own === item) part.setAttribute("aria-current", "true");
    });
    all("[data-pane]").forEach((pane) => intoView(pane, pane.querySelector("[aria-current]")));
  };
  const address = (item) => {
    const query = new URLSearchParams(window.location.search);
    query.set("item", item);
    return `${desk().dataset.panel}?${query}`;
  };
  const select = (item) => {
    desk().dataset.item = item;
    show();
    busy = true;
    window.history.replaceState(null, "", address(item));
    window.htmx.ajax("GET", `${address(item)}&part=panel`, { target: "#import-panel", swap: "outerHTML" });
  };

  const next = () => {
    while (!busy && waiting.length) waiting.shift()();
  };
  const queue = (act) => {
    waiting.push(act);
    next();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-item]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    queue(() => select(link.dataset.item));
  });

  const step = (by) => {
    const numbers = all("[data-pane=text] [data-number]");
    const at = numbers.findIndex((number) => number.dataset.item === selected());
    const next = at < 0 ? numbers[by > 0 ? 0 : numbers.length - 1] : numbers[at + by];
    if (next) select(next.dataset.item);
  };
  const submit = (key) => {
    const form = desk().querySelector(`#import-panel form[data-key="${key}"]`);
    if (form) form.requestSubmit();
  };
  const focus = (...names) => {
    const field = names.map((name) => document.getElementById(`import-${name}`)).find((found) => found);
    if (!field) return;
    field.focus();
    if (field.select) field.select();
  };
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    a: () => submit("a"),
    Enter: () => submit("a"),
    x: () => submit("x"),
    t: () => submit("t"),
    m: () => submit("m"),
    u: () => submit("u"),
    e: () => focus("name", "title", "verdict"),
    l: () => focus("lead"),
  };
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || !Object.keys(acts).includes(key)) return;
    if (target.closest("input, select, textarea")) return;
    if (key === "Enter" && target.closest("a, button, summary")) return;
    event.preventDefault();
    queue(acts[key]);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest("#import-panel")) event.target.blur();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (desk().contains(event.detail.elt) || event.detail.target.id === "import-panel") busy = true;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    places = {};
    all("[data-pane]").forEach((pane) => { places[pane.dataset.pane] = pane.scrollTop; });
    then = document.activeElement && document.activeElement.closest("#import-panel") ? document.activeElement.id : "";
    if (event.detail.target.id === "import-panel") places = {};
  });
  document.addEventListener("htmx:afterSwap", () => {
    all("[data-pane]").forEach((pane) => {
      if (pane.dataset.pane in places) pane.scrollTop = places[pane.dataset.pane];
    });
    all("[data-keys]").forEach((line) => { line.hidden = false; });
    show();
    if (then && document.getElementById(then)) document.getElementById(then).focus({ preventScroll: true });
  });
  document.addEventListener("htmx:afterRequest", () => {
    busy = false;
    window.setTimeout(next, 0);
  });
  all("[data-keys]").forEach((line) => { line.hidden = false; });
  show();
})();
