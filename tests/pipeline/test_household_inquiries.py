"""Households through the whole job: moves, deaths, births, in any order of batches; what the command line shows."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from pipeline import household_inquiries, run
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import invariants, report_figures
from store.engine import open_store
from tests.pipeline.deliveries import ledger
from tests.store.contents import rows
from tests.store.contents import run as run_sql

pytestmark = pytest.mark.store

HEADINGS = (
    "Số sổ hộ khẩu", "Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc", "Nơi thường trú",
    "Số CMND", "Ngày vào sổ", "Ngày chết",
)  # fmt: skip
_HOME = "Thôn 2, xã Minh Châu, huyện Ba Vì, Hà Nội"


def line(number: str, name: str, relation: str, born: str, card: str, entered: str, died: str = "") -> tuple[str, ...]:
    sex = "Nữ" if " Thị " in name else "Nam"
    return (number, name, relation, born, sex, "Kinh", _HOME, card, entered, died)


BOOK_1990 = (
    line("010100001", "Nguyễn Văn Bách", "Chủ hộ", "12/03/1936", "010123456", "01/06/1990"),
    line("010100001", "Trần Thị Mận", "Vợ", "04/05/1938", "010234567", "01/06/1990"),
    line("010100001", "Nguyễn Đình Khoa", "Con", "05/11/1963", "010345678", "01/06/1990"),
)
BOOK_2001 = (
    line("010100009", "Nguyễn Đình Khoa", "Chủ hộ", "05/11/1963", "010345678", "15/02/2001"),
    line("010100009", "Lê Thị Sen", "Vợ", "20/07/1966", "010456789", "15/02/2001"),
    line("010100009", "Nguyễn Minh Châu", "Con", "10/02/2001", "", "15/02/2001"),
)
BOOK_2010 = (
    line("010100001", "Nguyễn Văn Bách", "Chủ hộ", "12/03/1936", "010123456", "09/09/1995", "03/04/2009"),
    line("010100001", "Trần Thị Mận", "Vợ", "04/05/1938", "010234567", "10/01/2010"),
)

_FACTS = """
    SELECT (SELECT string_agg(DISTINCT r.full_name || ' ' || r.birth_year, ';') FROM memberships m
            JOIN records r USING (record_id) WHERE m.person_id = h.person_id) AS person,
           household_key::text, relation_code, is_head, from_date, from_reason, to_date, to_reason, record_id::text,
           from_record_id::text, to_record_id::text
    FROM household_members h ORDER BY 1, stay"""
_HOMES = """
    SELECT household_key::text, household_id, address_text, head_rule_id, member_count, dead_count, missing_count,
           valid_from, valid_to FROM golden_households ORDER BY 1"""


def stored(settings: Settings) -> tuple[list[tuple[object, ...]], ...]:
    store = open_store(settings.store_url, settings.home)
    try:
        assert invariants.store_check(store) == ()
        found = rows(store, _FACTS), rows(store, _HOMES)
        migration = import_module("store.migrations.versions.0005_household_members")
        tables = ("household_members", "golden_households")
        run_sql(store, *(f"DELETE FROM {t}" for t in tables), migration.BACKFILL, migration.COUNTED)
        assert (rows(store, _FACTS), rows(store, _HOMES)) == found, "an old store is given what the step gives"
        return found
    finally:
        store.close()


def test_any_order_of_batches_leaves_the_same_households(new_settings: Callable[[], Settings], tmp_path: Path) -> None:
    books = {"1990": BOOK_1990, "2001": BOOK_2001, "2010": BOOK_2010}
    paths = [ledger(tmp_path / f"{name}.csv", lines, headings=HEADINGS) for name, lines in books.items()]
    found = []
    for order in (paths, [paths[2], paths[0], paths[1]]):
        settings = new_settings()
        for path in order:
            run.run_batch([path], "01", settings)
        found.append(stored(settings))
    assert found[0] == found[1]
    members, homes = found[0]
    khoa = [m[4:8] for m in members if str(m[0]).startswith("Nguyễn Đình Khoa")]
    assert [(str(f), how, str(t or ""), why) for f, how, t, why in khoa] == [
        ("1990-06-01", "entered", "2001-02-15", "moved_out"),
        ("2001-02-15", "moved_in", "", None),
    ]
    assert {(h[1], h[3], h[4], h[5]) for h in homes} == {
        ("010100001", "household.head_dead", 1, 1),
        ("010100009", None, 3, 0),
    }
    _the_command_line_shows_who_lives_there_and_who_did(settings)
    _the_report_counts_them(settings)


def _the_command_line_shows_who_lives_there_and_who_did(settings: Settings) -> None:
    shown = household_inquiries.show_household("010100001", settings)
    assert [(r["name"], r["relation"], r["why"]) for r in shown] == [
        ("T*** T** M**", "Vợ", ""),
        ("N***** V** B***", "Chủ hộ", "chết"),
        ("N***** Đ*** K***", "Con đẻ", "sang hộ khác"),
    ]
    assert (shown[1]["from"], shown[1]["to"]) == ("01/06/1990", "03/04/2009")
    assert [str(shown[2][place])[-6:] for place in ("source", "ended_by")] == [".csv:4", ".csv:2"]
    assert "010100001" not in str(shown)
    assert {r["place"] for r in shown} == {"Minh Châu, Ba Vì, Hà Nội"}
    stays = household_inquiries.show_stays(str(shown[2]["person"]), settings)
    assert [(s["how"], s["from"], s["to"]) for s in stays] == [
        ("có tên trong sổ", "01/06/1990", "15/02/2001"),
        ("chuyển đến", "15/02/2001", ""),
    ]
    with pytest.raises(UsageError, match=r"household\.unknown"):
        household_inquiries.show_household("999", settings)
    with pytest.raises(UsageError, match=r"person\.unknown"):
        household_inquiries.show_stays("0" * 32, settings)


def test_households_of_one_number_are_shown_apart(settings: Settings, tmp_path: Path) -> None:
    """Two provinces that both have a household of that number."""
    for province, name in (("01", "Lê Quang Thạch"), ("40", "Vũ Văn Đài")):
        book = [line("010100001", name, "Chủ hộ", "12/03/1930", "", "01/06/1990")]
        run.run_batch([ledger(tmp_path / f"{province}.csv", book, headings=HEADINGS)], province, settings)
    found = household_inquiries.show_household("010100001", settings)
    shown = household_inquiries.by_household(found, "vi")
    assert len(shown) == 2
    for (title, members), row in zip(shown, found, strict=True):
        assert [m["name"] for m in members] == [row["name"]]
        assert title == f"Hộ {row['household']} · số ***001 · Minh Châu, Ba Vì, Hà Nội · 1 người đang ở"


def _the_report_counts_them(settings: Settings) -> None:
    store = open_store(settings.store_url, settings.home)
    try:
        batches = rows(store, "SELECT encode(uuid_send(batch_id), 'hex') FROM batches ORDER BY recorded_at")
        found = [report_figures.figures(store, str(batch[0])) for batch in batches]
    finally:
        store.close()
    assert [f.households for f in found] == [[(1, 0, 1)], [(3, 1, 1)], [(3, 1, 1)]]
    assert [f.states for f in found] == [
        {"dead": 1, "living": 1, "without_household": 0},
        {"living": 3, "without_household": 0},
        {"living": 3, "without_household": 0},
    ]
