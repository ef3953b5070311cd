"""Text files read back."""

import csv
import io

import pytest

from data_samples.delimited import encoded, heading_line, ledger_lines
from data_samples.faults import TOO_FEW_CELLS, TOO_MANY_CELLS
from data_samples.words import columns
from readers.letters import from_tcvn3
from tests.data_samples.drawn import parts


def read_back(layout: str) -> list[list[str]]:
    part = parts(layout)[0]
    content = heading_line(layout) + ledger_lines(part, layout)
    text = content.decode("utf-8") if layout == "csv" else from_tcvn3(content.decode("latin-1"))
    return list(csv.reader(io.StringIO(text, newline=""), delimiter="," if layout == "csv" else ";"))


@pytest.mark.parametrize("layout", ["csv", "tcvn3"])
def test_each_row_of_the_ledger_is_a_line(layout):
    found, part = read_back(layout), parts(layout)[0]
    assert len(found) == part.texts.num_rows + 1
    for line, row, known in zip(found[1:], part.texts.to_pylist(), part.truth.to_pylist(), strict=True):
        width = len(columns())
        if known["expected_rule"] == TOO_FEW_CELLS:
            assert len(line) < width
        elif known["expected_rule"] == TOO_MANY_CELLS:
            assert len(line) > width
        elif layout == "csv":
            assert line == list(row.values())
        else:
            assert [c.lower() for c in line] == [str(v).lower() for v in row.values()]


def test_broken_rows_are_planted():
    rules = {r["expected_rule"] for part in parts("csv") for r in part.truth.to_pylist()}
    assert {TOO_FEW_CELLS, TOO_MANY_CELLS} <= rules


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Nguyễn Thị Lan", "Nguyễn Thị Lan"),
        ("Đặng Ước", "Đặng Ước"),
        ("Đặng Ánh", "Đặng ánh"),
        ("NGUYỄN", "NGUYễN"),
        ("Ayŭn Hmŏk", "Ayun Hmok"),
        ("Ấp 3; tổ 2", "ấp 3; tổ 2"),
    ],
)
def test_tcvn3_has_no_toned_capitals(text, read):
    assert from_tcvn3(encoded(text, "tcvn3").decode("latin-1")) == read
