// Loads a page anew after so many seconds, while something on it says so.
"use strict";
(() => {
  const told = document.querySelector("[data-again]");
  if (told) setTimeout(() => location.reload(), 1000 * Number(told.dataset.again));
})();
