// Rows of a draft as the grid needs them: fetched in blocks, kept until a check makes them old.
"use strict";
const BLOCK = 100;

class Rows {
  constructor(draft, onNews) {
    this.draft = draft;
    this.onNews = onNews;
    this.view = { sheet: 0, only: "all", line: 0 };
    this.reset();
  }

  reset() {
    this.blocks = new Map();
    this.asked = new Set();
    this.total = 0;
    this.age = (this.age ?? 0) + 1;
  }

  // The beginning of a view, and the surroundings of a row of it.
  show(view, index = 0) {
    this.view = view;
    this.reset();
    return Promise.all([...new Set([0, Math.floor(index / BLOCK)])].map((number) => this.fetchBlock(number)));
  }

  // What is on the screen stays there until the new rows have come.
  async renew(first, last) {
    const old = this.blocks;
    this.asked = new Set();
    this.age += 1;
    const wanted = [...new Set([Math.floor(first / BLOCK), Math.floor(last / BLOCK)])];
    this.blocks = new Map(wanted.filter((n) => old.has(n)).map((n) => [n, old.get(n)]));
    await Promise.all(wanted.map((number) => this.fetchBlock(number)));
  }

  at(index) {
    const number = Math.floor(index / BLOCK);
    const block = this.blocks.get(number);
    if (!block) { this.fetchBlock(number); return null; }
    return block[index % BLOCK] ?? null;
  }

  async fetchBlock(number) {
    if (this.asked.has(number)) return;
    this.asked.add(number);
    const age = this.age;
    const { sheet, only, line } = this.view;
    const query = new URLSearchParams({ sheet, only, line, start: number * BLOCK, count: BLOCK });
    const answer = await fetch(`/desk/${this.draft}/rows?${query}`, { headers: { accept: "application/json" } }).catch(() => null);
    if (age !== this.age) return;
    if (!answer || !answer.ok) { setTimeout(() => { this.asked.delete(number); this.onNews(); }, 2000); return; }
    const found = await answer.json();
    if (age !== this.age) return;
    this.total = found.total;
    this.blocks.set(number, found.rows);
    if (this.blocks.size > 60) this.blocks.delete(this.blocks.keys().next().value);
    this.onNews();
  }

  // Index of a line in this view: rows are in the order of their lines, so few blocks tell.
  async indexOf(line) {
    let [low, high] = [0, this.total - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const number = Math.floor(middle / BLOCK);
      if (!this.blocks.has(number)) { this.asked.delete(number); await this.fetchBlock(number); }
      const row = this.blocks.get(number)?.[middle % BLOCK];
      if (!row) return -1;
      if (row[0] === line) return middle;
      if (row[0] < line) low = middle + 1; else high = middle - 1;
    }
    return -1;
  }
}
