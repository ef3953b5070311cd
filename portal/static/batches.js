// Keeps the list of batches up to date: asks each eight seconds while somebody looks, writes texts, never markup.
"use strict";
(() => {
  const table = document.getElementById("batches");
  const fresh = document.getElementById("fresh");
  const body = table.tBodies[0];
  const blank = document.getElementById("row").content.firstElementChild;
  const TONES = ["good", "bad", "warn"];
  const EVERY = 8000;

  const write = (row, batch) => {
    for (const cell of row.querySelectorAll("[data-cell]")) {
      const said = batch[cell.dataset.cell];
      if (cell.textContent !== said) cell.textContent = said;
    }
    for (const cell of row.querySelectorAll("[data-sum]")) {
      const said = batch.sums[cell.dataset.sum];
      if (cell.textContent !== said) cell.textContent = said;
    }
    const state = row.querySelector(".state");
    state.classList.remove(...TONES);
    if (batch.tone) state.classList.add(batch.tone);
  };

  const made = (batch) => {
    const row = blank.cloneNode(true);
    row.dataset.batch = batch.batch_id;
    row.querySelector("a").setAttribute("href", `/batches/${batch.batch_id}`);
    return row;
  };

  const shown = (batches) => {
    const rows = new Map([...body.rows].map((row) => [row.dataset.batch, row]));
    batches.forEach((batch, place) => {
      const row = rows.get(batch.batch_id) ?? made(batch);
      write(row, batch);
      if (body.rows[place] !== row) body.insertBefore(row, body.rows[place] ?? null);
    });
    document.getElementById("nothing").classList.toggle("none", batches.length > 0);
  };

  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(table.dataset.state, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 401) location.assign("/sign-in?next=/batches");
      if (!answer.ok) throw new Error(String(answer.status));
      shown(await answer.json());
      fresh.textContent = "";
    } catch {
      fresh.textContent = fresh.dataset.stale;
    }
  };
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
})();
