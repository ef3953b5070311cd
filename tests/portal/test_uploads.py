"""Uploads through the routes: in parts over a line that breaks, whole by a plain form, and by nobody else."""

import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from pipeline import drafts
from pipeline.settings import Settings
from store.account_tables import AccountRole
from store.accounts import Account
from store.engine import Store
from tests.picture_of_report import browser, chromium
from tests.pipeline.deliveries import FAMILY, ledger
from tests.portal.bad_line import BadLine
from tests.portal.browsing import Running, running
from tests.portal.clients import UPLOADER, Client, app_of, as_role

_ELSEWHERE = Account("hue", AccountRole.UPLOADER, "46", "Phường Thuận Hóa")
_BYTES_A_SECOND, _CUTS = 600_000, (150_000, 400_000, 650_000)


@pytest.fixture
def client(opened: Store, home: Settings) -> Client:
    return Client(app_of(opened, home, (UPLOADER, _ELSEWHERE, *map(as_role, AccountRole))), "nga")


def as_account(client: Client, name: str) -> Client:
    return Client(client._app, name)


def uploaded(client: Client, path: Path) -> str:
    """A draft with that file, by the plain form."""
    answer = client.post("/upload-whole", files={"files": (path.name, path.read_bytes(), "text/csv")})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


def test_a_plain_form_makes_a_draft_that_the_list_shows_and_discards(
    client: Client, home: Settings, tmp_path: Path
) -> None:
    draft_id = uploaded(client, ledger(tmp_path / "sổ nhà.csv", FAMILY))
    draft = drafts.open_draft(draft_id, home)
    assert (draft.about.owner, draft.about.province_code, draft.about.office) == ("nga", "01", "Phường Trúc Bạch")
    assert "sổ nhà.csv" in client.get("/uploads").text
    assert client.post(f"/uploads/{draft_id}/discard").status_code == 303
    assert "sổ nhà.csv" not in client.get("/uploads").text
    assert client.get(f"/desk/{draft_id}").status_code == 404


def test_a_form_without_a_file_says_so(client: Client) -> None:
    answer = client.post("/upload-whole", files={"files": ("", b"", "text/csv")})
    assert answer.status_code == 400


_OF_A_DRAFT = (
    "/desk/{}", "/desk/{}/state", "/desk/{}/rows?sheet=0", "/desk/{}/next?sheet=0",
    "/desk/{}/cell?sheet=0&line=2&position=1", "/desk/{}/prepare", "/desk/{}/errors.xlsx", "/desk/{}/sent",
    "/desk/{}/standing", "/uploads/{}/abc",
)  # fmt: skip


@pytest.mark.parametrize("path", _OF_A_DRAFT)
def test_another_province_and_a_role_that_may_not_see_what_is_not_there(
    client: Client, tmp_path: Path, path: str
) -> None:
    draft_id = uploaded(client, ledger(tmp_path / "a.csv", FAMILY))
    for name in ("hue", "engineer", "auditor", "privacy_officer", "db_admin"):
        asking = as_account(client, name)
        there, nowhere = (asking.get(path.format(i)) for i in (draft_id, "0" * 32))
        assert (there.status_code, nowhere.status_code) == (404, 404), name
        assert there.text == nowhere.text.replace("0" * 32, draft_id)
    assert draft_id not in as_account(client, "hue").get("/uploads").text
    client.post(f"/uploads/{draft_id}/discard")


@pytest.mark.parametrize("path", ["/desk/{}/send", "/desk/{}/prepare", "/uploads/{}/discard"])
def test_another_province_changes_nothing(client: Client, home: Settings, tmp_path: Path, path: str) -> None:
    draft_id = uploaded(client, ledger(tmp_path / "a.csv", FAMILY))
    before = drafts.open_draft(draft_id, home).entries
    assert as_account(client, "hue").post(path.format(draft_id)).status_code == 404
    assert drafts.open_draft(draft_id, home).entries == before
    assert drafts.standing_of(draft_id, home).state == "open"
    client.post(f"/uploads/{draft_id}/discard")


def test_a_lead_corrects_but_does_not_send(client: Client, tmp_path: Path) -> None:
    draft_id = uploaded(client, ledger(tmp_path / "a.csv", FAMILY))
    lead = as_account(client, "lead")
    assert lead.get(f"/desk/{draft_id}").status_code == 200
    assert lead.post(f"/desk/{draft_id}/send").status_code == 404
    client.post(f"/uploads/{draft_id}/discard")


def test_nobody_of_the_nation_begins_a_draft(client: Client, opened: Store, home: Settings) -> None:
    nation = Account("bo", AccountRole.LEAD)
    asking = Client(app_of(opened, home, (nation,)), "bo")
    assert asking.post("/uploads/begin", {"name": "a.csv", "size": "3"}).status_code == 404


# ---- over a line that breaks


@pytest.fixture(scope="module")
def portal(opened: Store, home: Settings) -> Iterator[Running]:
    with running(opened, home) as answering:
        yield answering


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_a_file_arrives_whole_over_a_line_that_is_cut_three_times(
    portal: Running, home: Settings, tmp_path: Path
) -> None:
    path = ledger(tmp_path / "lớn.csv", [(*row[:1], f"{row[1]} {n}", *row[2:]) for n in range(1_200) for row in FAMILY])
    line = BadLine(portal.port, _BYTES_A_SECOND, _CUTS)
    with browser() as shown:
        page = slow_page(shown, line.port)
        page.set_input_files("#files", str(path))
        page.wait_for_url("**/desk/*", timeout=120_000)
        draft_id = page.url.rpartition("/")[2]
    line.close()
    assert line.cut == len(_CUTS)
    draft = drafts.open_draft(draft_id, home)
    with drafts.originals_of(draft, home) as (there,):
        assert hashlib.sha256(there.read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()
    drafts.discard(draft)


def slow_page(shown: Browser, port: int):  # type: ignore[no-untyped-def]
    page = Running(port).page(shown)
    page.goto(f"http://127.0.0.1:{port}/uploads")
    return page


def test_a_part_that_was_cut_off_is_not_there(portal: Running, home: Settings) -> None:
    with httpx.Client(base_url=portal.address, cookies={"sohoa_session": UPLOADER.name}) as asking:
        token = asking.get("/uploads").text.partition('name="csrf-token" content="')[2].partition('"')[0]
        headers = {"X-CSRF-Token": token, "accept": "application/json"}
        made = asking.post("/uploads/begin", data={"name": "a.csv", "size": "1000"}, headers=headers).json()
        path = f"/uploads/{made['draft']}/{made['upload']}"
        with socket.create_connection(("127.0.0.1", portal.port)) as raw:
            raw.sendall(
                f"PUT {path}/0 HTTP/1.1\r\nHost: x\r\nCookie: sohoa_session=nga\r\nX-CSRF-Token: {token}\r\n"
                "Content-Length: 1000\r\n\r\n".encode()
                + b"x" * 400
            )
            time.sleep(0.2)
        assert asking.get(path, headers=headers).json() == {"offset": 0}
        assert asking.put(f"{path}/0", content=b"x" * 600, headers=headers).json() == {"offset": 600}
        assert asking.put(f"{path}/0", content=b"x" * 600, headers=headers).json() == {"offset": 600}
        assert asking.put(f"{path}/900", content=b"x" * 100, headers=headers).status_code == 400
        drafts.discard(drafts.open_draft(made["draft"], home))
