"""Letting a stopped batch in, in the portal: a lead who did not send it, with a reason; everybody else is refused."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from pipeline import released_batches, run
from pipeline.acting import acting_as
from pipeline.settings import Settings
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.test_gate_release import BAD
from tests.portal.clients import Client, app_of

pytestmark = pytest.mark.store
HOA, BINH = Account("hoa", AccountRole.LEAD, "01"), Account("binh", AccountRole.LEAD, "01")
NGA = Account("nga", AccountRole.UPLOADER, "01")
OTHERS = (
    NGA, Account("lan", AccountRole.REVIEWER, "01"), Account("vinh", AccountRole.LEAD, "40"),
    Account("kiem", AccountRole.AUDITOR), Account("hai", AccountRole.ENGINEER),
    Account("mat", AccountRole.PRIVACY_OFFICER),
)  # fmt: skip


@pytest.fixture(scope="module")
def app(opened: Store, home: Settings) -> FastAPI:
    return app_of(opened, home, (HOA, BINH, *OTHERS))


def stopped(home: Settings, folder: Path, number: int, by: str = "nga") -> str:
    rows = [(f"0103{number:05d}", row[1], *row[2:8], "") for row in FAMILY]
    bad = [(f"0104{number:02d}{i:03d}", *row[1:]) for i, row in enumerate(BAD)]
    with acting_as(by):
        result = run.run_batch([ledger(folder / f"{number}.csv", [*rows, *bad])], "01", home)
    assert result.state == "stopped"
    return result.batch_id


def test_a_lead_sees_why_says_why_and_it_is_loaded(app: FastAPI, home: Settings, tmp_path: Path) -> None:
    batch_id = stopped(home, tmp_path, 1)
    path, hoa = f"/batches/{batch_id}", Client(app, "hoa")
    before = hoa.get(path).text
    assert "Vì sao đợt bị chặn" in before
    assert "60" in before
    assert f'action="/release/{batch_id}"' in before
    assert "Vì sao đợt bị chặn" in Client(app, "nga").get(path).text
    assert "/release/" not in Client(app, "nga").get(path).text
    assert "nhờ người phụ trách tỉnh cho qua" in Client(app, "nga").get("/batches").text
    assert hoa.post(f"/release/{batch_id}", {"reason": "  "}).status_code == 400
    assert hoa.post(f"/release/{batch_id}", {"reason": "đã đối chiếu sổ gốc"}).headers["location"] == path
    waits = hoa.get(path).text
    assert "đã đối chiếu sổ gốc" in waits
    assert "đang chờ nạp tiếp" in waits
    assert "/release/" not in waits
    assert "đã đối chiếu" not in Client(app, "kiem").get(path).text, "the auditor is not told by whom"
    assert "Vì sao đợt bị chặn" not in Client(app, "hai").get(path).text
    released_batches.load(batch_id, home)
    assert "đã nạp" in hoa.get(path).text
    assert "Vì sao đợt bị chặn" not in hoa.get(path).text


def test_who_sent_it_is_told_to_ask_another(app: FastAPI, home: Settings, tmp_path: Path) -> None:
    batch_id = stopped(home, tmp_path, 2, by="hoa")
    answer = Client(app, "hoa").post(f"/release/{batch_id}", {"reason": "x"})
    assert answer.status_code == 400
    assert "không tự cho qua" in answer.text
    assert Client(app, "binh").post(f"/release/{batch_id}", {"reason": "x"}).status_code == 303


def test_what_failed_is_told_and_may_be_let_in_again(
    app: FastAPI, home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline import gate_release

    batch_id = stopped(home, tmp_path, 4)
    hoa = Client(app, "hoa")
    hoa.post(f"/release/{batch_id}", {"reason": "đúng sổ"})
    monkeypatch.setattr(gate_release, "stopped_run", lambda *_: None)
    released_batches.load(batch_id, home)
    page = hoa.get(f"/batches/{batch_id}").text
    assert "chưa nạp được" in page
    assert f'action="/release/{batch_id}"' in page
    hoa.post(f"/release/{batch_id}", {"reason": "đúng sổ"})
    assert "nộp lại đúng các tệp" in hoa.get(f"/batches/{batch_id}").text


def test_what_guards_the_store_is_let_in_by_nobody(
    app: FastAPI, home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline import gate_release

    batch_id = stopped(home, tmp_path, 5)
    monkeypatch.setattr(gate_release, "may_be_released", lambda rule: False)
    page = Client(app, "hoa").get(f"/batches/{batch_id}").text
    assert "không ai được bỏ qua" in page
    assert "/release/" not in page
    assert Client(app, "hoa").post(f"/release/{batch_id}", {"reason": "x"}).status_code == 400


@pytest.mark.parametrize("who", OTHERS, ids=lambda a: a.name)
def test_nobody_else_lets_anything_in(
    app: FastAPI, home: Settings, tmp_path_factory: pytest.TempPathFactory, who: Account
) -> None:
    batch_id = stopped(home, tmp_path_factory.mktemp("sent"), 3)
    assert Client(app, who.name).post(f"/release/{batch_id}", {"reason": "x"}).status_code == 404
    assert released_batches.mark_of(batch_id, home) is None


def test_an_id_that_nobody_has_and_a_loaded_batch(app: FastAPI, home: Settings, tmp_path: Path) -> None:
    assert Client(app, "hoa").post(f"/release/{'f' * 32}", {"reason": "x"}).status_code == 404
    loaded = run.run_batch([ledger(tmp_path / "a.csv", FAMILY)], "01", home).batch_id
    assert Client(app, "hoa").post(f"/release/{loaded}", {"reason": "x"}).status_code == 400
