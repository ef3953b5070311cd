import numpy as np
import pyarrow as pa
import pytest

from readers.grid import Grid, Trouble
from readers.row_checks import row_findings

NO = np.zeros(1, np.bool_)


def found(text: str) -> list[str]:
    return [rule for rule, _ in row_findings(Grid(np.array([2], np.int32), (pa.array([text]),)), 1, NO)]


DAMAGED = [
    "Nguy?n",
    "?inh",
    "L? Th?",
    "H?",
    "\ufffd",
    "a\x00b",
    "Nguy\x9an",
    "\ue000",
    "a\u0301\u0302\u0303\u0309",
    "xã ?ông",
]


@pytest.mark.parametrize("text", DAMAGED)
def test_damaged_characters(text: str) -> None:
    assert found(text) == ["row.bad_characters"]


SOUND = [
    "Nguyễn Văn A?",
    "khoảng 1950?",
    "?",
    "1960 ?",
    "không rõ??",
    "H'Bia Mlô",
    "Đỗ\u0301",
    "Ksor\u200b",
    "a\nb",
    "日本",
    "😀",
]


@pytest.mark.parametrize("text", SOUND)
def test_doubts_and_other_scripts_are_no_damage(text: str) -> None:
    assert found(text) == []


def test_counts_surplus_and_troubles_are_told_by_row() -> None:
    column = pa.array(["a", "b", "c"], pa.string())
    grid = Grid(np.arange(3, dtype=np.int32), (column,), np.array([1, 2, 3], np.int32), {2: ["", "x"]},
                troubles=(Trouble(0, "row.quote_unclosed"),))  # fmt: skip
    rows = {rule: list(at) for rule, at in row_findings(grid, 2, np.array([False, True, False]))}

    assert rows == {"row.too_few_cells": [0], "row.too_many_cells": [2], "row.cell_too_long": [1],
                    "row.quote_unclosed": [0]}  # fmt: skip
