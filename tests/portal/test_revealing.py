"""Seeing in clear in the portal: who asks never allows, nobody else sees it, and each step is told in the audit."""

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from pipeline import run
from pipeline.settings import Settings
from store.accounts import Account, AccountRole
from store.engine import Store
from store.roles import Role
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger
from tests.portal.clients import Client, app_of

pytestmark = pytest.mark.store
KIEM, MAI = Account("kiem", AccountRole.AUDITOR), Account("mai", AccountRole.PRIVACY_OFFICER)
OF_NGHE_AN = Account("vinh", AccountRole.AUDITOR, "40")
OTHERS = tuple(
    Account(role.value, role, "01") for role in AccountRole if role.value not in ("auditor", "privacy_officer")
)


@pytest.fixture(scope="module")
def app(opened: Store, home: Settings, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    run.run_batch([ledger(tmp_path_factory.mktemp("sent") / "so.csv", [*FAMILY, NO_SUCH_DAY])], "01", home)
    return app_of(opened, home, (KIEM, MAI, OF_NGHE_AN, *OTHERS))


def one(store: Store, query: str, **given: str) -> str:
    with store.reading(Role.REVIEW) as connection:
        return str(connection.execute(sa.text(query), given).scalar_one())


@pytest.fixture(scope="module")
def person(app: FastAPI, opened: Store) -> str:
    query = "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons WHERE full_name = :name"
    return one(opened, query, name=FAMILY[0][1])


def events(store: Store) -> list[tuple[str, str]]:
    query = "SELECT actor, action FROM audit_events WHERE action LIKE 'reveal.%' AND outcome = 'done' ORDER BY sequence"
    with store.reading() as connection:
        return [(str(actor), str(action)) for actor, action in connection.execute(sa.text(query))]


def test_one_asks_another_allows_and_whoever_asked_sees_it(app: FastAPI, opened: Store, person: str) -> None:
    kiem, mai = Client(app, "kiem"), Client(app, "mai")
    assert kiem.post("/reveal", {"subject": person, "reason": " "}).status_code == 400
    path = kiem.post("/reveal", {"subject": person, "reason": "đối chiếu mẫu 12"}).headers["location"]
    assert FAMILY[0][1] not in kiem.get(path).text
    assert "approve" not in kiem.get(path).text
    assert kiem.post(f"{path}/approve").status_code == 400
    assert kiem.post(f"{path}/show").status_code == 400
    assert "đối chiếu mẫu 12" in mai.get("/reveal").text
    assert mai.post(f"{path}/approve").headers["location"] == "/reveal?done=approved"
    assert mai.post(f"{path}/show").status_code == 400, "the one who allowed it is not the one who asked"
    shown = kiem.post(f"{path}/show")
    assert FAMILY[0][1] in shown.text
    assert "no-store" in shown.headers["cache-control"]
    assert events(opened) == [("kiem", "reveal.asked"), ("mai", "reveal.approved"), ("kiem", "reveal.shown")]


def test_a_row_kept_out(app: FastAPI, opened: Store) -> None:
    record = one(opened, "SELECT encode(uuid_send(record_id), 'hex') FROM quarantine")
    kiem = Client(app, "kiem")
    path = kiem.post("/reveal", {"subject": record, "reason": "xem dòng"}).headers["location"]
    Client(app, "mai").post(f"{path}/approve")
    assert NO_SUCH_DAY[1] in kiem.post(f"{path}/show").text


@pytest.mark.parametrize("who", [OF_NGHE_AN, *OTHERS], ids=lambda a: a.name)
def test_nobody_else_asks_allows_or_sees(app: FastAPI, person: str, who: Account) -> None:
    path = Client(app, "kiem").post("/reveal", {"subject": person, "reason": "của tôi"}).headers["location"]
    client = Client(app, who.name)
    assert "của tôi" not in client.get("/reveal").text
    for answer in (client.get(path), client.post(f"{path}/approve"), client.post(f"{path}/show")):
        assert answer.status_code == 404
    assert client.post("/reveal", {"subject": person, "reason": "x"}).status_code in (400, 404)


def test_a_number_that_nobody_has_is_not_there(app: FastAPI) -> None:
    assert Client(app, "kiem").get("/reveal/999999").status_code == 404
    assert Client(app, "kiem").get("/reveal/0").status_code == 404
