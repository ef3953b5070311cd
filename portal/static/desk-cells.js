// Rows of a draft as the grid needs them: fetched in blocks, kept until a check makes them old.
"use strict";
const BLOCK = 100;

class Rows {
  constructor(draft, onNews) {
    this.draft = draft;
    this.onNews = onNews;
    this.view = { sheet: 0, only: "all", line: 0, order: "line" };
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
    const query = new URLSearchParams({ ...this.view, start: number * BLOCK, count: BLOCK });
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

  // Index of a line in this view, with the rows around it at hand; -1 where it is not shown.
  async indexOf(line) {
    const query = new URLSearchParams({ ...this.view, count: 0, find: line });
    const answer = await fetch(`/desk/${this.draft}/rows?${query}`, { headers: { accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok) return -1;
    const { at } = await answer.json();
    const number = Math.floor(at / BLOCK);
    if (at >= 0 && !this.blocks.has(number)) { this.asked.delete(number); await this.fetchBlock(number); }
    return at;
  }
}
