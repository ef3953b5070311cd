"""The matrix: as RELIABILITY's role matrix has it; tried through every route, for every role that may not."""

import re

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from pipeline.settings import Settings
from portal.app import PAGES
from portal.rights import MATRIX, Action, Reach, may, reach
from portal.routes import Routes
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.portal.clients import Client, app_of

U, R, L, E, A, P, D = AccountRole
OWN, ALL, NONE = "○", "●", "–"
WANTED = {  # rows of the matrix of RELIABILITY: uploader reviewer lead engineer auditor privacy officer db admin
    Action.UPLOAD: "○○○––––", Action.SUBMIT: "○○–––––", Action.APPROVE: "––○––––", Action.SEE_PERSON: "○○○–●●–",
    Action.SEE_SCAN: "○○○–●●–", Action.DECIDE_DUPLICATE: "–○○––––", Action.UNMERGE: "–○○––––",
    Action.RUN_FLOW: "–––●–––", Action.READ_LOGS: "–––●●––", Action.CHANGE_RULES: "–––●–––",
    Action.READ_REPORT: "○○○–●●–", Action.AUDIT: "––––●●–", Action.PROPOSE_ACCOUNT: "––○––––",
    Action.APPROVE_ACCOUNT: "–––––●–", Action.ERASE: "–––––●–", Action.SQL: "–––––––", Action.FOLLOW: "○○○●●●–",
}  # fmt: skip
SIGNS = {Reach.OWN: OWN, Reach.ALL: ALL, Reach.NONE: NONE}
FREE = {Action.PUBLIC, Action.STATIC, Action.OWN_ACCOUNT}
EVERY = [route for routes in PAGES for route in routes.router.routes if isinstance(route, APIRoute)]
CASES = [(role, route) for role in AccountRole for route in EVERY]


def action_of(route: APIRoute) -> Action:
    return Action((route.openapi_extra or {})["x-action"])


def test_the_matrix_is_that_of_the_requirements() -> None:
    assert set(MATRIX) == set(Action) == set(WANTED) | FREE
    for action, signs in WANTED.items():
        assert "".join(SIGNS[reach(role, action)] for role in AccountRole) == signs, action


@given(
    st.sampled_from(list(AccountRole)), st.sampled_from(list(Action)), st.sampled_from(["", "01", "40"]),
    st.sampled_from(["01", "40"]),
)  # fmt: skip
def test_law_nobody_reaches_beyond_the_own_province(role: AccountRole, action: Action, own: str, other: str) -> None:
    account = Account("x1", role, own)
    if may(account, action, other):
        assert reach(role, action) is not Reach.NONE
        assert own in ("", other)
        assert own == other or reach(role, action) is Reach.ALL
    elif reach(role, action) is Reach.ALL:
        assert own not in ("", other)


@pytest.fixture(scope="module")
def app(opened: Store, home: Settings) -> FastAPI:
    return app_of(opened, home, [Account(role.value, role, "01") for role in AccountRole])


def path_of(route: APIRoute) -> str:
    """A path of the route, with an id that nobody has."""
    return re.sub(r"\{(\w+)\}", lambda m: "7" if m[1] == "number" else "f" * 32, route.path)


@pytest.mark.store
def test_every_route_refuses_every_role_that_may_not(app: FastAPI, opened: Store) -> None:
    """One page for all of them: the one of a path that does not exist; and each leaves an event."""
    tried, wrong = 0, []
    for role in AccountRole:
        client = Client(app, role.value)
        token = client.csrf()
        shape = without_tokens(client.get("/no-such-page").text)
        for route in EVERY:
            action, (method,) = action_of(route), sorted(route.methods)
            if action in FREE or reach(role, action) is not Reach.NONE:
                continue
            before = denied(opened)
            answer = client.ask(method, path_of(route), headers={"X-CSRF-Token": token})
            tried += 1
            if (answer.status_code, without_tokens(answer.text)) != (404, shape):
                wrong.append((role, method, route.path, answer.status_code))
            if denied(opened) != before + 1:
                wrong.append((role, method, route.path, "no event"))
    assert wrong == []
    assert tried >= 25


@pytest.mark.store
def test_every_route_sends_who_is_nobody_to_sign_in(app: FastAPI) -> None:
    client = Client(app)
    token = client.csrf()
    for route in EVERY:
        if action_of(route) in (Action.PUBLIC, Action.STATIC):
            continue
        (method,) = sorted(route.methods)
        answer = client.ask(method, path_of(route), headers={"X-CSRF-Token": token})
        assert answer.status_code == 303, route.path
        assert answer.headers["location"].startswith("/sign-in"), route.path


@pytest.mark.store
def test_every_route_that_changes_something_wants_its_token(app: FastAPI) -> None:
    """Law: without the token of the own session no POST or PUT is answered but with 403 (or 404 where it may not)."""
    other = Client(app, "lead").csrf()
    for route in EVERY:
        (method,) = sorted(route.methods)
        if method == "GET":
            continue
        for token in ("", "0" * 64, other):
            answer = Client(app, "uploader").ask(method, path_of(route), headers={"X-CSRF-Token": token})
            assert answer.status_code in (403, 404), (route.path, answer.status_code)
            if reach(U, action_of(route)) is not Reach.NONE:
                assert answer.status_code == 403, route.path


@pytest.mark.parametrize("routes", PAGES, ids=lambda r: r.prefix or "root")
def test_every_route_declares_its_action(routes: Routes) -> None:
    for route in routes.router.routes:
        assert isinstance(route, APIRoute)
        assert action_of(route) in set(Action)
        assert len(route.methods) == 1


def without_tokens(page: str) -> str:
    return re.sub(r'(content|value)="[^"]*"', "", page)


def denied(store: Store) -> int:
    with store.reading() as connection:
        query = sa.text("SELECT count(*) FROM audit_events WHERE action = 'portal.denied'")
        return int(connection.execute(query).scalar_one())
