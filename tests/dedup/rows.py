"""Tables for tests: a record by its few telling values."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dedup.matching import MatchCounts, MatchOptions, load_model, match_records
from schemas.lineage import hash_text, household_key
from schemas.tables import MATCH_RECORDS, PART_ROWS, RECORDS

DEFAULT = MatchOptions()


def record_id(number: int) -> str:
    """The id of the record of that number; ids rise with the numbers."""
    return f"{number:032x}"


def person_id(number: int) -> str:
    return hash_text(f"stored person {number}")


def match_record(
    number: int, name: str | None = "Nguyễn Văn Hùng", born: str = "", **values: object
) -> dict[str, object]:
    """One row of MATCH_RECORDS; `born` is "1980-05-17", "1980-05" or "1980"; `home` a household number."""
    parts = [int(p) for p in born.split("-")] if born else []
    home = values.pop("home", None)
    words = (name or "").split()
    row: dict[str, object] = {
        "record_id": record_id(number), "file_id": "f" * 32, "line": number, "province_code": "01",
        "household_key": household_key("01", str(home)) if home else None, "full_name": name,
        "surname": words[0] if words else None, "given_name": words[-1] if words else None,
        **dict(zip(("birth_year", "birth_month", "birth_day"), parts, strict=False)),
    }  # fmt: skip
    return row | values


def match_table(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=MATCH_RECORDS.schema)


def write_parts(table: pa.Table, folder: Path, rows: int = PART_ROWS) -> list[Path]:
    """The table as parts of so many rows."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, start in enumerate(range(0, table.num_rows, rows)):
        paths.append(folder / f"part-{number:05d}.parquet")
        pq.write_table(table.slice(start, rows), paths[-1])
    return paths


def read_parts(folder: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in sorted(folder.glob("part-*.parquet"))])


def member(number: int, person: int, entered: str | None = None, **values: object) -> dict[str, object]:
    """One row of RECORDS with person_id; a field is filled when one of its columns is given."""
    from schemas.fields import FIELDS

    letters = "".join("." if any(c.name in values for c in f.columns) else "b" for f in FIELDS)
    return {
        "record_id": record_id(number), "file_id": "f" * 32, "line": number, "content_id": record_id(number),
        "province_code": "01", "entry_date": datetime.date.fromisoformat(entered) if entered else None,
        "empty_reasons": letters, "person_id": person_id(person),
    } | values  # fmt: skip


def member_table(*rows: dict[str, object]) -> pa.Table:
    schema = RECORDS.schema.append(pa.field("person_id", pa.string(), nullable=False))
    return pa.Table.from_pylist(list(rows), schema=schema)


@dataclass(frozen=True)
class Found:
    """What matching wrote: person of each record by its number, outcome of each pair of numbers, the counts."""

    persons: dict[int, str]
    outcomes: dict[tuple[int, int], str]
    counts: MatchCounts

    def outcome(self, one: int, other: int) -> str:
        """Outcome of a pair; "non_match" if it was not written."""
        return self.outcomes.get((min(one, other), max(one, other)), "non_match")

    def together(self, one: int, other: int) -> bool:
        return self.persons[one] == self.persons[other]


NOTHING_ELSE = MatchOptions()


def find(
    folder: Path, own: list[dict[str, object]], stored: list[dict[str, object]] | None = None,
    options: MatchOptions = NOTHING_ELSE,
) -> Found:  # fmt: skip
    """Match those rows under the model of the package."""
    parts = [write_parts(match_table(*rows), folder / name) for name, rows in (("own", own), ("stored", stored or []))]
    counts = match_records(*parts, folder / "work", load_model(), options)
    clusters, pairs = read_parts(folder / "work" / "clusters"), read_parts(folder / "work" / "scored_pairs")
    rows = zip(clusters["record_id"].to_pylist(), clusters["person_id"].to_pylist(), strict=True)
    ends = [[int(r, 16) for r in pairs[f"{side}_record_id"].to_pylist()] for side in ("left", "right")]
    return Found(
        {int(r, 16): p for r, p in rows},
        dict(zip(zip(*ends, strict=True), pairs["outcome"].to_pylist(), strict=True)),
        counts,
    )
