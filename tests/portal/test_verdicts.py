"""The verdict before sending, as its page shows it; files that were sent before, by whom; the scanner in the routes."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline import draft_sending, drafts, run
from pipeline.acting import acting_as
from pipeline.settings import Settings
from portal import desk_room
from schemas import messages
from schemas.errors import StoreUnavailable
from store.accounts import AccountRole
from store.engine import Store
from tests.pipeline.deliveries import FAMILY, NAMELESS, ledger
from tests.pipeline.scanner_server import EVIL, Scanner, scanner
from tests.pipeline.test_draft_verdict import _BAD
from tests.portal.clients import UPLOADER, Client, app_of, as_role
from tests.portal.test_desk import asked, checked
from tests.portal.test_uploads import uploaded

pytestmark = pytest.mark.store


@pytest.fixture(scope="module")
def client(opened: Store, home: Settings) -> Client:
    return Client(app_of(opened, home, (UPLOADER, *map(as_role, AccountRole))), "nga")


def verdict_of(client: Client, draft_id: str) -> str:
    for _ in range(60):
        page = client.get(f"/desk/{draft_id}/verdict").text
        if "data-again" not in page:
            return page
        time.sleep(0.2)
    raise AssertionError("still pending")


def test_a_sound_draft_passes_and_a_bad_one_is_told_why(client: Client, home: Settings, tmp_path: Path) -> None:
    good = uploaded(client, ledger(tmp_path / "a.csv", [*FAMILY, NAMELESS]))
    page = verdict_of(client, good)
    assert "sẽ cho đợt này vào: 5 người" in page
    assert f"/desk/{good}/send" in page
    bad = uploaded(client, ledger(tmp_path / "b.csv", [*FAMILY, *_BAD]))
    page = verdict_of(client, bad)
    assert "sẽ chặn cả đợt này" in page
    assert f"/desk/{good}/send" not in Client(client._app, "lead").get(f"/desk/{good}/verdict").text
    for draft_id in (good, bad):
        drafts.discard(drafts.open_draft(draft_id, home))


def test_a_verdict_that_failed_says_so_and_is_found_anew(
    client: Client, home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id = uploaded(client, ledger(tmp_path / "a.csv", FAMILY))

    def fails(*_: Any) -> Any:
        raise StoreUnavailable("store.unreachable")

    with monkeypatch.context() as broken:
        broken.setattr(desk_room.draft_verdict, "verdict", fails)
        assert "said bad" in verdict_of(client, draft_id)
    assert "sẽ cho đợt này vào" in verdict_of(client, draft_id)
    drafts.discard(drafts.open_draft(draft_id, home))


def test_a_stopped_draft_names_what_stopped_it(client: Client, home: Settings, tmp_path: Path) -> None:
    draft_id = uploaded(client, ledger(tmp_path / "b.csv", [*FAMILY, *_BAD]))
    draft_sending.send(drafts.open_draft(draft_id, home), date(2024, 6, 1), home)
    assert draft_sending.load(draft_id, home) == "stopped"
    assert messages.wrong("gate.batch.quarantined", "vi") in client.get(f"/desk/{draft_id}/sent").text
    drafts.discard(drafts.open_draft(draft_id, home))


def test_a_file_that_was_sent_before_is_told_with_batch_day_and_sender(
    client: Client, home: Settings, tmp_path: Path
) -> None:
    path = ledger(tmp_path / "a.csv", [("010100077", *row[1:8], "") for row in FAMILY])
    with acting_as("bo"):
        batch_id = run.run_batch([path], "01", home).batch_id
    draft_id = uploaded(client, path)
    (file,) = checked(client, draft_id)["files"]
    assert (file["outcome"], file["batch"], file["by"]) == ("known", batch_id, "bo")
    assert len(file["day"]) == len("dd/mm/yyyy")
    drafts.discard(drafts.open_draft(draft_id, home))


def test_of_a_file_of_another_province_nothing_is_told_but_that(client: Client, home: Settings, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", [("400100088", *row[1:8], "") for row in FAMILY])
    with acting_as("vinh"):
        run.run_batch([path], "40", home)
    draft_id = uploaded(client, path)
    (file,) = checked(client, draft_id)["files"]
    assert (file["outcome"], file["batch"], file["day"], file["by"]) == ("known_elsewhere", None, "", "")
    drafts.discard(drafts.open_draft(draft_id, home))


def test_the_steps_of_a_running_draft_are_on_its_page(client: Client, home: Settings, tmp_path: Path) -> None:
    from pipeline import draft_runs

    draft_id = uploaded(client, ledger(tmp_path / "a.csv", FAMILY))
    draft = drafts.open_draft(draft_id, home)
    draft_sending.send(draft, date(2024, 6, 1), home)
    folder = draft_runs.open_run(draft_id, home)
    drafts.set_standing(draft, "loading", batch_id=folder.parent.name)
    page = client.get(f"/desk/{draft_id}/sent").text
    assert page.count("<li class=") == 10
    assert 'aria-current="step">đọc tệp' in page
    assert asked(client, f"/desk/{draft_id}/standing")["steps"] == " ".join(["0/1"] * 10)
    drafts.note(draft, reason="airflow.down")
    assert "chưa nhận việc" in client.get(f"/desk/{draft_id}/sent").text
    drafts.set_standing(draft, "failed", reason="airflow.failed")
    assert "Lượt chạy trong Airflow bị lỗi" in client.get(f"/desk/{draft_id}/sent").text


# ---- the scanner


@pytest.fixture
def scanned(opened: Store, home: Settings) -> Iterator[tuple[Client, Scanner]]:
    with scanner() as known:
        yield Client(app_of(opened, replace(home, virus_scanner=known.name)), "nga"), known


def test_a_file_with_a_virus_is_refused_in_clear_words(scanned: tuple[Client, Scanner], home: Settings) -> None:
    client, _ = scanned
    answer = client.post("/upload-whole", files={"files": ("xau.csv", EVIL, "text/csv")})
    assert answer.status_code == 400
    assert "Máy quét thấy vi-rút" in answer.text
    assert not [d for d in drafts.all_drafts(home) if "xau.csv" in drafts.names_of(d)]


def test_a_file_waits_for_a_scanner_that_is_down_and_is_scanned_again(
    scanned: tuple[Client, Scanner], home: Settings
) -> None:
    client, known = scanned
    known.mood = None
    answer = client.post("/upload-whole", files={"files": ("sổ chờ.csv", b"a;b\n1;2\n", "text/csv")})
    assert answer.status_code == 503
    assert "được giữ lại" in answer.text
    page = client.get("/uploads").text
    assert "sổ chờ.csv" in page
    path = next(p for p in page.split('"') if p.startswith("/uploads/") and p.endswith("/finish"))
    told = client.ask(
        "POST", path, data={"csrf_token": client.csrf()}, headers={"accept": "application/json"}
    )  # fmt: skip
    assert told.status_code == 503
    known.mood = ""
    assert client.post(path).headers["location"].startswith("/desk/")
    assert client.post(path).status_code == 303  # its answer may have been lost
    draft_id = path.split("/")[2]
    assert drafts.names_of(drafts.open_draft(draft_id, home)) == ["sổ chờ.csv"]
    drafts.discard(drafts.open_draft(draft_id, home))
