"use strict";
/* Small comforts of every page; each page works without them. */
(() => {
  const WARN_BEFORE_END = 5 * 60 * 1000;

  /* A menu closes when one clicks elsewhere or presses Escape. */
  const openMenus = () => document.querySelectorAll("details[data-closes-outside][open]");
  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    });
  });

  /* Acts that cannot be taken back ask first: data-confirm on the button or the form. */
  document.addEventListener("submit", (event) => {
    const asking = (event.submitter && event.submitter.dataset.confirm) || event.target.dataset.confirm;
    if (asking && !window.confirm(asking)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  /* A request of a fragment that failed says so instead of doing nothing. */
  const say = (key) => {
    const box = document.getElementById("page-alert");
    if (!box) return;
    box.textContent = box.dataset[key];
    box.hidden = false;
  };
  document.addEventListener("htmx:sendError", () => say("failed"));
  document.addEventListener("htmx:responseError", (event) => {
    say(event.detail.xhr.status === 403 ? "stale" : "failed");
  });

  /* Before the session ends for idleness, a warning; any own request puts it off. */
  const warning = document.getElementById("session-warning");
  if (!warning) return;
  let timer = 0;
  const wait = () => {
    window.clearTimeout(timer);
    warning.hidden = true;
    const idle = Number(warning.dataset.idle) * 1000;
    timer = window.setTimeout(() => { warning.hidden = false; }, Math.max(idle / 2, idle - WARN_BEFORE_END));
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const sent = event.detail.requestConfig;
    if (event.detail.successful && !(sent && sent.headers["HX-Polling"])) {
      document.getElementById("page-alert").hidden = true;
      wait();
    }
  });
  wait();
})();
