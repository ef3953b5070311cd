"""A store in memory, the plain twin of the real one: batches go in, and it hands over what the next one may change."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from dedup.blocking import block_keys
from dedup.first_round import first_round
from dedup.matching import MatchOptions, load_model, match_records
from dedup.settled import Settled
from schemas.tables import MATCH_RECORDS, SCORED_PAIRS
from tests.dedup.rows import read_parts

MODEL = load_model()
_LARGEST_HOUSEHOLD = 30


@dataclass
class MemoryStore:
    """Records by id, their persons, the scored pairs by their two ids, the records of each blocking key."""

    records: dict[str, dict[str, object]] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    pairs: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)
    keys: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def deliver(self, batch: pa.Table, folder: Path) -> None:
        """Match a batch (MATCH_RECORDS) as the pipeline does, and take its result in."""
        keys = block_keys(batch).to_pylist()
        near = sorted({r for k in {k["key"] for k in keys} for r in self.keys[k]})
        first = first_round([batch], [self._table(near)], MODEL, folder)
        hood = self._hood(batch, first.partners(matched=True).to_pylist())
        partners = set(first.partners(matched=False).to_pylist())
        pairs = [p for ends, p in self.pairs.items() if set(ends) <= hood]
        settled = Settled([pa.Table.from_pylist(pairs, SCORED_PAIRS.schema)], self._ties(partners - hood))
        options = MatchOptions(settled=settled, first=first, frozen=True)
        match_records([batch], [self._table(sorted(hood | partners))], folder, MODEL, options)
        self.records |= {r["record_id"]: r for r in batch.to_pylist()}
        for row in keys:
            self.keys[row["key"]].add(row["record_id"])
        for row in read_parts(folder / "scored_pairs").to_pylist():
            self.pairs[row["left_record_id"], row["right_record_id"]] = row
        self.persons |= {r["record_id"]: r["person_id"] for r in read_parts(folder / "clusters").to_pylist()}

    def partition(self) -> set[frozenset[str]]:
        """Which records are one person."""
        found = defaultdict(set)
        for record, person in self.persons.items():
            found[person].add(record)
        return {frozenset(records) for records in found.values()}

    def _hood(self, batch: pa.Table, matched: list[str]) -> set[str]:
        homes = set(batch["household_key"].to_pylist()) - {None}
        members = self._members(homes)
        met = set(matched) | {
            r for ends, p in self.pairs.items() if p["basis"] & 1 for r in ends if set(ends) & members
        }
        front = members | met | self._members({self.records[r]["household_key"] for r in met} - {None})
        hood: set[str] = set()
        while front:
            hood |= front
            persons = {self.persons[r] for r in front}
            front = {r for r, p in self.persons.items() if p in persons} | {
                r for ends, p in self.pairs.items() if p["basis"] & 2 and set(ends) & front for r in ends
            }
            front -= hood
        return hood

    def _members(self, homes: set[object]) -> set[str]:
        sizes = Counter(r["household_key"] for r in self.records.values())
        return {
            i for i, r in self.records.items()
            if r["household_key"] in homes and sizes[r["household_key"]] <= _LARGEST_HOUSEHOLD
        }  # fmt: skip

    def _ties(self, records: set[str]) -> pa.Table:
        first: dict[str, str] = {}
        ties = [(first.setdefault(self.persons[r], r), r) for r in sorted(records)]
        ties = [t for t in ties if t[0] != t[1]]
        names = ("left_record_id", "right_record_id")
        return pa.table({n: pa.array([t[side] for t in ties], pa.string()) for side, n in enumerate(names)})

    def _table(self, ids: list[str]) -> pa.Table:
        rows = [self.records[i] | {"person_id": self.persons[i]} for i in ids]
        return pa.Table.from_pylist(rows, MATCH_RECORDS.schema)
