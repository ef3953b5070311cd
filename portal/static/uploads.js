// Sends files part by part, so that a line that breaks costs one part. Without this script the form sends them whole.
"use strict";
(() => {
  const form = document.getElementById("upload");
  const chosen = document.getElementById("files");
  const list = document.getElementById("progress");
  const texts = JSON.parse(form.dataset.texts);
  const partBytes = Number(form.dataset.part);
  const token = document.querySelector("meta[name=csrf-token]").content;
  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

  class Refused extends Error {}
  class Later extends Error {}

  async function ask(method, path, body, type) {
    const headers = { "X-CSRF-Token": token, accept: "application/json" };
    if (type) headers["Content-Type"] = type;
    const answer = await fetch(path, { method, headers, body });
    if (answer.ok) return answer.json();
    const said = await answer.json().catch(() => ({}));
    const words = `${said.wrong ?? ""} ${said.do ?? ""}`;
    if (answer.status >= 500) throw new Later(answer.status === 503 ? words.trim() : "");
    throw new Refused(words.trim() || String(answer.status));
  }

  // Whatever breaks on the way is tried again, ever more slowly; only a refusal ends it.
  async function untilDone(work, told) {
    for (let tries = 0; ; tries += 1) {
      try { return await work(); } catch (wrong) {
        if (wrong instanceof Refused) throw wrong;
        told.textContent = wrong instanceof Later && wrong.message ? wrong.message : texts.waiting;
        await pause(Math.min(15000, 500 * 2 ** tries));
      }
    }
  }

  async function digestOf(file) {
    if (!globalThis.crypto || !crypto.subtle) return "";
    const found = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    return Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function line(file) {
    const item = document.createElement("li");
    const bar = document.createElement("progress");
    const told = document.createElement("span");
    bar.max = file.size || 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `${texts.progress}: ${file.name}`);
    item.append(`${file.name} `, bar, " ", told);
    list.append(item);
    return { bar, told };
  }

  // What was begun and broken off is remembered by the file's own marks, so that choosing it again goes on.
  // A name may be that of a person, so only a number made of it stays in the browser.
  const mark = (name) => Array.from(name).reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)) >>> 0, 7);
  const memory = (file) => `upload/${mark(file.name)}/${file.size}/${file.lastModified}`;

  async function begun(file, draft, told) {
    const known = JSON.parse(sessionStorage.getItem(memory(file)) ?? "null");
    if (known) {
      const found = await fetch(`/uploads/${known.draft}/${known.upload}`, { headers: { accept: "application/json" } });
      if (found.ok) return { ...known, ...(await found.json()) };
    }
    told.textContent = texts.reading;
    const fields = new URLSearchParams({ name: file.name, size: file.size, sha256: await digestOf(file), draft_id: draft });
    const made = await ask("POST", "/uploads/begin", fields);
    sessionStorage.setItem(memory(file), JSON.stringify({ draft: made.draft, upload: made.upload }));
    return made;
  }

  async function send(file, draft) {
    const { bar, told } = line(file);
    const upload = await untilDone(() => begun(file, draft, told), told).catch((wrong) => { told.textContent = wrong.message; throw wrong; });
    let offset = upload.offset;
    const at = `/uploads/${upload.draft}/${upload.upload}`;
    try {
      while (offset < file.size) {
        const part = file.slice(offset, offset + partBytes);
        const start = offset;
        const there = await untilDone(() => ask("PUT", `${at}/${start}`, part, "application/octet-stream"), told);
        offset = there.offset;
        bar.value = offset;
        told.textContent = `${Math.floor((100 * offset) / file.size)} %`;
      }
      const done = await untilDone(() => ask("POST", `${at}/finish`), told);
      told.textContent = texts.done;
      return { draft: upload.draft, next: done.next };
    } catch (wrong) {
      told.textContent = wrong.message;
      throw wrong;
    } finally {
      sessionStorage.removeItem(memory(file));
    }
  }

  async function sendAll(files) {
    form.classList.add("busy");
    let draft = "";
    let next = "";
    for (const file of files) {
      try { ({ draft, next } = await send(file, draft)); } catch { /* its line says why; the others go on */ }
    }
    form.classList.remove("busy");
    if (next) location.assign(next);
  }

  form.classList.add("scripted");
  chosen.addEventListener("change", () => {
    if (chosen.files.length && !form.classList.contains("busy")) sendAll([...chosen.files]);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.classList.contains("busy")) sendAll([...chosen.files]);
  });
  for (const name of ["dragover", "dragenter"]) form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!form.classList.contains("busy")) sendAll([...event.dataTransfer.files]);
  });
})();
