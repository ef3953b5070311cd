"""Pairs decided in the portal: by those of their province alone, blind to the score, next at once, taken back."""

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser

from pipeline.settings import Settings
from schemas import tables as t
from store import load, reviews
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.picture_of_report import browser, chromium
from tests.portal.browsing import Running, running
from tests.portal.clients import Client, app_of, as_role
from tests.store import made_batches as made
from tests.store.merges import pairs

pytestmark = pytest.mark.store
RECORDS = made.ids("record a", 6).to_pylist()
LAN = Account("lan", AccountRole.REVIEWER, "01")
MINH = Account("minh", AccountRole.REVIEWER, "01")
LEAD = Account("truong", AccountRole.LEAD, "01")
VINH = Account("vinh", AccountRole.REVIEWER, "40")
NEVER = [as_role(role, "01") for role in AccountRole if role not in (AccountRole.REVIEWER, AccountRole.LEAD)]
_PATH = re.compile("/pairs/[0-9a-f]{32}/[0-9a-f]{32}")


@pytest.fixture(scope="module")
def filled(opened: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with three pairs that wait: of probability 0.2, 0.5 and 0.9."""
    folder = tmp_path_factory.mktemp("pairs")
    scored = pairs(RECORDS[:3], RECORDS[3:], "review")
    odds = np.array([0.2, 0.5, 0.9])
    for name, values in (("match_weight", np.log2(odds / (1 - odds))), ("match_probability", odds)):
        scored = scored.set_column(scored.column_names.index(name), scored.schema.field(name), pa.array(values))
    batch = made.make(folder, made.Recipe("a", rows=6))
    load.load_batch(opened, made.with_table(batch, "scored_pairs", folder / "pairs", t.SCORED_PAIRS, scored))
    return opened


@pytest.fixture
def app(filled: Store, home: Settings) -> Iterator[FastAPI]:
    """The portal anew, with nothing decided."""
    yield app_of(filled, home, (LAN, MINH, LEAD, VINH, *NEVER))
    for row in reviews.judgements(filled).to_pylist():
        judgement = reviews.Judgement(row["left_record_id"], row["right_record_id"], "different", "test", "test")
        reviews.undo(filled, judgement)


def path_of(number: int) -> str:
    return "/pairs/" + "/".join(sorted((RECORDS[number], RECORDS[number + 3])))


def first_of(client: Client) -> str:
    return str(client.get("/pairs").headers.get("location", ""))


def standing(store: Store) -> list[tuple[str, str, str]]:
    return [(r["decision"], r["author"], r["reason"]) for r in reviews.judgements(store).to_pylist()]


def events(store: Store, count: int) -> list[tuple[str, str, str]]:
    query = f"SELECT actor, action, outcome FROM audit_events ORDER BY sequence DESC LIMIT {count}"
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))][::-1]


def test_pairs_come_by_their_worth_and_each_decision_leads_to_the_next(app: FastAPI, filled: Store) -> None:
    lan = Client(app, "lan")
    assert first_of(lan) == path_of(2)
    answer = lan.post(path_of(2), {"answer": "different", "reason": "khác cha mẹ"})
    assert (answer.status_code, answer.headers["location"]) == (303, path_of(1))
    assert lan.post(path_of(1), {"answer": "same"}).headers["location"] == path_of(0)
    assert sorted(standing(filled)) == [
        ("different", "lan", "khác cha mẹ"), ("same", "lan", "đã xem hai dòng trên cổng"),
    ]  # fmt: skip
    assert lan.post(path_of(0), {"answer": "different"}).headers["location"] == "/pairs"
    assert "Không còn cặp nào" in lan.get("/pairs").text


def test_the_last_decision_is_taken_back_and_shown_again(app: FastAPI, filled: Store) -> None:
    lan = Client(app, "lan")
    lan.post(path_of(2), {"answer": "same"})
    assert "Vừa quyết định" in lan.get(path_of(1)).text
    assert "Vừa quyết định" not in Client(app, "minh").get(path_of(1)).text
    assert lan.post("/pairs/undo").headers["location"] == path_of(2)
    assert standing(filled) == []
    assert first_of(lan) == path_of(2)
    assert lan.post("/pairs/undo").headers["location"] == "/pairs"


def test_an_unsure_pair_comes_last_for_that_account_alone(app: FastAPI, filled: Store) -> None:
    lan = Client(app, "lan")
    assert lan.post(path_of(2), {"answer": "unsure"}).headers["location"] == path_of(1)
    assert first_of(lan) == path_of(1)
    assert first_of(Client(app, "minh")) == path_of(2)
    assert standing(filled) == []
    for number in (1, 0):
        following = lan.post(path_of(number), {"answer": "different"}).headers["location"]
    assert following == path_of(2)


def test_two_reviewers_do_not_get_the_same_pair(app: FastAPI) -> None:
    lan, minh = Client(app, "lan"), Client(app, "minh")
    lan.get(path_of(2))
    assert first_of(minh) == path_of(1)
    assert first_of(lan) == path_of(2)


def test_the_page_is_blind_to_the_score_which_is_shown_on_demand_and_audited(app: FastAPI, filled: Store) -> None:
    lan = Client(app, "lan")
    page = lan.get(path_of(2)).text
    assert events(filled, 1) == [("lan", "review.pair_revealed", "done")]
    assert "0,9" not in page
    assert "picture" not in page
    assert "chưa ai quyết định" in lan.get(f"{path_of(2)}/score").text
    assert ("lan", "person.why_masked", "done") in events(filled, 2)
    picture = lan.get(f"{path_of(2)}/score.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<svg")


def test_differences_are_told_in_words_and_marked(app: FastAPI, filled: Store) -> None:
    page = Client(app, "lan").get(path_of(2)).text
    row = re.search(r'<tr class="(\w+)" data-field="full_name">.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert row.group(1) == "differs"
    assert "khác nhau" in row.group()
    assert "<mark>" in row.group()


def test_a_lead_sees_masked_values_until_it_says_why(app: FastAPI, filled: Store) -> None:
    lead = Client(app, "truong")
    masked = lead.get(path_of(2)).text
    assert events(filled, 1) == [("truong", "review.pair_shown_masked", "done")]
    assert "<mark>" not in masked
    left, right = path_of(2).split("/")[2:]
    lead.post("/pairs/reveal", {"left": left, "right": right, "reason": "  "})
    assert "<mark>" not in lead.get(path_of(2)).text
    lead.post("/pairs/reveal", {"left": left, "right": right, "reason": "khiếu nại số 12"})
    assert "<mark>" in lead.get(path_of(2)).text
    assert events(filled, 1) == [("truong", "review.pair_revealed", "done")]


@pytest.mark.parametrize("tail", ["", "/score", "/score.svg"])
def test_what_is_of_another_province_looks_like_what_is_not_there(app: FastAPI, filled: Store, tail: str) -> None:
    vinh = Client(app, "vinh")
    shapes = set()
    for path in (path_of(2), "/pairs/" + "f" * 32 + "/" + "e" * 32, f"/pairs/{RECORDS[0]}/{RECORDS[1]}", "/pairs/1/2"):
        answer = vinh.get(path + tail)
        shapes.add((answer.status_code, re.sub(r'name="back" value="[^"]*"', "", answer.text)))
    assert {shape[0] for shape in shapes} == {404}
    assert len(shapes) == 1
    assert vinh.get("/pairs").status_code == 200
    assert vinh.post(path_of(2), {"answer": "same"}).status_code == 404
    assert standing(filled) == []


@pytest.mark.parametrize("who", [a.name for a in NEVER])
def test_roles_that_never_decide_reach_no_route(app: FastAPI, filled: Store, who: str) -> None:
    client = Client(app, who)
    left, right = path_of(2).split("/")[2:]
    for path in ("/pairs", path_of(2), f"{path_of(2)}/score", f"{path_of(2)}/score.svg"):
        assert client.get(path).status_code == 404
    for path in (path_of(2), "/pairs/undo", "/pairs/reveal"):
        sent = {"answer": "same", "left": left, "right": right, "reason": "x"}
        assert client.post(path, sent).status_code == 404
    assert standing(filled) == []


def test_a_form_of_another_site_decides_nothing(app: FastAPI, filled: Store) -> None:
    assert Client(app, "lan").ask("POST", path_of(2), data={"answer": "same"}).status_code == 403
    assert standing(filled) == []


@pytest.fixture(scope="module")
def shown() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def portal(app: FastAPI, filled: Store, home: Settings) -> Iterator[Running]:
    with running(filled, home, (LAN,)) as answering:
        yield answering


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_a_reviewer_decides_by_keyboard_and_takes_back(portal: Running, shown: Browser, filled: Store) -> None:
    page = portal.page(shown, name="lan")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.goto(f"{portal.address}/pairs")
    assert page.url.endswith(path_of(2))
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []
    for key, number, stands in (("F8", 1, 0), ("F4", 0, 1), ("F9", 1, 0), ("F2", 0, 1)):
        page.keyboard.press(key)
        page.wait_for_url(f"**{path_of(number)}")
        assert len(standing(filled)) == stands
    page.locator("#reason").focus()
    page.keyboard.type("s d 1 2")
    assert page.url.endswith(path_of(0))
    assert page.locator("#reason").input_value() == "s d 1 2"
    page.goto(f"{portal.address}{path_of(1)}/score")
    assert page.locator("img.waterfall").evaluate("image => image.naturalWidth") > 0
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []
    assert faults == []
    assert [d for d, _, _ in standing(filled)] == ["same"]


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_it_works_without_script(portal: Running, shown: Browser, filled: Store) -> None:
    page = portal.page(shown, script=False, name="lan")
    page.goto(f"{portal.address}/pairs")
    page.get_by_role("button", name="Hai người").press("Enter")
    page.wait_for_url(f"**{path_of(1)}")
    assert [d for d, _, _ in standing(filled)] == ["different"]
