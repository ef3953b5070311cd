import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas.field import EmptyReason
from transforms.column import Finding, Reading, Value, by_distinct, found, joined

ROWS = st.lists(st.booleans(), max_size=30)


def _read(text):
    if text == "bad":
        return Value((None,), EmptyReason.INVALID, ("r.bad", "r.any"))
    return Value((len(text),), rules=("r.any",) if text == "odd" else ())


def _standardised(cells):
    return by_distinct(pa.array(cells, pa.string()), Reading(_read, ("size",), (pa.int32(),), "f"))


def test_values_reasons_and_findings():
    result = _standardised(["ab", None, "bad", "ab", "odd"])
    assert result.columns["size"].to_pylist() == [2, None, None, 2, 3]
    assert result.columns["size"].type == pa.int32()
    assert result.reasons.to_pylist() == [".", "b", "i", ".", "."]
    assert {(f.rule_id, f.field, tuple(f.rows)) for f in result.findings} == {
        ("r.any", "f", (2, 4)),
        ("r.bad", "f", (2,)),
    }


@given(st.lists(st.none() | st.sampled_from(["ab", "bad", "odd", ""]), max_size=20))
def test_rows_in_are_rows_out_and_each_distinct_value_is_read_once(cells):
    seen = []

    def read(text):
        seen.append(text)
        return _read(text)

    result = by_distinct(pa.array(cells, pa.string()), Reading(read, ("size",), (pa.int32(),), "f"))
    assert len(result.columns["size"]) == len(result.reasons) == len(cells)
    assert sorted(seen) == sorted({c for c in cells if c is not None})
    one_by_one = [_standardised([c]).columns["size"][0].as_py() for c in cells]
    assert result.columns["size"].to_pylist() == one_by_one


@given(ROWS)
def test_found_names_the_true_rows(hit):
    findings = found("r", "f", np.array(hit, bool))
    assert [i for f in findings for i in f.rows] == [i for i, h in enumerate(hit) if h]
    assert len(findings) == (1 if any(hit) else 0)


@given(ROWS, ROWS)
def test_joined_has_each_row_once_in_order(left, right):
    groups = [found("r", "f", np.array(hit, bool)) for hit in (left, right)]
    findings = joined(*groups, [Finding("q", "f", np.array([3]))])
    rows = {f.rule_id: f.rows.tolist() for f in findings}
    wanted = sorted({i for hit in (left, right) for i, h in enumerate(hit) if h})
    assert rows == ({"r": wanted} if wanted else {}) | {"q": [3]}
