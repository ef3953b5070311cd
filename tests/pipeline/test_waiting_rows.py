"""The rows that wait: counted by rule, each with its cell, masked, undecided first; what came in waits no longer."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline import error_files, row_judging, run, waiting_rows
from pipeline.error_files import Wish
from pipeline.inquiries import Row, asked
from pipeline.settings import Settings
from schemas.errors import UsageError
from tests.pipeline.deliveries import FAMILY, MENDED, NAMELESS, NO_SUCH_DAY, ledger
from tests.store.contents import rows as stored

pytestmark = pytest.mark.store

_OTHER_DAY = (*NO_SUCH_DAY[:3], "31/04/1979", *NO_SUCH_DAY[4:])


def _shown(settings: Settings, rule: str | None = None) -> Sequence[Row]:
    return waiting_rows.pile(None, rule, 100, settings).rows


def _counts(settings: Settings, province: str | None = None) -> dict[str, tuple[int, int, int]]:
    found = waiting_rows.pile(province, None, 1, settings)
    assert found.undecided == sum(row["undecided"] for row in found.rules)
    return {row["rule"]: (row["undecided"], row["accepted"], row["rejected"]) for row in found.rules}


@pytest.fixture
def first(settings: Settings, tmp_path: Path) -> str:
    """A batch of which three rows are kept out; its id."""
    sent = run.run_batch([ledger(tmp_path / "so.csv", [*FAMILY, NAMELESS, NO_SUCH_DAY, _OTHER_DAY])], "01", settings)
    assert (sent.counts["loaded"], sent.counts["quarantined"]) == (5, 3)
    return sent.batch_id


def test_each_row_is_told_with_its_cell_and_masked(first: str, settings: Settings) -> None:
    assert _counts(settings) == {"birth_date.impossible": (2, 0, 0), "full_name.missing": (1, 0, 0)}
    shown = _shown(settings)
    assert [(row["rule"], row["line"], row["column"], row["batch"]) for row in shown] == [
        ("full_name.missing", 7, "B (Họ và tên)", first),
        ("birth_date.impossible", 8, "D (Ngày sinh)", first),
        ("birth_date.impossible", 9, "D (Ngày sinh)", first),
    ]
    assert [row["read"] for row in shown] == ["", "**/**/****", "**/**/****"]
    assert [row["may_accept"] for row in shown] == ["không, phải sửa", "được", "được"]
    assert not [word for word in ("Bưởi", "1978", "1979") if word in str(shown)]
    assert [row["line"] for row in _shown(settings, "birth_date.impossible")] == [8, 9]
    assert len(waiting_rows.pile(None, None, 2, settings).rows) == 2
    with pytest.raises(UsageError, match=r"rule\.unknown"):
        _shown(settings, "no.such_rule")
    with asked(settings) as store:
        told = "SELECT count(*) FROM audit_events WHERE action = 'review.rows_shown_masked' AND province_code = ''"
        assert stored(store, told) == [(4,)]


def test_a_province_sees_its_own(first: str, settings: Settings, tmp_path: Path) -> None:
    run.run_batch([ledger(tmp_path / "x" / "so.csv", [*FAMILY[:1], NAMELESS])], "33", settings)
    both = _counts(settings)
    own = {code: _counts(settings, code) for code in ("01", "33", "92")}
    assert own["01"] == {"birth_date.impossible": (2, 0, 0), "full_name.missing": (1, 0, 0)}
    assert own["92"] == {}
    assert {rule: tuple(map(sum, zip(own["01"].get(rule, (0, 0, 0)), own["33"].get(rule, (0, 0, 0)), strict=True)))
            for rule in both} == both  # fmt: skip


def test_judged_rows_stand_last_and_what_came_in_waits_no_longer(
    first: str, settings: Settings, tmp_path: Path
) -> None:
    nameless, accepted, mended = (row["record_id"] for row in _shown(settings))
    signed = {"author": "cán bộ Lan", "reason": "xem sổ", "settings": settings}
    row_judging.decide(accepted, accept=True, reject=False, undo=False, **signed)  # type: ignore[arg-type]
    row_judging.decide(nameless, accept=False, reject=True, undo=False, **signed)  # type: ignore[arg-type]
    assert _counts(settings) == {"birth_date.impossible": (1, 1, 0), "full_name.missing": (0, 0, 1)}
    assert [(row["record_id"], row["decided"], row["author"]) for row in _shown(settings)] == [
        (mended, None, None), (nameless, "loại", "cán bộ Lan"), (accepted, "chấp nhận", "cán bộ Lan"),
    ]  # fmt: skip
    # What was accepted comes in with the error file that nobody changed; what is mended in the ledger with the ledger.
    (made,) = error_files.of_batch(first, tmp_path / "made", settings, Wish("blocked"))
    assert run.run_batch([made.paths[0]], "01", settings).counts["loaded"] == 1
    assert [row["record_id"] for row in _shown(settings)] == [mended, nameless]
    whole = [*FAMILY, NAMELESS, NO_SUCH_DAY, MENDED]
    assert run.run_batch([ledger(tmp_path / "z" / "so.csv", whole)], "01", settings).counts["loaded"] == 1
    assert [row["record_id"] for row in _shown(settings)] == [nameless]
    row_judging.decide(nameless, accept=False, reject=False, undo=True, **signed)  # type: ignore[arg-type]
    assert _counts(settings) == {"full_name.missing": (1, 0, 0)}
