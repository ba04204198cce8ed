"use strict";
/* Choosing every item of a desk at once; without a script the link reloads the page with all chosen. */
(() => {
  document.querySelectorAll("[data-review]").forEach((form) => {
    const all = form.querySelector("[data-all]");
    const link = form.querySelector("[data-all-link]");
    const boxes = [...form.querySelectorAll("[name=item]:not(:disabled)")];
    const show = () => { all.checked = boxes.length > 0 && boxes.every((box) => box.checked); };
    link.replaceWith(link.textContent);
    all.hidden = false;
    show();
    form.addEventListener("change", (event) => {
      if (event.target === all) boxes.forEach((box) => { box.checked = all.checked; });
      show();
    });
  });
})();
