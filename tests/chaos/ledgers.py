"""The delivery that is tormented, and what the store held before: a few hundred people who do not exist.

The store has the first ledger. The delivery brings a text file, a workbook in an archive and a file that is no ledger;
in it are rows that the store has already, rows of people that it has, rows that must wait and rows that are new.
"""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from data_samples.batch import write_batch
from data_samples.options import GenerateOptions

PROVINCE = "01"


@dataclass(frozen=True)
class Ledgers:
    """What was delivered before, what is delivered now, and texts that no message may quote."""

    before: Path
    now: tuple[Path, ...]
    secrets: tuple[str, ...]


def make(folder: Path, people: int = 260) -> Ledgers:
    """Write the ledgers."""
    write_batch(GenerateOptions(people, 11, (PROVINCE,), repeat_share=3.0), "csv", folder / "all", 1)
    (source,) = (folder / "all" / "input").iterdir()
    heading, *rows = list(csv.reader(io.StringIO(source.read_text("utf-8-sig"))))
    half, most = len(rows) // 2, len(rows) * 4 // 5
    before = _text(folder / "before" / "so_cu.csv", [heading, *rows[:half]])
    text = _text(folder / "now" / "so_moi.csv", [heading, *rows[half - 12 : most]])
    archive = folder / "now" / "phan_2.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("xa/so.xlsx", _workbook([heading, *rows[most:]]))
    no_ledger = _text(folder / "now" / "khong_phai.csv", [["STT", "Ghi chú"], ["1", "x"], ["2", "y"]])
    name, number = heading.index("Họ và tên"), heading.index("Số định danh cá nhân")
    secrets = {row[column] for row in rows for column in (name, number) if column < len(row)}
    return Ledgers(before, (text, archive, no_ledger), tuple(s for s in secrets if len(s) > 8))


def _text(path: Path, rows: list[list[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def _workbook(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
