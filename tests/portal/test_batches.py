"""Batches: the list and each batch as their province sees them; reports and error files behind the same check."""

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from pipeline import run
from pipeline.result import BatchResult
from pipeline.settings import Settings
from portal.batches import REPORT_CSP
from store import batch_lists
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.pipeline.deliveries import FAMILY, NAMELESS, NO_SUCH_DAY, ledger
from tests.portal.clients import Client, app_of

pytestmark = pytest.mark.store
HANOI, NGHE_AN = "01", "40"
NGA = Account("nga", AccountRole.UPLOADER, HANOI)
VINH = Account("vinh", AccountRole.UPLOADER, NGHE_AN)
ENGINEER = Account("hai", AccountRole.ENGINEER)
AUDITOR = Account("kiem", AccountRole.AUDITOR)
AUDITOR_OF_HANOI = Account("kiem-hn", AccountRole.AUDITOR, HANOI)
ADMIN = Account("admin", AccountRole.DB_ADMIN)
EVERYONE = (NGA, VINH, ENGINEER, AUDITOR, AUDITOR_OF_HANOI, ADMIN)


@pytest.fixture(scope="module")
def batch(home: Settings, tmp_path_factory: pytest.TempPathFactory) -> BatchResult:
    """A batch of Hà Nội: a household in the store, two rows kept out."""
    path = ledger(tmp_path_factory.mktemp("sent") / "Sổ ông Bách.csv", (*FAMILY, NAMELESS, NO_SUCH_DAY))
    return run.run_batch([path], HANOI, home)


@pytest.fixture(scope="module")
def app(opened: Store, home: Settings, batch: BatchResult) -> FastAPI:
    return app_of(opened, home, EVERYONE)


def newest(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(sa.text("SELECT coalesce(max(sequence), 0) FROM audit_events")).scalar_one())


def since(store: Store, sequence: int) -> list[tuple[str, str, str, str]]:
    query = "SELECT actor, action, outcome, reason FROM audit_events WHERE sequence > :s ORDER BY sequence"
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query), {"s": sequence})]


def test_the_list_tells_state_sums_and_what_to_do(app: FastAPI, batch: BatchResult) -> None:
    page = Client(app, "nga").get("/batches").text
    assert batch.batch_id in page
    assert "đã nạp" in page
    assert "2 dòng chờ sửa" in page
    sums = dict(re.findall(r'data-sum="(\w+)">([0-9.]+)<', page))
    assert sums == {"loaded": "5", "merged": "0", "known": "0", "quarantined": "2", "rejected": "0"}


def test_the_state_for_scripts_says_what_the_page_says(app: FastAPI, batch: BatchResult) -> None:
    (found,) = Client(app, "nga").get("/batches/state", headers={"accept": "application/json"}).json()
    assert found["batch_id"] == batch.batch_id
    assert (found["state"], found["waiting"], found["read"]) == ("đã nạp", "2", "7")
    gone = Client(app).get("/batches/state", headers={"accept": "application/json"})
    assert (gone.status_code, gone.json()) == (401, {"state": "signed_out"})


def test_another_province_sees_nothing_of_it(app: FastAPI, batch: BatchResult) -> None:
    client = Client(app, "vinh")
    assert batch.batch_id not in client.get("/batches").text
    assert client.get("/batches/state").json() == []


def test_a_batch_tells_its_files_and_what_is_wrong(app: FastAPI, batch: BatchResult, opened: Store) -> None:
    before = newest(opened)
    page = Client(app, "nga").get(f"/batches/{batch.batch_id}").text
    assert "Sổ ông Bách.csv" in page
    assert page.count("<li><strong") >= 2
    assert "Ngày sinh" in page
    assert f"/batches/{batch.batch_id}/report" in page
    assert "Bưởi" not in page
    assert since(opened, before) == [("nga", "batch.names_revealed", "done", "portal")]


def test_who_only_counts_sees_sums_and_no_file(app: FastAPI, batch: BatchResult) -> None:
    page = Client(app, "hai").get(f"/batches/{batch.batch_id}").text
    assert "Sổ ông Bách" not in page
    assert "/report" not in page
    assert "/errors/" not in page
    assert Client(app, "hai").get(f"/batches/{batch.batch_id}/report").status_code == 404


