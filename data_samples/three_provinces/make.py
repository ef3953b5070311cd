"""Three ledgers of one small population, each in its own layout, and the outcome expected of each row."""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

from data_samples.batch import TRUTH_FILE, placed
from data_samples.block import LedgerPart, draw_block, tasks
from data_samples.damage import QUARANTINED
from data_samples.delimited import HEADING_LINES, heading_line, ledger_lines
from data_samples.evidence import REASONS, TWO_PEOPLE
from data_samples.options import GenerateOptions, Layout
from data_samples.workbook import workbook

OPTIONS = GenerateOptions(
    people=540, seed=41, provinces=("01", "40", "92"), repeat_share=1.2, fault_share=0.045, notice_share=0.035,
    minority_weight=2.0, migrant_share=0.08, sheet_rows=130,
)  # fmt: skip
FILES: dict[str, tuple[str, Layout]] = {
    "01": ("ha_noi.csv", "csv"),
    "40": ("nghe_an.xlsx", "xlsx"),
    "92": ("can_tho_tcvn3.csv", "tcvn3"),
}
"""File and layout by province, in the order in which they are delivered, each as a batch of its own."""

OUTCOME_COLUMNS = ("file", "sheet", "line", "outcome", "rule_id", "person_id", "also_allowed")


def make(out: Path) -> None:
    """Write OUT/input/ (the ledgers) and OUT/expected/ (truth.csv, row_outcomes.csv)."""
    for folder in ("input", "expected"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    layouts = tuple(layout for _, layout in FILES.values())
    parts = [part for task in tasks(OPTIONS, layouts) for part in draw_block(task)]
    truths = []
    for code, (name, layout) in FILES.items():
        part = _joined([p for p in parts if p.province_code == code])
        content, truth = _written(part, name, layout)
        (out / "input" / name).write_bytes(content)
        truths.append(truth)
    truth = pa.concat_tables(truths)
    _write_rows(out / "expected" / "truth.csv", TRUTH_FILE.names, (r.values() for r in truth.to_pylist()))
    _write_rows(out / "expected" / "row_outcomes.csv", OUTCOME_COLUMNS, _outcomes(truth))


def _joined(parts: list[LedgerPart]) -> LedgerPart:
    """One ledger of the parts that the provinces gave to it; lines count on."""
    truth = pa.concat_tables([p.truth for p in parts])
    lines = pa.array(np.arange(1, truth.num_rows + 1), pa.int32())
    truth = truth.set_column(truth.schema.names.index("line"), "line", lines)
    texts = pa.concat_tables([p.texts for p in parts]).combine_chunks()
    return LedgerPart(parts[0].province_code, texts, np.concatenate([p.book for p in parts]), truth.combine_chunks())


def _written(part: LedgerPart, name: str, layout: Layout) -> tuple[bytes, pa.Table]:
    if layout == "xlsx":
        made = workbook(part, OPTIONS.sheet_rows)
        return made.content, placed(part.truth, name, made.sheets, made.lines)
    lines = pa.array(np.arange(part.truth.num_rows) + HEADING_LINES + 1, pa.int32())
    sheets = pa.nulls(part.truth.num_rows, pa.string())
    return heading_line(layout) + ledger_lines(part, layout), placed(part.truth, name, sheets, lines)


def _outcomes(truth: pa.Table) -> Iterable[tuple[object, ...]]:
    """The first accepted row of a person is loaded, later ones are merged with it; a difficult one need not be."""
    known: set[int] = set()
    for row in truth.to_pylist():
        place, person = (row["file"], row["sheet"], row["line"]), row["person_id"]
        if row["expected_outcome"] == QUARANTINED:
            yield *place, QUARANTINED, row["expected_rule"], None, None
            continue
        outcome = "merged" if person in known else "loaded"
        known.add(person)
        yield *place, outcome, None, person, _also_allowed(outcome, row["difficult"])


def _also_allowed(outcome: str, difficult: str | None) -> str | None:
    """What the pipeline may do instead, in words of row_outcomes; loaded then means with an open review."""
    allowed = ["loaded"] if difficult and outcome == "merged" else []
    if difficult == REASONS[TWO_PEOPLE]:
        allowed.append(QUARANTINED)
    return " ".join(allowed) or None


def _write_rows(path: Path, names: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
