"""Undoing a batch in the portal: the plan first, one lead proposes, another approves just that; nobody else."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from pipeline import inquiries, run
from pipeline.settings import Settings
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.pipeline.deliveries import FAMILY, ledger
from tests.portal.clients import Client, app_of

pytestmark = pytest.mark.store
HOA, BINH = Account("hoa", AccountRole.LEAD, "01"), Account("binh", AccountRole.LEAD, "01")
OTHERS = (
    Account("nga", AccountRole.UPLOADER, "01"), Account("lan", AccountRole.REVIEWER, "01"),
    Account("vinh", AccountRole.LEAD, "40"), Account("kiem", AccountRole.AUDITOR),
    Account("hai", AccountRole.ENGINEER),
)  # fmt: skip


@pytest.fixture(scope="module")
def app(opened: Store, home: Settings) -> FastAPI:
    return app_of(opened, home, (HOA, BINH, *OTHERS))


def loaded(home: Settings, folder: Path, number: int) -> str:
    rows = [(f"0101{number:05d}", row[1], *row[2:8], "") for row in FAMILY]
    return run.run_batch([ledger(folder / f"{number}.csv", rows)], "01", home).batch_id


def state_of(home: Settings, batch_id: str) -> str:
    return next(str(b["state"]) for b in inquiries.batches(home) if b["batch_id"] == batch_id)


def test_one_lead_proposes_another_approves_and_the_batch_is_undone(
    app: FastAPI, home: Settings, tmp_path: Path
) -> None:
    batch_id = loaded(home, tmp_path, 1)
    path, hoa, binh = f"/undo/{batch_id}", Client(app, "hoa"), Client(app, "binh")
    assert path in hoa.get(f"/batches/{batch_id}").text
    page = hoa.get(path).text
    assert "bản ghi rút khỏi kho" in page
    assert "approve" not in page
    assert hoa.post(path, {"reason": "  "}).status_code == 400
    assert binh.post(f"{path}/approve").status_code == 400  # nobody proposed it
    assert hoa.post(path, {"reason": "gửi nhầm sổ"}).headers["location"] == "/undo?done=proposed"
    assert "gửi nhầm sổ" in binh.get("/undo").text
    assert f"{path}/approve" not in hoa.get(path).text
    assert hoa.post(f"{path}/approve").status_code == 400  # the same person
    assert state_of(home, batch_id) == "loaded"
    assert f"{path}/approve" in binh.get(path).text
    assert binh.post(f"{path}/approve").headers["location"] == "/undo?done=undone"
    assert state_of(home, batch_id) == "undone"
    assert "gửi nhầm sổ" not in binh.get("/undo").text
    assert "đã hủy rồi" in hoa.get(path).text
    assert path not in hoa.get(f"/batches/{batch_id}").text


def test_what_changed_since_is_not_approved(app: FastAPI, home: Settings, tmp_path: Path) -> None:
    first = loaded(home, tmp_path, 2)
    hoa, binh, path = Client(app, "hoa"), Client(app, "binh"), f"/undo/{first}"
    hoa.post(path, {"reason": "gửi nhầm"})
    run.run_batch([ledger(tmp_path / "more.csv", [("010100002", *FAMILY[0][1:8], "")])], "01", home)
    page = binh.get(path).text
    assert "đề nghị lại" in page
    assert f"{path}/approve" not in page
    assert binh.post(f"{path}/approve").status_code == 400
    assert state_of(home, first) == "loaded"


@pytest.mark.parametrize("who", OTHERS, ids=lambda a: a.name)
def test_nobody_else_sees_proposes_or_approves(
    app: FastAPI, home: Settings, tmp_path_factory: pytest.TempPathFactory, who: Account
) -> None:
    batch_id = loaded(home, tmp_path_factory.mktemp("sent"), 3)
    client, path = Client(app, who.name), f"/undo/{batch_id}"
    Client(app, "hoa").post(path, {"reason": "gửi nhầm"})
    for answer in (client.get(path), client.post(path, {"reason": "x"}), client.post(f"{path}/approve")):
        assert answer.status_code == 404
    assert batch_id[:8] not in client.get("/undo").text
    assert state_of(home, batch_id) == "loaded"


def test_an_id_that_nobody_has_is_not_there(app: FastAPI) -> None:
    assert Client(app, "hoa").get(f"/undo/{'f' * 32}").status_code == 404
    assert Client(app, "hoa").post(f"/undo/{'f' * 32}", {"reason": "x"}).status_code == 404
