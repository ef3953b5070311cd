// Keys of the pages where things are decided: each button names its key (data-key), function keys and Enter alone, so
// that no letter that somebody types or a screen reader takes is one. Nothing is touched while a text is composed.
"use strict";
(() => {
  let isSent = false;
  for (const form of document.querySelectorAll("form[data-keys]")) {
    form.addEventListener("submit", (event) => {
      if (isSent) event.preventDefault();
      isSent = true;
    });
  }
  addEventListener("pageshow", () => { isSent = false; });
  addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const button = document.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    if (button.form) button.form.requestSubmit(button);
    else button.click();
  });
  // The page of a scan: whole with its cell lit, or the part around the cell.
  for (const button of document.querySelectorAll("button[data-zoom]")) {
    button.addEventListener("click", () => {
      const page = document.querySelector("svg[data-near]");
      const isNear = button.getAttribute("aria-pressed") !== "true";
      page.setAttribute("viewBox", isNear ? page.dataset.near : page.dataset.whole);
      button.setAttribute("aria-pressed", String(isNear));
    });
  }
})();