def test_an_auditor_reads_the_report_and_gets_no_error_file(app: FastAPI, batch: BatchResult, opened: Store) -> None:
    page = Client(app, "kiem").get(f"/batches/{batch.batch_id}").text
    assert "Sổ ông Bách" not in page
    assert "/errors/" not in page
    before = newest(opened)
    answer = Client(app, "kiem-hn").get(f"/batches/{batch.batch_id}/report")
    assert answer.headers["content-security-policy"] == REPORT_CSP
    assert answer.content == Path(batch.report).read_bytes()
    assert since(opened, before) == [("kiem-hn", "report.shown", "done", "portal")]


def test_a_link_of_the_report_leads_to_another_report(app: FastAPI, batch: BatchResult) -> None:
    answer = Client(app, "kiem").get(f"/batches/{batch.batch_id}/{'b' * 32}.html")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/reports/{'b' * 32}.html")
    assert Client(app, "vinh").get(f"/batches/{batch.batch_id}/{'b' * 32}.html").status_code == 404
    assert Client(app, "kiem").get(f"/batches/{batch.batch_id}/nothing").status_code == 404


def test_links_of_the_report_lead_to_its_failing_rows(app: FastAPI, batch: BatchResult) -> None:
    page, at = Path(batch.report).read_text("utf-8"), f"/batches/{batch.batch_id}"
    links = sorted(set(re.findall(r'href="([0-9a-f]{32}\.rows/[^"#]+)', page)))
    assert links
    for link in (*links, f"{batch.batch_id}.rows/000001.html"):
        answer = Client(app, "kiem").get(f"{at}/{link}")
        assert (answer.status_code, answer.headers["content-security-policy"]) == (200, REPORT_CSP)
    assert Client(app, "vinh").get(f"{at}/{links[0]}").status_code == 404, "another province's"
    for wrong in ("000099.html", "..%2fnames.key", "x.css", ""):
        assert Client(app, "kiem").get(f"{at}/{batch.batch_id}.rows/{wrong}").status_code in (404, 405)
    assert Client(app, "kiem").get(f"{at}/{'f' * 32}.rows/index.html").status_code == 404


def test_the_error_file_names_who_took_it_and_leaves_nothing_behind(
    app: FastAPI, batch: BatchResult, opened: Store, home: Settings
) -> None:
    client = Client(app, "nga")
    (path,) = set(
        re.findall(r'href="(/batches/[0-9a-f]+/errors/[0-9a-f]+)"', client.get(f"/batches/{batch.batch_id}").text)
    )
    before = newest(opened)
    answer = client.get(path)
    assert re.fullmatch(r'attachment; filename="loi_[0-9a-f]{12}\.xlsx"', answer.headers["content-disposition"])
    assert answer.headers["cache-control"] == "no-store"
    book = openpyxl.load_workbook(BytesIO(answer.content))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "Lê Thị Bưởi" in cells
    assert ("nga", "errors.written", "done", "asked") in since(opened, before)
    assert not list((home.home / "work").glob("*/*"))


@pytest.mark.parametrize("tail", ["", "/report", "/errors/{file}"])
@pytest.mark.parametrize("who", ["nga", "vinh", "kiem"])
def test_what_is_anothers_looks_like_what_is_not_there(
    app: FastAPI, batch: BatchResult, opened: Store, who: str, tail: str
) -> None:
    """One page for another province's id, one that nobody has, one that is none."""
    client = Client(app, who)
    client.get("/batches")
    shapes = set()
    for given in (*([batch.batch_id] if who == "vinh" else []), "f" * 32, "not-an-id", "../../etc", "%00"):
        before = newest(opened)
        answer = client.get(f"/batches/{given}{tail.format(file='0' * 32)}")
        body = re.sub(r'name="back" value="[^"]*"', "", answer.text)
        shapes.add((answer.status_code, body, tuple(sorted(answer.headers.items()))[:3]))
        if given in (batch.batch_id, "f" * 32):
            assert [event[:3] for event in since(opened, before)] == [(who, "portal.denied", "refused")]
    assert len({shape[:2] for shape in shapes}) == 1
    assert {shape[0] for shape in shapes} == {404}


def test_pages_of_the_list_hold_every_batch_once(
    app: FastAPI, opened: Store, home: Settings, batch: BatchResult
) -> None:

    whole = batch_lists.recent(opened, 100)
    seen: list[str] = []
    before: datetime | None = None
    while part := batch_lists.recent(opened, 1, before):
        seen += [each.batch_id for each in part]
        before = part[-1].recorded_at
    assert seen == [each.batch_id for each in whole]
