import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.result import BatchResult, FileResult, as_json, from_json
from quality.report_facts import RowPairs, RowPlace
from schemas.tables import FILE_OUTCOMES, OUTCOMES

NUMBERS = st.integers(0, 10**9)
COUNTS = st.fixed_dictionaries(dict.fromkeys(OUTCOMES, NUMBERS))
FILES = st.builds(
    FileResult, path=st.text(), outcome=st.sampled_from(FILE_OUTCOMES), reason=st.none() | st.text(), read=NUMBERS,
    counts=COUNTS,
)  # fmt: skip
PLACES = st.builds(RowPlace, file=st.text(), sheet=st.none() | st.text(), line=NUMBERS, last=st.none())
PAIRS = st.builds(RowPairs, count=NUMBERS, places=st.lists(st.tuples(PLACES, PLACES), max_size=2).map(tuple))
BATCHES = st.builds(
    BatchResult, batch_id=st.text(), province=st.text(), state=st.sampled_from(["loaded", "stopped", "known"]),
    read=NUMBERS, counts=COUNTS, files=st.lists(FILES, max_size=3).map(tuple), report=st.none() | st.text(),
    stop_rules=st.lists(st.text(), max_size=2).map(tuple), same_number=PAIRS, other_nationality=PAIRS,
    waiting=st.dictionaries(st.text(), NUMBERS, max_size=2),
)  # fmt: skip


@given(BATCHES)
def test_what_is_written_is_read_back(result: BatchResult) -> None:
    assert from_json(as_json(result)) == result


@given(BATCHES)
def test_programs_find_every_sum_beside_the_batch(result: BatchResult) -> None:
    value = as_json(result)
    assert {"batch_id", "read", *OUTCOMES, "files", "report"} <= set(value)
    for file in value["files"]:
        assert {"path", "outcome", "reason", "read", *OUTCOMES} <= set(file)


@pytest.mark.parametrize(
    ("outcome", "counts", "state", "wanted"),
    [
        ("accepted", {}, "loaded", False),
        ("accepted_with_warnings", {}, "loaded", False),
        ("already_known", {"known": 5}, "known", False),
        ("rows_rejected", {"quarantined": 1}, "loaded", True),
        ("file_rejected", {}, "loaded", True),
        ("file_rejected", {"rejected": 4}, "loaded", True),
        ("accepted", {}, "stopped", True),
    ],
)
def test_findings_are_rows_kept_out_files_refused_or_a_stopped_batch(
    outcome: str, counts: dict[str, int], state: str, wanted: bool
) -> None:
    every = dict.fromkeys(OUTCOMES, 0) | counts
    file = FileResult("so.csv", outcome, None, 5, every)
    assert BatchResult("b", "01", state, 5, every, (file,), None).has_findings is wanted
