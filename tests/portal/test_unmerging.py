"""Un-merging in the portal: proposed by a reviewer, approved by a lead, never by one alone or another province."""

import pytest
from fastapi import FastAPI

from pipeline import run
from pipeline.settings import Settings
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.pipeline.deliveries import FAMILY, ledger
from tests.portal.clients import Client, app_of
from tests.store.contents import rows

pytestmark = pytest.mark.store
ACCOUNTS = (
    Account("lan", AccountRole.REVIEWER, "01"), Account("truong", AccountRole.LEAD, "01"),
    Account("nga", AccountRole.UPLOADER, "01"), Account("vinh", AccountRole.LEAD, "40"),
    Account("kiem", AccountRole.AUDITOR),
)  # fmt: skip
AGAIN = ("010155555", "Nguyễn Văn Bách", "Chủ hộ", "12/3/1956", "Nam", "Kinh", "Hà Nội", "Hà Nội", "010123456")


@pytest.fixture(scope="module")
def app(opened: Store, home: Settings, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("sent")
    run.run_batch([ledger(folder / "a.csv", FAMILY)], "01", home)
    run.run_batch([ledger(folder / "b.csv", (AGAIN,))], "01", home)
    return app_of(opened, home, ACCOUNTS)


def of_several(store: Store) -> list[tuple[str, str]]:
    query = """
        SELECT encode(uuid_send(person_id), 'hex'), encode(uuid_send(record_id), 'hex') FROM memberships WHERE
        person_id IN (SELECT person_id FROM memberships GROUP BY 1 HAVING count(*) > 1) ORDER BY 2"""
    return [(str(person), str(record)) for person, record in rows(store, query)]


def test_a_reviewer_proposes_and_a_lead_approves(app: FastAPI, opened: Store) -> None:
    (person, record), (_, other) = of_several(opened)
    lan, lead = Client(app, "lan"), Client(app, "truong")
    path, sent = f"/unmerge/{person}", {"record": record, "reason": "hai anh em"}
    assert lan.get("/unmerge", params={"person": person}).headers["location"] == path
    assert record in lan.get(path).text
    for who in ("truong", "vinh", "nga", "kiem"):
        assert Client(app, who).post(path, sent).status_code == 404
    assert lead.post(f"{path}/approve").status_code == 400
    assert lan.post(path, sent | {"reason": " "}).status_code == 400
    assert lan.post(path, sent).headers["location"] == "/unmerge?done=proposed"
    assert len(of_several(opened)) == 2
    assert person in lead.get("/unmerge").text
    assert "hai anh em" in lead.get(path).text
    for who in ("lan", "vinh", "nga", "kiem"):
        assert Client(app, who).post(f"{path}/approve").status_code == 404
    assert Client(app, "vinh").get(path).status_code == 404
    assert person not in Client(app, "vinh").get("/unmerge").text
    assert len(of_several(opened)) == 2
    assert lead.post(f"{path}/approve").headers["location"] == "/unmerge?done=approved"
    assert of_several(opened) == []
    assert person not in lead.get("/unmerge").text
    assert other != record
