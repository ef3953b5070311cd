"""Pairs of two provinces in the portal: each sees its own record alone, both say the same, then it is decided."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser

from pipeline.settings import Settings
from store import pair_views, reviews
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.picture_of_report import browser, chromium
from tests.portal.browsing import running
from tests.portal.clients import Client, app_of, as_role
from tests.store.test_cross_pairs import OURS, SECRET, THEIRS, across

pytestmark = pytest.mark.store
LAN, VINH = Account("lan", AccountRole.REVIEWER, "01"), Account("vinh", AccountRole.REVIEWER, "40")
LEAD = Account("truong", AccountRole.LEAD, "01")
OTHER = Account("khac", AccountRole.REVIEWER, "38")
NEVER = [as_role(role, "01") for role in AccountRole if role not in (AccountRole.REVIEWER, AccountRole.LEAD)]


@pytest.fixture(scope="module")
def filled(opened: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    across(opened, Path(tmp_path_factory.mktemp("across")))
    return opened


@pytest.fixture
def app(filled: Store, home: Settings) -> FastAPI:
    return app_of(filled, home, (LAN, VINH, LEAD, OTHER, *NEVER))


def path_of(number: int) -> str:
    return "/across/" + "/".join(sorted((OURS[number], THEIRS[number])))


def name_of(store: Store, record_id: str) -> str:
    (row,) = pair_views.records(store, [record_id]).to_pylist()
    return str(row["full_name"]).split("\n", maxsplit=1)[0]


def decided(store: Store) -> list[tuple[str, str]]:
    return [(row["decision"], row["author"]) for row in reviews.judgements(store).to_pylist()]


def test_each_sees_its_own_record_alone_and_both_decide(app: FastAPI, filled: Store) -> None:
    lan, vinh = Client(app, "lan"), Client(app, "vinh")
    assert "/across" in lan.get("/pairs").text
    assert lan.get("/across").headers["location"] in {path_of(n) for n in range(3)}
    for client, own, other in ((lan, OURS[0], THEIRS[0]), (vinh, THEIRS[0], OURS[0])):
        page = client.get(path_of(0)).text
        assert name_of(filled, own).split()[0] in page
        assert other not in page.replace(path_of(0), ""), "no id of the other beyond the address"
        assert (SECRET in page) == (client is vinh)
        assert re.search(r'class="(differs|one)" data-field="relatives"', page)
    assert "giống nhau" in page
    assert '<a href="/pairs" aria-current="page">' in page
    lan.post(path_of(0), {"answer": "same", "reason": "cùng mẹ"})
    assert decided(filled) == []
    assert "cùng mẹ" not in vinh.get(path_of(0)).text, "blind until the own word is said"
    vinh.post(path_of(0), {"answer": "different"})
    assert decided(filled) == []
    assert "trả lời: Hai người" in lan.get(path_of(0)).text
    vinh.post(path_of(0), {"answer": "same", "reason": "đúng là một người"})
    assert decided(filled) == [("same", "lan; vinh")]
    assert "đã được quyết định" in lan.get(path_of(0)).text


def test_a_word_is_taken_back_and_a_pair_put_aside(app: FastAPI, filled: Store) -> None:
    lan = Client(app, "lan")
    lan.post(path_of(1), {"answer": "same"})
    assert "Tỉnh đã trả lời" in lan.get(path_of(1)).text
    assert lan.post(path_of(1), {"answer": "undone"}).headers["location"] == path_of(1)
    assert "Tỉnh đã trả lời" not in lan.get(path_of(1)).text
    first = lan.get("/across").headers["location"]
    following = lan.post(first, {"answer": "unsure"}).headers["location"]
    assert following != first
    assert lan.post(path_of(1), {"answer": "perhaps"}).status_code == 400


def test_a_lead_sees_masked_values_until_it_says_why(app: FastAPI, filled: Store) -> None:
    lead = Client(app, "truong")
    assert "đang được che" in lead.get(path_of(2)).text
    app.state.portal.at_work.see_clear("truong", "khiếu nại số 5")
    assert "đang được che" not in lead.get(path_of(2)).text
    with filled.reading() as connection:
        query = "SELECT action FROM audit_events WHERE action LIKE 'review.cross%' ORDER BY sequence DESC LIMIT 2"
        told = list(connection.execute(sa.text(query)).scalars())
    assert told == ["review.cross_revealed", "review.cross_shown_masked"]


@pytest.mark.parametrize("who", [OTHER, *NEVER], ids=lambda a: a.name)
def test_nobody_else_sees_or_says_anything(app: FastAPI, filled: Store, who: Account) -> None:
    client, before = Client(app, who.name), decided(filled)
    assert client.get(path_of(2)).status_code == 404
    assert client.post(path_of(2), {"answer": "same"}).status_code == 404
    assert client.get("/across").status_code in (200, 404)
    assert OURS[2] not in client.get("/across").text
    assert decided(filled) == before
    for path in (f"/across/{OURS[0]}/{OURS[1]}", f"/across/{'f' * 32}/{'0' * 32}"):
        assert Client(app, "lan").get(path).status_code == 404


@pytest.fixture(scope="module")
def shown() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_a_pair_is_answered_by_keyboard(filled: Store, home: Settings, shown: Browser) -> None:
    with running(filled, home, (VINH,)) as portal:
        page = portal.page(shown, name="vinh")
        page.goto(f"{portal.address}{path_of(2)}")
        assert [v["id"] for v in Axe().run(page).response["violations"]] == []
        page.keyboard.press("F4")
        page.wait_for_url(lambda url: not url.endswith(path_of(2)))
        page.goto(f"{portal.address}{path_of(2)}")
        assert "Tỉnh đã trả lời: Hai người" in page.inner_text("main")
