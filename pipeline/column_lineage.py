"""Which column comes from which, step by step, as the tables and the fields declare it: for events of lineage.

Data sets are named by step and table, those of ledgers by province and digest, columns of ledgers by their letters: a
heading, a sheet or the name of a file may be that of a person.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from schemas import tables as t
from schemas.field import Field, TableSpec
from schemas.fields import ALL_FIELDS
from schemas.rules import all_rules

STEPS_SPACE, LEDGERS_SPACE, STORE_SPACE = "sohoa.steps", "sohoa.ledgers", "sohoa.store"


@dataclass(frozen=True)
class DataSet:
    """A data set: where names like it are unique, and its name."""

    space: str
    name: str


@dataclass(frozen=True)
class Origin:
    """A column that another one was made from.

    Attributes:
        of: its data set.
        column: its name.
        subtype: IDENTITY or TRANSFORMATION where its value went in; GROUP_BY, JOIN ... where it only decided.
        says: how, for people; codes of rules, never a value.
    """

    of: DataSet
    column: str
    subtype: str = "IDENTITY"
    says: str = ""

    @property
    def is_direct(self) -> bool:
        """Did its value go in?"""
        return self.subtype in ("IDENTITY", "TRANSFORMATION", "AGGREGATION")


Origins = Mapping[str, Sequence[Origin]]
"""Column -> the columns that it was made from."""


def of_step(step: str, table: str) -> DataSet:
    """A table that a step writes."""
    return DataSet(STEPS_SPACE, f"{step}.{table}")


def of_store(table: str) -> DataSet:
    """A table of the store."""
    return DataSet(STORE_SPACE, table)


def of_ledger(province: str, file_id: str) -> DataSet:
    """A file that was delivered."""
    return DataSet(LEDGERS_SPACE, f"{province}/{file_id}")


def read_from(ledger: DataSet, columns: Iterable[Mapping[str, object]]) -> Origins:
    """Columns of source_records -> letters of the columns of a ledger, with the place of the sheet if there are many.

    Args:
        ledger: the file.
        columns: sheet, letter and raw_column of each column, as `readers.registry.ColumnReading` has them.
    """
    there = [c for c in columns if c.get("raw_column")]
    sheets = sorted({str(c.get("sheet") or "") for c in there})
    found: dict[str, list[Origin]] = {}
    for column in there:
        number = sheets.index(str(column.get("sheet") or "")) + 1
        letter = str(column["letter"]) if len(sheets) < 2 else f"{number}!{column['letter']}"
        found.setdefault(str(column["raw_column"]), []).append(Origin(ledger, letter))
    return found


def made_from(step: str, table: str) -> Origins:
    """What each column of a table was made from, for a table of a step that is known; else nothing."""
    make = _MADE.get((step, table))
    return make() if make else {}


def taken(step: str) -> tuple[DataSet, ...]:
    """What a step reads, but for the ledger itself."""
    return _TAKEN.get(step, ())


def spec(table: str) -> TableSpec | None:
    """The columns of a table, by its name."""
    return next((s for s in t.TABLES if s.name == table), None)


_SOURCE = of_step("read_file", "source_records")
_RAW = of_step("standardise_records", "records")
_BUILT = of_step("build_households", "records")
_CHECKED = of_step("check_records", "records")
_CLUSTERS = of_step("match_records", "clusters")
_GOLDEN = of_step("survive", "golden_persons")
_TAKEN: Mapping[str, tuple[DataSet, ...]] = {
    "profile_batch": (_SOURCE,), "standardise_records": (_SOURCE, of_step("profile_batch", "profile")),
    "build_households": (_RAW,), "check_records": (_BUILT,),
    "match_records": (_CHECKED, of_store("records")),
    "survive": (_CHECKED, _CLUSTERS, of_store("records")),
    "validate_batch": (_GOLDEN,), "load_batch": (_CHECKED, _GOLDEN, _CLUSTERS),
    "report_batch": (of_store("row_outcomes"), of_store("golden_persons")),
}  # fmt: skip
STORED: tuple[str, ...] = ("records", "golden_persons")
"""Tables of the store that `load_batch` adds to and whose columns are followed."""


@cache
def _standardised() -> Origins:
    found: dict[str, Sequence[Origin]] = {
        c.name: [Origin(_SOURCE, raw, "TRANSFORMATION", _rules_of(field)) for raw in _raws_of(c.name, field)]
        for field in ALL_FIELDS for c in field.columns
    }  # fmt: skip
    found |= {name: [Origin(_SOURCE, name)] for name in ("record_id", "file_id", "line")}
    found["entry_date"] = [Origin(_SOURCE, "entry_date_raw", "TRANSFORMATION")]
    found["content_id"] = [Origin(_SOURCE, raw, "TRANSFORMATION", "hash") for raw in t.RAW_COLUMNS]
    return found


def _raws_of(column: str, field: Field) -> Sequence[str]:
    """The raw columns that feed a column: that of its own stem, where the field has several."""
    own = [raw for raw in field.raw_columns if column.startswith(raw.removesuffix("_raw"))]
    return own or field.raw_columns


@cache
def _rules_of(field: Field) -> str:
    ids = [rule.id for rule in all_rules().values() if rule.field == field.name and rule.outcome != "file"]
    return f"rules: {', '.join(ids)}" if ids else ""


@cache
def _built() -> Origins:
    same = _same(_RAW, [c.name for c in t.RECORDS.columns if not c.name.startswith(("household_", "head_record"))])
    grouped = {
        name: [Origin(_RAW, by, "GROUP_BY") for by in ("household_id", "file_id")]
        for name in ("household_size", "household_position", "head_record_id")
    }
    key = {"household_key": [Origin(_RAW, "household_id", "TRANSFORMATION", "hash"), Origin(_RAW, "province_code")]}
    kept = _same(_RAW, [c.name for f in ALL_FIELDS for c in f.columns if c.name.startswith("household_")])
    return {**same, **kept, **key, **grouped}


@cache
def _checked() -> Origins:
    return _same(_BUILT, t.RECORDS.column_names)


@cache
def _clustered() -> Origins:
    by = [Origin(_CHECKED, c.name, "JOIN") for c in t.MATCH_COLUMNS]
    return {"record_id": [Origin(_CHECKED, "record_id")], "person_id": by}


@cache
def _paired() -> Origins:
    by = [Origin(_CHECKED, c.name, "JOIN") for c in t.MATCH_COLUMNS]
    ids = {f"{side}_record_id": [Origin(_CHECKED, "record_id")] for side in ("left", "right")}
    return {**ids, "match_weight": by}


@cache
def _survived() -> Origins:
    kept = [*(c.name for c in t.VALUE_COLUMNS), "entry_date", "empty_reasons", "household_key"]
    found: dict[str, Sequence[Origin]] = {
        name: [
            Origin(source, name, says="the value that survives, see value_sources")
            for source in (_CHECKED, of_store("records"))
        ]
        for name in kept
    }
    found["person_id"] = [Origin(_CLUSTERS, "person_id")]
    found["main_record_id"] = [Origin(_CHECKED, "record_id")]
    found["record_count"] = [Origin(_CLUSTERS, "record_id", "AGGREGATION", "count")]
    found["province_code"] = [
        Origin(_CHECKED, c, "TRANSFORMATION") for c in ("permanent_residence_code", "province_code")
    ]
    names = ("surname", "middle_name", "given_name")
    found["sort_key"] = [Origin(_CHECKED, name, "TRANSFORMATION") for name in names]
    found["search_key"] = [Origin(_CHECKED, "full_name", "TRANSFORMATION")]
    return found


def _same(source: DataSet, columns: Iterable[str]) -> Origins:
    return {name: [Origin(source, name)] for name in columns}


_MADE: Mapping[tuple[str, str], Callable[[], Origins]] = {
    ("standardise_records", "records"): _standardised, ("build_households", "records"): _built,
    ("check_records", "records"): _checked, ("match_records", "clusters"): _clustered,
    ("match_records", "scored_pairs"): _paired, ("survive", "golden_persons"): _survived,
    ("load_batch", "records"): lambda: _same(_CHECKED, t.RECORDS.column_names),
    ("load_batch", "golden_persons"): lambda: _same(_GOLDEN, t.GOLDEN_PERSONS.column_names),
}  # fmt: skip
