"""The portal beside a real Airflow, once: a draft is sent and loaded; one that the gate stops is let in and loaded."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline import airflow_accounts, airflow_service, drafts
from pipeline.acting import acting
from pipeline.settings import Settings
from portal.loader import loading
from store import batch_lists
from store.accounts import Account, AccountRole
from store.engine import Store, open_store
from tests.dags.conftest import Home
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.test_airflow_service import free_port
from tests.pipeline.test_gate_release import BAD
from tests.portal.clients import UPLOADER, Client, app_of
from tests.portal.test_desk import checked
from tests.portal.test_uploads import uploaded

pytestmark = [pytest.mark.airflow, pytest.mark.store, pytest.mark.slow, pytest.mark.long]
SECONDS = 900
HOA = Account("hoa", AccountRole.LEAD, "01")


@pytest.fixture
def airflow() -> Iterator[tuple[Home, Settings]]:
    """A home folder with its store and a whole Airflow; the settings of a portal beside it."""
    path = Path(tempfile.mkdtemp(prefix="soh-"))
    made = Home(path)
    try:
        assert made.sohoa("store", "start").returncode == 0
        started = made.sohoa("airflow", "start", "--port", str(free_port()))
        assert started.returncode == 0, started.stdout + started.stderr
        settings = Settings(path, workers=1, received_on=date(2024, 6, 1))
        service = airflow_service.found(settings)
        assert service is not None
        kept = json.loads(airflow_accounts.password_file(path / "airflow").read_text("utf-8"))
        secret = path / "portal.password"
        secret.touch(0o600)
        secret.write_text(kept["portal"])
        yield made, replace(settings, airflow_url=service.address, airflow_user="portal", airflow_password_file=secret)
    finally:
        made.sohoa("airflow", "stop")
        made.sohoa("store", "stop")
        shutil.rmtree(path, ignore_errors=True)


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(1)


def sent(client: Client, path: Path) -> str:
    draft_id = uploaded(client, path)
    checked(client, draft_id)
    answer = client.post(f"/desk/{draft_id}/send")
    assert answer.headers["location"] == f"/desk/{draft_id}/sent"
    return draft_id


def state(draft_id: str, settings: Settings) -> str:
    return drafts.standing_of(draft_id, settings).state


def loaded(store: Store, batch_id: str) -> tuple[str, int]:
    found = batch_lists.one(store, batch_id)
    assert found is not None
    return found.state, found.sums.loaded


def test_a_draft_and_a_batch_that_was_let_in_are_loaded_by_the_scheduler(
    airflow: tuple[Home, Settings], tmp_path: Path
) -> None:
    _, settings = airflow
    store = open_store(None, settings.home, acting(settings))
    app = app_of(store, settings, (UPLOADER, HOA))
    clerk, lead = Client(app, UPLOADER.name), Client(app, HOA.name)
    try:
        with loading(settings, is_local=False):
            good = sent(clerk, ledger(tmp_path / "tot.csv", FAMILY))
            bad = sent(clerk, ledger(tmp_path / "xau.csv", [(f"0105{n:05d}", *r[1:]) for n, r in enumerate(BAD)] + [
                ("010500099", "Đỗ Văn Sen", "Chủ hộ", "01/03/1950", "Nam", "Kinh", "", "", "")
            ]))  # fmt: skip
            until(lambda: state(good, settings) not in ("queued", "loading"))
            assert state(good, settings) == "loaded"
            until(lambda: state(bad, settings) not in ("queued", "loading"))
            assert state(bad, settings) == "stopped"
            stopped = drafts.standing_of(bad, settings).batch_id
            assert f'action="/release/{stopped}"' in lead.get(f"/batches/{stopped}").text
            assert lead.post(f"/release/{stopped}", {"reason": "đã đối chiếu sổ gốc"}).status_code == 303
            until(lambda: loaded(store, stopped)[0] == "loaded" and state(bad, settings) == "loaded")
        assert loaded(store, drafts.standing_of(good, settings).batch_id) == ("loaded", len(FAMILY))
        assert loaded(store, stopped) == ("loaded", 1)
    finally:
        store.close()
