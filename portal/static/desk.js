// The grid of a draft. One input lies over the active cell and holds its text, so that whatever composes words (Telex,
// VNI, an input method) composes them in a real field: between compositionstart and compositionend nobody touches it.
"use strict";
(() => {
  const ROW = 30, WIDTH = 150, LINE = 84, AROUND = 8;
  const by = (id) => document.getElementById(id);
  const root = by("desk");
  const draft = root.dataset.draft;
  const texts = JSON.parse(root.dataset.texts);
  const token = document.querySelector("meta[name=csrf-token]").content;
  const grid = by("grid"), table = by("table"), head = by("grid-head"), body = by("grid-rows"), panel = by("panel"), said = by("said");
  const SIGNS = { b: "✖", r: "▲", e: "✎", n: "ℹ" };
  const put = (text, ...values) => values.reduce((whole, value, at) => whole.replace(String.fromCharCode(at + 1), value), text);

  let state = null, columns = [], composing = false, typed = false, drawn = [], queued = Promise.resolve();
  let here = { index: 0, column: 0 };
  const rows = new Rows(draft, () => draw());

  const editor = document.createElement("input");
  editor.className = "editor";
  editor.autocomplete = "off";
  editor.spellcheck = false;
  editor.hidden = true;
  editor.setAttribute("aria-describedby", "panel");
  grid.append(editor);

  async function ask(method, path, values) {
    for (let tries = 0; ; tries += 1) {
      const answer = await fetch(`/desk/${draft}/${path}`, {
        method, body: values && JSON.stringify(values),
        headers: { accept: "application/json", "X-CSRF-Token": token, ...(values ? { "Content-Type": "application/json" } : {}) },
      }).catch(() => null);
      if (answer && answer.status === 401) { location.reload(); return null; }
      if (answer && answer.ok) return answer.json();
      if (answer && answer.status < 500) { const told = await answer.json().catch(() => ({})); tell(`${told.wrong ?? ""} ${told.do ?? ""}`); return null; }
      tell(texts.not_saved);
      await new Promise((done) => { setTimeout(done, Math.min(10000, 500 * 2 ** tries)); });
    }
  }

  const tell = (text) => { said.textContent = text; };
  const sheetOf = () => state?.sheets?.[rows.view.sheet];

  // ---- what the server says
  async function follow() {
    let known = -1;
    for (;;) {
      const found = await ask("GET", "state?wait=15");
      if (!found) return;
      const opened = take(found);
      if (opened) await opened;
      if (found.checked !== undefined && found.checked !== known && !found.checking) {
        known = found.checked;
        if (!opened) await renew();
      }
      if (!found.checking) await new Promise((done) => { wake = done; setTimeout(done, 20000); });
    }
  }
  let wake = () => {};

  function take(found) {
    const isFirst = !state?.sheets && found.sheets;
    state = { ...state, ...found };
    by("checking").textContent = found.failed ? `${found.failed.wrong} ${found.failed.do}` : found.checking ? texts.checking : texts.checked;
    by("undo").disabled = !found.undo;
    by("redo").disabled = !found.redo;
    for (const [name, count] of Object.entries(found.totals ?? {})) by(`total-${name}`).textContent = count.toLocaleString("vi-VN");
    if (found.files) showFiles(found.files);
    return isFirst ? begin() : null;
  }

  function showFiles(files) {
    const lines = files.flatMap((file) => {
      const why = file.outcome === "read" ? [] : [texts[`file.${file.outcome}`] + (file.batch ? ` ${file.batch.slice(0, 8)}, ${file.day}${file.by ? `, ${put(texts["file.known_by"], file.by)}` : ""}.` : "")];
      return [...why, ...file.said].map((text) => `${file.name}: ${text}`);
    });
    by("files").replaceChildren(...lines.map((text) => element("li", "", text)));
  }

  function element(name, kind, text) {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function begin() {
    by("sheet").replaceChildren(...state.sheets.map((sheet, at) => {
      const option = element("option", "", [sheet.file, sheet.name].filter(Boolean).join(" · "));
      option.value = at;
      return option;
    }));
    const first = state.first;
    if (first) by("sheet").value = first.sheet;
    return state.sheets.length ? open({ ...rows.view, sheet: first?.sheet ?? 0 }, first) : null;
  }

  // ---- drawing
  // The first cell of a view, or one that has to be looked at, with some rows above it.
  async function open(view, first) {
    await rows.show(view, first?.row);
    const sheet = sheetOf();
    columns = sheet ? sheet.columns : [];
    drawHead();
    here = { index: 0, column: 0 };
    grid.scrollTop = 0;
    drawn = [];
    body.replaceChildren();
    draw();
    if (!rows.total) return;
    // Whoever has begun to go elsewhere by keyboard while the check ran is left there.
    const isIdle = document.activeElement === document.body;
    go(first?.row ?? 0, columns.findIndex((column) => column.position === first?.position), Boolean(first) && isIdle);
    if (first) { grid.scrollTop = Math.max(0, (first.row - 3) * ROW); drawNow(); }
  }

  function drawHead() {
    const first = element("div", "at-head at-line", texts.line);
    first.setAttribute("role", "columnheader");
    head.replaceChildren(first, ...columns.map((column, at) => {
      const cell = element("div", "at-head");
      cell.setAttribute("role", "columnheader");
      cell.setAttribute("aria-colindex", at + 2);
      cell.append(element("b", "", `${column.letter} · ${column.heading}`), element("small", "", column.meaning || texts.no_field));
      cell.title = column.heading;
      return cell;
    }));
    table.setAttribute("aria-colcount", columns.length + 1);
  }

  let wanted = 0;
  function draw() { if (!wanted) wanted = requestAnimationFrame(() => { wanted = 0; drawNow(); }); }

  function drawNow() {
    table.setAttribute("aria-rowcount", rows.total + 1);
    body.style.height = `${rows.total * ROW}px`;
    body.style.width = `${LINE + columns.length * WIDTH}px`;
    const first = Math.max(0, Math.floor(grid.scrollTop / ROW) - AROUND);
    const count = Math.min(rows.total - first, Math.ceil(grid.clientHeight / ROW) + 2 * AROUND);
    while (drawn.length < count) { const made = rowElement(); drawn.push(made); body.append(made); }
    while (drawn.length > Math.max(0, count)) drawn.pop().remove();
    for (let at = 0; at < count; at += 1) fill(drawn[(first + at) % count], first + at);
    placeEditor();
  }

  function rowElement() {
    const made = element("div", "grid-row");
    made.setAttribute("role", "row");
    const line = element("div", "at-cell at-line");
    line.setAttribute("role", "rowheader");
    made.append(line, ...columns.map((_, at) => {
      const cell = element("div", "at-cell");
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-colindex", at + 2);
      return cell;
    }));
    return made;
  }

  function fill(made, index) {
    const row = rows.at(index);
    if (made.row === row && made.index === index && made.here === hereIn(index)) return;
    made.row = row; made.index = index; made.here = hereIn(index);
    made.style.transform = `translateY(${index * ROW}px)`;
    made.setAttribute("aria-rowindex", index + 2);
    made.className = row && row[2] % 2 ? "grid-row odd" : "grid-row";
    const [line, ...cells] = made.children;
    if (!row) { line.textContent = "…"; for (const cell of cells) { cell.textContent = ""; cell.className = "at-cell"; } return; }
    const marks = new Map(row[5]);
    const own = marks.get(-1);
    line.className = `at-cell at-line out-${row[1]}`;
    line.textContent = `${own && own !== "n" ? SIGNS[own] : ""}${row[3] ? "⌂ " : ""}${row[0]}`;
    line.title = [texts[`outcome.${row[1]}`], row[3] ? texts.head : ""].filter(Boolean).join(", ");
    line.setAttribute("aria-label", `${texts.line} ${row[0]}, ${line.title}${own ? `, ${texts[`mark.${own}`]}` : ""}`);
    cells.forEach((cell, at) => {
      const mark = marks.get(columns[at].position);
      cell.className = `at-cell${mark ? ` ${mark}` : ""}${made.here === at ? " here" : ""}`;
      if (mark) {
        const sign = element("span", "mark", SIGNS[mark]);
        sign.setAttribute("role", "img");
        sign.setAttribute("aria-label", texts[`mark.${mark}`]);
        cell.replaceChildren(sign, row[4][at]);
      } else cell.textContent = row[4][at];
    });
  }

  const hereIn = (index) => (index === here.index ? here.column : -1);

  // ---- moving and typing
  const current = () => rows.at(here.index);
  const textHere = () => current()?.[4][here.column] ?? "";
  const isEdited = () => editor.value.trim() !== textHere().trim();

  function placeEditor() {
    const has = rows.total > 0 && columns.length > 0;
    editor.hidden = !has;
    if (!has) return;
    editor.style.transform = `translate(${LINE + here.column * WIDTH}px, ${head.offsetHeight + here.index * ROW}px)`;
  }

  function go(index, column, focus = true) {
    if (!rows.total) return;
    here = { index: Math.min(Math.max(0, index), rows.total - 1), column: Math.min(Math.max(0, column), columns.length - 1) };
    typed = false;
    const top = here.index * ROW, left = here.column * WIDTH;
    const room = grid.clientHeight - head.offsetHeight - ROW;
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top > grid.scrollTop + room - ROW) grid.scrollTop = top - room + ROW;
    if (left < grid.scrollLeft) grid.scrollLeft = left;
    else if (left + WIDTH + LINE > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = left + WIDTH + LINE - grid.clientWidth + 20;
    load();
    drawNow();
    if (focus) { editor.focus({ preventScroll: true }); editor.select(); }
    explain();
  }

  function load() {
    const row = current();
    if (composing) return;
    editor.value = textHere();
    editor.classList.remove("wide");
    const column = columns[here.column];
    if (row && column) editor.setAttribute("aria-label", put(texts.cell, `${column.letter}${row[0]}`, column.heading));
  }

  function commit(everywhere) {
    const row = current(), column = columns[here.column];
    if (!row || !column || !isEdited()) return;
    const text = editor.value.trim();
    const at = { sheet: rows.view.sheet, line: row[0], position: column.position, text, everywhere };
    row[4][here.column] = text;
    row[5] = [...row[5].filter(([position]) => position !== column.position), [column.position, "e"]];
    drawn.forEach((made) => { made.row = undefined; });
    tell(texts.saving);
    queued = queued.then(async () => {
      const found = await ask("POST", "correct", at);
      if (!found) return;
      take(found);
      tell(everywhere ? put(texts.fixed, found.cells) : texts.saved);
      if (everywhere) await renew();
      wake();
    });
  }

  async function renew() {
    const first = Math.floor(grid.scrollTop / ROW), line = current()?.[0];
    await rows.renew(first, first + Math.ceil(grid.clientHeight / ROW) + AROUND);
    if (line && current()?.[0] !== line) await stay(line);
    if (here.index >= rows.total) here.index = Math.max(0, rows.total - 1);
    drawn.forEach((made) => { made.row = undefined; });
    drawNow();
    if (!typed && !composing) { load(); if (document.activeElement === editor) editor.select(); explain(); }
  }

  // A corrected row may have another place in what is shown: whoever types goes on in it, never in another one.
  async function stay(line) {
    const index = await rows.indexOf(line);
    if (index < 0) return;
    grid.scrollTop += (index - here.index) * ROW;
    here.index = index;
  }

  editor.addEventListener("compositionstart", () => { composing = true; typed = true; });
  editor.addEventListener("compositionend", () => { composing = false; });
  editor.addEventListener("input", () => { typed = true; editor.classList.toggle("wide", editor.value.length > 18); });
  editor.addEventListener("blur", () => { if (!composing) commit(false); });

  editor.addEventListener("keydown", (event) => {
    if (composing || event.isComposing || event.keyCode === 229) return;
    const step = (down, right) => { event.preventDefault(); commit(false); go(here.index + down, here.column + right); };
    const pageful = Math.max(1, Math.floor(grid.clientHeight / ROW) - 2);
    const { key, ctrlKey, shiftKey } = event;
    if (key === "Enter" && ctrlKey) { event.preventDefault(); commit(true); go(here.index, here.column); }
    else if (key === "Enter" || key === "ArrowDown") step(shiftKey ? -1 : 1, 0);
    else if (key === "ArrowUp") step(-1, 0);
    else if (key === "Tab" && !(shiftKey ? here.column === 0 && here.index === 0 : here.column === columns.length - 1 && here.index === rows.total - 1)) tab(event, shiftKey);
    else if (key === "PageDown") step(pageful, 0);
    else if (key === "PageUp") step(-pageful, 0);
    else if (key === "Home" && ctrlKey) step(-rows.total, -columns.length);
    else if (key === "End" && ctrlKey) step(rows.total, columns.length);
    else if (key === "ArrowRight" && !typed) step(0, 1);
    else if (key === "ArrowLeft" && !typed) step(0, -1);
    else if (key === "F2") { event.preventDefault(); typed = true; editor.setSelectionRange(editor.value.length, editor.value.length); }
    else if (key === "Escape") { event.preventDefault(); typed = false; load(); editor.select(); }
    else if (ctrlKey && key.toLowerCase() === "z" && !isEdited()) { event.preventDefault(); moveInList("undo"); }
    else if (ctrlKey && key.toLowerCase() === "y") { event.preventDefault(); moveInList("redo"); }
  });

  function tab(event, isBack) {
    event.preventDefault();
    commit(false);
    const at = here.index * columns.length + here.column + (isBack ? -1 : 1);
    go(Math.floor(at / columns.length), at % columns.length);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "F8" && !composing) { event.preventDefault(); nextWrong(event.shiftKey); }
  });

  body.addEventListener("mousedown", (event) => {
    if (event.target === editor) return;
    const made = event.target.closest(".grid-row");
    const at = [...(made?.children ?? [])].indexOf(event.target.closest(".at-cell"));
    if (!made || at < 0) return;
    event.preventDefault();
    commit(false);
    go(made.index, Math.max(0, at - 1));
  });
  grid.addEventListener("scroll", draw, { passive: true });

  async function nextWrong(isBack) {
    commit(false);
    await queued;
    const row = current();
    const query = new URLSearchParams({ sheet: rows.view.sheet, line: row?.[0] ?? 0, position: columns[here.column]?.position ?? -2, back: isBack });
    const found = await ask("GET", `next?${query}`);
    if (found) await show(found); else tell(texts.none_left);
  }

  async function show(place) {
    if (place.sheet !== rows.view.sheet) { by("sheet").value = place.sheet; await open({ ...rows.view, sheet: place.sheet }); }
    let index = await rows.indexOf(place.line);
    if (index < 0) { clearFilters(); await open({ ...rows.view, sheet: place.sheet, only: "all", line: 0 }); index = await rows.indexOf(place.line); }
    const column = columns.findIndex((each) => each.position === place.position);
    if (index >= 0) go(index, Math.max(0, column));
  }

  async function moveInList(where) {
    await queued;
    const found = await ask("POST", "move", { where });
    if (!found) return;
    take(found);
    await renew();
    if (found.at) await show(found.at);
    wake();
  }

  function clearFilters() { by("only-wrong").checked = false; by("household").checked = false; }

  // ---- the words on the active cell
  let explained = 0;
  function explain() {
    const number = (explained += 1);
    setTimeout(() => { if (number === explained) explainNow(number); }, 120);
  }

  async function explainNow(number) {
    const row = current(), column = columns[here.column];
    if (!row || !column) return;
    const query = new URLSearchParams({ sheet: rows.view.sheet, line: row[0], position: column.position });
    const answer = await fetch(`/desk/${draft}/cell?${query}`, { headers: { accept: "application/json" } }).catch(() => null);
    if (number !== explained || !answer || !answer.ok) return;
    const found = await answer.json();
    const text = textHere();
    const where = put(texts.cell, `${column.letter}${row[0]}`, column.heading);
    const lines = [element("p", "", `${where}: ${text ? put(texts.read, text) : texts.blank}.`)];
    for (const one of found.said) {
      const line = element("p", `wrong ${one.severity}`, one.wrong);
      line.append(" ", element("strong", "", texts.do), ` ${one.do}`);
      lines.push(line);
    }
    if (!found.said.length) lines.push(element("p", "hint", texts.nothing));
    if (found.proposals.length) {
      const line = element("p", "", `${texts.proposals} `);
      line.append(...found.proposals.map((proposal) => {
        const button = element("button", "second", proposal);
        button.type = "button";
        button.addEventListener("click", () => { editor.value = proposal; commit(false); go(here.index, here.column); });
        return button;
      }));
      lines.push(line);
    }
    if (found.said.length && found.equal > 1) lines.push(element("p", "hint", put(texts.equal, found.equal, text)));
    panel.replaceChildren(...lines);
  }

  // ---- the tools
  by("next").addEventListener("click", () => nextWrong(false));
  by("back").addEventListener("click", () => nextWrong(true));
  by("undo").addEventListener("click", () => moveInList("undo"));
  by("redo").addEventListener("click", () => moveInList("redo"));
  by("sheet").addEventListener("change", () => { clearFilters(); open({ ...rows.view, sheet: Number(by("sheet").value), only: "all", line: 0 }); });
  by("only-wrong").addEventListener("change", async () => {
    const line = current()?.[0];
    by("household").checked = false;
    await open({ ...rows.view, only: by("only-wrong").checked ? "wrong" : "all", line: 0 });
    const index = line ? await rows.indexOf(line) : -1;
    if (index >= 0) go(index, here.column);
  });
  by("order").addEventListener("change", async () => {
    const line = current()?.[0];
    await open({ ...rows.view, order: by("order").value });
    const index = line ? await rows.indexOf(line) : -1;
    if (index >= 0) go(index, here.column, false);
  });
  by("household").addEventListener("change", async () => {
    const line = current()?.[0] ?? 0;
    by("only-wrong").checked = false;
    await open({ ...rows.view, only: by("household").checked ? "household" : "all", line });
    const index = await rows.indexOf(line);
    if (index >= 0) go(index, here.column);
  });

  follow();
})();
