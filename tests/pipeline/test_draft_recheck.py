"""Judging again what depends on corrected rows says the same as judging all: findings, homes, sums, row for row."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipeline import draft_check, draft_recheck, drafts, run
from pipeline.acting import acting_as
from pipeline.draft_log import Said
from pipeline.draft_view import Checked
from pipeline.drafts import Draft
from pipeline.settings import Settings
from readers import registry
from readers.parsers import parse_file
from store.engine import Store, open_store
from tests.pipeline.deliveries import FAMILY, NAMELESS, NO_SUCH_DAY, ledger

pytestmark = pytest.mark.store
_HOME = FAMILY[0][7]
_MEMBERS = [*FAMILY[:3], NO_SUCH_DAY, NAMELESS]
_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng")


def _on_heads_only(count: int) -> list[tuple[str, ...]]:
    """Households whose number stands on the head's line alone, addresses repeated by a mark, some typed twice."""
    rows = []
    for home in range(count):
        for at, (_, name, *rest) in enumerate(_MEMBERS):
            number = f"0101{home:05d}" if at == 0 else ""
            own = f"{_SURNAMES[home % 5]} {name.partition(' ')[2]}".strip() if name else ""
            card = f"0101{home:02d}{at:03d}" if at < 2 else ""
            rows.append((number, own, *rest[:5], _HOME if at == 0 else '""', card))
        if home % 5 == 0:
            rows.append(rows[-3])
    return rows


def _on_every_line(count: int) -> list[tuple[str, ...]]:
    """The plain kind, with rows that say the same in other places, and one number beside two persons."""
    rows = [(f"0102{home:05d}", *row[1:8], f"0102{home:05d}{at}" if at < 2 else "")
            for home in range(count) for at, row in enumerate(_MEMBERS)]  # fmt: skip
    return [
        *rows,
        rows[0],
        rows[7],
        (*rows[3][:8], rows[0][8]),
        (*rows[4][:1], "Vũ Thị Lành", *rows[4][2:8], rows[0][8]),
    ]


_LEDGERS = {"heads": _on_heads_only(12), "lines": _on_every_line(12)}
_TEXTS = st.sampled_from(
    ["", "Chủ hộ", "Con", "Vợ", "01/01/1950", "31/02/1978", "1971", "nữ", "Nam", "010100003", "010200004", "999",
     '"', "Trần Thị Mận", "Nguyễn Văn Bách", "010123456", "01020000001", "abc", "Kinh", "Xã Tân Lập, Sơn La"]
)  # fmt: skip
_EDITS = st.dictionaries(st.tuples(st.integers(0, 59), st.integers(0, 8)), _TEXTS, min_size=1, max_size=3)


@pytest.fixture(scope="module", autouse=True)
def in_this_process() -> Iterator[None]:
    with patch.object(registry, "run_parser", parse_file):
        yield


@pytest.fixture
def asked(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """A store that knows some of the rows already, in quarantine and as records."""
    known = [*_LEDGERS["lines"][:4], *_LEDGERS["lines"][20:23], *_LEDGERS["heads"][:4]]
    run.run_batch([ledger(tmp_path / "before.csv", known)], "01", settings)
    store = open_store(settings.store_url, settings.home)
    yield store
    store.close()


def drafted(settings: Settings, path: Path, kind: str) -> Draft:
    with acting_as("nga"):
        draft = drafts.begin("01", "Phường Trúc Bạch", settings)
        drafts.add_original(draft, ledger(path, _LEDGERS[kind]), "so.csv")
    return draft


def plain(found: Checked) -> object:
    """All that a check tells, comparable."""
    sheets = [
        (
            s.file_id, s.name, s.columns, s.lines.tolist(), s.cells.to_pydict(), s.outcomes.tolist(),
            s.households.tolist(), {r: m for r, m in s.marks.items() if m}, dict(s.blocked_by), s.heads,
        )
        for s in found.sheets
    ]  # fmt: skip
    return found.entries, found.day, [asdict(file) for file in found.files], sheets, found.totals


@pytest.mark.parametrize("kind", list(_LEDGERS))
@examples(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([{(5, 0): ""}, {(5, 0): "010100001"}, {(6, 0): "010100009", (0, 2): "Con"}])
@example([{(0, 8): "01020000010"}, {(7, 3): "1971"}, {(7, 3): "01/01/1950", (60, 3): "01/01/1950"}])
@given(st.lists(_EDITS, min_size=1, max_size=3))
def test_law_it_says_what_a_check_of_all_says(
    settings: Settings, asked: Store, tmp_path: Path, kind: str, steps: list[dict[tuple[int, int], str]]
) -> None:
    draft = drafted(settings, tmp_path / "in.csv", kind)
    seen = draft_check.check(draft, settings, asked)
    for edits in steps:
        (sheet,) = seen.sheets
        for (row, at), text in edits.items():
            if row < sheet.rows:
                drafts.correct(draft, sheet.changes([row], sheet.columns[at].position, text))
        seen = draft_check.check(draft, settings, asked, seen)
        assert plain(seen) == plain(draft_check.check(draft, settings, asked))


def test_one_corrected_cell_judges_few_rows_again(
    settings: Settings, asked: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standardised: list[int] = []
    real = draft_recheck._standardised

    def counted(read: draft_recheck._File, rows: np.ndarray) -> object:
        standardised.append(len(rows))
        return real(read, rows)

    monkeypatch.setattr(draft_recheck, "_standardised", counted)
    draft = drafted(settings, tmp_path / "in.csv", "heads")
    first = draft_check.check(draft, settings, asked)
    assert standardised == []
    (sheet,) = first.sheets
    drafts.correct(draft, sheet.changes([3], 3, "21/02/1978"))
    with patch.object(run, "all_file_steps", side_effect=AssertionError("all was judged again")):
        second = draft_check.check(draft, settings, asked, first)
        assert second.totals.blocked == first.totals.blocked - 1
        assert max(standardised) <= 12
        drafts.move(draft, "undo")
        third = draft_check.check(draft, settings, asked, second)
    assert plain(third)[2:] == plain(first)[2:]  # type: ignore[index]


@pytest.mark.parametrize("why", ["store", "said", "files"])
def test_what_binds_all_rows_has_all_judged_again(settings: Settings, asked: Store, tmp_path: Path, why: str) -> None:
    draft = drafted(settings, tmp_path / "in.csv", "lines")
    first = draft_check.check(draft, settings, asked)
    if why == "store":
        run.run_batch([ledger(tmp_path / "more.csv", _LEDGERS["lines"][30:33])], "01", settings)
    elif why == "said":
        drafts.say(draft, Said(dates="mdy"))
    else:
        drafts.add_original(draft, ledger(tmp_path / "two.csv", FAMILY), "two.csv")
    with patch.object(run, "all_file_steps", wraps=run.all_file_steps) as all_steps:
        second = draft_check.check(draft, settings, asked, first)
    assert all_steps.called
    assert plain(second) == plain(draft_check.check(draft, settings, asked))
    assert (second.memory is None) == (why == "files")
