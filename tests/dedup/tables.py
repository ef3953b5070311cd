"""A small table that is not ours, with its declaration: people of an invented register, some of them twice."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dedup.declared_columns import CodedTable, read_coded
from dedup.declared_form import Declaration
from dedup.declared_yaml import parse_declaration

YAML = """
id: nr
columns:
  born: {from: birth, kind: date, format: DD/MM/YYYY}
  height: {kind: number}
  tags: {kind: set, separator: ";"}
comparisons:
  - name: names
    columns: [first, last]
    levels: [exact, swapped, {jaro_winkler: 0.9}, {exact: true, of: [last]}, {jaro_winkler: 0.9, of: [last]}]
  - column: born
    levels: [exact, swapped, one_digit, {days: 31}, year]
  - column: town
    levels: [exact, {tokens: 0.5}]
    frequency: true
  - column: height
    levels: [exact, {difference: 2}]
  - column: tags
    levels: [exact, {overlap: 0.5}, {common: 1}]
blocking:
  - [{column: last, first: 3}, {column: born, part: year}]
  - {columns: [{any_order: [first, last]}], most: 50, then: [town]}
  - [born]
"""


def _words(text: str) -> list[str]:
    return text.split()


_FIRST = _words("anna berta carl dora emil frieda gustav hanna ida jakob karl lena max nora otto paula rosa simon toni")
_LAST = _words(
    "ackermann bauer claussen dietrich eberhardt fischer graf hofmann imhof jansen kaiser lang maurer neumann"
)
_TOWNS = ["bad homburg", "neustadt", "hof", "alt ruppin", "sankt peter", "ulm"]


def people(count: int, twice: float = 0.3, seed: int = 1) -> tuple[pa.Table, pa.Table]:
    """A table of so many people, some with a second record that has slips, and its truth."""
    rng, rows = random.Random(seed), []  # noqa: S311 - made-up people
    for person in range(count):
        day = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1930, 2010)
        row = {
            "first": rng.choice(_FIRST), "last": rng.choice(_LAST) + rng.choice(["", "er", "in", "sen"]),
            "birth": "{:02d}/{:02d}/{}".format(*day), "town": rng.choice(_TOWNS),
            "height": str(rng.randint(150, 200)), "tags": ";".join(rng.sample("abcdefgh", 3)),
            "person": str(person), "list": "a",
        }  # fmt: skip
        rows.append(row)
        if rng.random() < twice:
            rows.append(_again(row, rng))
    for number, row in enumerate(rows):
        row["nr"] = f"r{number:05d}"
    rng.shuffle(rows)
    table = pa.Table.from_pylist(rows)
    truth = pa.table({"record_id": table["nr"], "person_id": table["person"]})
    return table.drop(["person"]), truth


def _again(row: dict[str, str | None], rng: random.Random) -> dict[str, str | None]:
    """The record as somebody else wrote it down."""
    again = {**row, "list": "b"}
    if rng.random() < 0.1:
        again["first"], again["last"] = again["last"], again["first"]
    if rng.random() < 0.2:
        text, at = str(again["last"]), rng.randrange(2, 5)
        again["last"] = text[:at] + text[at + 1 :]
    if rng.random() < 0.1:
        again["birth"] = None
    if rng.random() < 0.2:
        again["town"] = rng.choice(_TOWNS)
    return again


def coded(table: pa.Table, folder: Path, text: str = YAML) -> tuple[CodedTable, Declaration]:
    """The table as integers, with its declaration."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / "people.parquet")
    declaration = parse_declaration(text)
    return read_coded([folder / "people.parquet"], declaration), declaration
