"""The rows of an office's last batch as texts: read again they say what they said; whose batch is the last one."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from data_samples.batch import write_batch
from data_samples.options import GenerateOptions
from pipeline import draft_check, drafts, run, template_book, template_rows
from pipeline.acting import acting, acting_as
from pipeline.draft_view import KNOWN
from pipeline.scope import limited, scope_of
from pipeline.settings import Settings
from schemas.fields import ALL_FIELDS
from store import accounts
from store.accounts import Account, AccountRole, StoredAccount
from store.engine import Store, open_store
from tests.pipeline.deliveries import FAMILY, ledger


def opened(settings: Settings, province: str | None = None) -> Store:
    scoped = limited(settings, province)
    return open_store(settings.store_url, settings.home, acting(settings), scope_of(scoped))


def test_rows_that_nobody_changed_are_known_again(settings: Settings, tmp_path: Path) -> None:
    write_batch(GenerateOptions(240, 5, ("01",)), "csv", tmp_path / "made", 1)
    result = run.run_batch([tmp_path / "made" / "input"], "01", settings)
    own = opened(settings, "01")
    count = template_book.write_template(tmp_path / "a.xlsx", "vi", template_rows.rows_of(own, result.batch_id))
    assert count == result.counts["loaded"] + result.counts["merged"] > 200
    draft = drafts.begin("01", "", settings)
    drafts.add_original(draft, tmp_path / "a.xlsx", "a.xlsx")
    national = opened(settings)
    (sheet,) = draft_check.check(draft, settings, national).sheets
    outcomes = Counter(sheet.outcomes.tolist())
    assert outcomes[KNOWN] >= 0.97 * count, outcomes
    own.close()
    national.close()


def test_the_last_batch_is_one_of_the_own_office(settings: Settings, tmp_path: Path) -> None:
    national, own = opened(settings), opened(settings, "01")
    for name, office in (("nga", "Phường Trúc Bạch"), ("bo", "Phường Trúc Bạch"), ("lan", "")):
        accounts.add(national, StoredAccount(Account(name, AccountRole.UPLOADER, "01", office), "x"))
    made = {}
    for number, name in enumerate(("nga", "bo", "lan")):
        rows = [(f"0101000{number}{row[0][-1]}", *row[1:8], "") for row in FAMILY]
        with acting_as(name):
            made[name] = run.run_batch([ledger(tmp_path / f"{name}.csv", rows)], "01", settings).batch_id
    assert template_rows.last_batch(national, own, "Phường Trúc Bạch") == made["bo"]
    assert template_rows.last_batch(national, own, "") == made["lan"]
    assert template_rows.last_batch(national, own, "Phường Ngọc Hà") is None
    assert template_rows.last_batch(national, national, "") is None
    other = opened(settings, "40")
    assert list(template_rows.rows_of(other, made["bo"])) == []
    for store in (national, own, other):
        store.close()


_AWAY, _STAY = "temporary_absence", "temporary_residence"
_BLANK: dict[str, object] = {"entry_date": None} | {c.name: None for f in ALL_FIELDS for c in f.columns}


@pytest.mark.parametrize(("given", "raw", "text"), [
    ({"birth_year": 1960, "birth_month": 3, "birth_day": 5}, "birth_date_raw", "05/03/1960"),
    ({"birth_year": 1960, "birth_month": 3}, "birth_date_raw", "03/1960"),
    ({"birth_year": 1960}, "birth_date_raw", "1960"),
    ({"birth_year": 1960, "birth_month": 3, "birth_calendar": "lunar"}, "birth_date_raw", "03/1960 âm lịch"),
    ({}, "birth_date_raw", ""),
    ({"death_kind": "dead"}, "death_date_raw", "chết"),
    ({"death_kind": "dead", "death_year": 1999}, "death_date_raw", "1999"),
    ({"death_kind": "missing", "death_year": 1972}, "death_date_raw", "mất tích 1972"),
    ({"sex_code": "2", "sex_raw": "nu"}, "sex_raw", "nu"),
    ({f"{_AWAY}_status": "present"}, f"{_AWAY}_raw", "không"),
    ({f"{_AWAY}_status": "absent"}, f"{_AWAY}_raw", "tạm vắng"),
    ({f"{_AWAY}_status": "absent", f"{_AWAY}_from": date(2020, 2, 1)}, f"{_AWAY}_raw", "từ 01/02/2020"),
    ({f"{_STAY}_text": "Số 5 phố Huế", f"{_STAY}_from": date(2020, 2, 1), f"{_STAY}_to": date(2022, 2, 1)},
     f"{_STAY}_raw", "Số 5 phố Huế (từ 01/02/2020 đến 01/02/2022)"),
    ({"personal_number": "001060012345"}, "personal_number_raw", "001060012345"),
])  # fmt: skip
def test_each_value_is_written_as_a_clerk_would(given: dict[str, object], raw: str, text: str) -> None:
    (row,) = template_rows.as_texts([_BLANK | given])
    assert row[raw] == text
