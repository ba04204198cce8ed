"use strict";
/* A button with data-copy="id" copies that field's text; without a script the text is selected by hand. */
(() => {
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    const field = document.getElementById(button.dataset.copy);
    if (!field) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const said = () => { button.textContent = button.dataset.copied; };
      field.select();
      if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(said, () => {});
      else if (document.execCommand("copy")) said(); /* plain HTTP inside an office has no clipboard object */
    });
  });
})();
