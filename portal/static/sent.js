// Follows a draft that was sent: the page is loaded anew whenever its state or its place in the queue changes.
"use strict";
(() => {
  const told = document.getElementById("sent");
  const { draft, state, place, steps, waits } = told.dataset;
  if (state !== "queued" && state !== "loading") return;
  setInterval(async () => {
    const answer = await fetch(`/desk/${draft}/standing`, { headers: { accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const now = await answer.json();
    if (now.state !== state || String(now.place) !== place || now.steps !== steps || now.waits !== waits) location.reload();
  }, 3000);
})();
