from collections import Counter

import pyarrow as pa
import pytest

from transforms.codes import standardise_code
from transforms.sex_digits import Verdict, verdict, votes, with_digits


def _votes(*rows: tuple[str | None, str]) -> Counter[tuple[str, bool]]:
    sexes, names = zip(*rows, strict=True)
    return votes(pa.array(sexes, pa.string()), pa.array(names, pa.string()))


THI, VAN = "Nguyễn Thị Hoa", "Nguyễn Văn An"


def test_votes_count_digits_beside_thi() -> None:
    rows = [("0", THI), (" 0.0 ", THI), ("1", VAN), ("TRUE", VAN), ("Nam", VAN), (None, THI), ("0", "NGUYEN THI HOA")]
    assert _votes(*rows) == {("0", True): 3, ("1", False): 2}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("0", THI)] * 6 + [("1", VAN)] * 6, "zero_female"),
        ([("1", THI)] * 6 + [("0", VAN)] * 6, "zero_male"),
        ([("1", THI)] * 6 + [("0", THI)] * 6, "unclear"),
        ([("1", VAN)] * 6 + [("0", VAN)] * 6, "unclear"),
        ([("1", VAN)] * 6 + [("2", THI)] * 6 + [("0", THI)], None),
        ([("1", VAN)] * 6, None),
    ],
)
def test_the_names_tell_what_the_digits_mean(rows: list[tuple[str, str]], expected: Verdict | None) -> None:
    assert verdict(_votes(*rows)) == expected


@pytest.mark.parametrize(
    ("meaning", "codes", "rule"),
    [
        ("zero_female", ["2", "1", "1", "2", None], "sex.digits"),
        ("zero_male", ["1", "2", "2", "2", None], "sex.digits"),
        ("unclear", [None, None, None, "2", None], "sex.digits_unclear"),
    ],
)
def test_digits_are_read_by_their_meaning(meaning: Verdict, codes: list[str | None], rule: str) -> None:
    raw = pa.array(["0", "1", "true", "Nữ", None], pa.string()).dictionary_encode()
    result = with_digits(standardise_code(raw, "sex"), raw, meaning)
    assert result.columns["sex_code"].to_pylist() == codes
    assert result.columns["sex_raw"].to_pylist() == ["0", "1", "true", "Nữ", None]
    assert {(f.rule_id, tuple(f.rows.tolist())) for f in result.findings} == {(rule, (0, 1, 2)), ("sex.missing", (4,))}
