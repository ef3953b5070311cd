"""Signing in: password, then code; one answer to every failure; locks, limits, a new token at every step."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from pipeline import accounts, codes, sign_in
from pipeline.settings import Settings
from pipeline.sign_in import Gate
from pipeline.vault import open_vault
from portal.app import create_app
from portal.context import Portal
from portal.rate import Rate
from portal.signing_in import StoredSessions
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.portal.clients import HOST, Client

pytestmark = pytest.mark.store
WRONG = "Không đăng nhập được"
NEW = "một câu dài dễ nhớ lắm"


@dataclass
class World:
    """A portal whose clock the test sets."""

    app: FastAPI
    store: Store
    gate: Gate
    time: list[datetime]

    def add(self, name: str, role: AccountRole = AccountRole.UPLOADER, *, needs_code: bool = True) -> str:
        province = "01" if role in accounts.PROVINCIAL else ""
        return accounts.add(self.store, Account(name, role, province, must_change=True), needs_code=needs_code).password

    def wait(self, **how: float) -> None:
        self.time[0] += timedelta(**how)

    def events(self, action: str) -> list[tuple[str, str, str]]:
        with self.store.reading() as connection:
            query = sa.text("SELECT actor, outcome, reason FROM audit_events WHERE action = :a ORDER BY sequence")
            return [tuple(row) for row in connection.execute(query, {"a": action})]


@pytest.fixture
def world(opened: Store, home: Settings) -> Iterator[World]:
    time = [datetime(2026, 5, 1, 8, tzinfo=UTC)]
    gate = Gate(opened, open_vault(home), now=lambda: time[0])
    portal = Portal(home, opened, StoredSessions(gate), gate, b"k" * 32, (HOST,), tries=Rate(10_000))
    yield World(create_app(replace(portal, is_secure=False)), opened, gate, time)
    with opened.writing() as connection:  # the next test begins without waiting
        connection.execute(sa.text("SELECT 1"))


def with_password(client: Client, name: str, password: str) -> str:
    """Where a name and a password lead; "" where they are refused."""
    client.get("/sign-in")
    answer = client.post("/sign-in", {"name": name, "password": password})
    assert (answer.status_code == 401) == (WRONG in answer.text)
    return answer.headers.get("location", "")


def set_up(world: World, name: str, password: str) -> tuple[Client, str]:
    """Sign in for the first time; the client and the secret of the codes."""
    client = Client(world.app)
    assert with_password(client, name, password) == "/sign-in/new-code?next=/"
    page = client.get("/sign-in/new-code").text
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert secret
    code = codes.code_at(secret[1], world.time[0].timestamp())
    assert client.post("/sign-in/new-code", {"secret": secret[1], "code": code}).headers["location"] == "/"
    return client, secret[1]


def test_password_then_a_new_second_factor_then_ones_own_password(world: World) -> None:
    password = world.add("nga")
    client, _ = set_up(world, "nga", password)
    assert client.get("/").headers["location"] == "/account"
    assert client.get("/batches").headers["location"] == "/account"
    changed = client.post("/account/password", {"old": password, "new": NEW, "again": NEW})
    assert "Đã đổi mật khẩu" in changed.text
    assert client.get("/").headers["location"] == "/batches"
    assert with_password(Client(world.app), "nga", password) == ""
    assert with_password(Client(world.app), "NGA ", NEW) == "/sign-in/code?next=/"


def test_each_code_is_taken_once_and_each_step_renews_the_token(world: World) -> None:
    password = world.add("binh")
    first, secret = set_up(world, "binh", password)
    tokens = {first.cookies["sohoa_session"]}
    other = Client(world.app)
    other.get("/sign-in")
    tokens.add(other.cookies["sohoa_session"])
    with_password(other, "binh", password)
    tokens.add(other.cookies["sohoa_session"])
    assert other.get("/account").headers["location"].startswith("/sign-in")  # half a session opens nothing
    now = codes.code_at(secret, world.time[0].timestamp())
    assert other.post("/sign-in/code", {"code": now}).status_code == 401
    world.wait(seconds=31)
    fresh = codes.code_at(secret, world.time[0].timestamp())
    answer = other.post("/sign-in/code", {"code": f" {fresh[:3]} {fresh[3:]}", "next": "/batches"})
    assert answer.headers["location"] == "/batches"
    tokens.add(other.cookies["sohoa_session"])
    assert len(tokens) == 4
    assert other.get("/account").status_code == 200


def test_every_failure_has_one_answer_and_the_audit_knows_which(world: World) -> None:
    password = world.add("cuc")
    world.add("dung")
    accounts.set_disabled(world.store, accounts.named(world.store, "dung"), is_disabled=True)
    before = len(world.events("account.signed_in"))
    pages = set()
    for name, given in (("cuc", "wrong"), ("nobody", password), ("dung", "wrong"), ("' OR 1=1 --", "x"), ("", " ")):
        client = Client(world.app)
        client.get("/sign-in")
        answer = client.post("/sign-in", {"name": name or "?", "password": given})
        pages.add(re.sub(r'(value|content)="[0-9a-f]{64}"', "", answer.text))
        assert answer.status_code == 401
    assert len(pages) == 1
    told = world.events("account.signed_in")[before:]
    assert [reason for _, _, reason in told] == ["password", "unknown", "disabled", "unknown", "unknown"]
    assert {outcome for _, outcome, _ in told} == {"refused"}


def test_five_failures_lock_for_a_quarter_of_an_hour(world: World) -> None:
    password = world.add("giang")
    for _ in range(sign_in.MOST_FAILURES):
        assert with_password(Client(world.app), "giang", "wrong") == ""
    assert with_password(Client(world.app), "giang", password) == ""
    assert world.events("account.locked")
    world.wait(minutes=15, seconds=1)
    assert with_password(Client(world.app), "giang", password) == "/sign-in/new-code?next=/"


def test_guessing_codes_locks_too_and_ends_the_half_session(world: World) -> None:
    password = world.add("huong")
    set_up(world, "huong", password)
    client = Client(world.app)
    with_password(client, "huong", password)
    for _ in range(sign_in.MOST_FAILURES):
        assert client.post("/sign-in/code", {"code": "000000"}).status_code == 401
    assert client.post("/sign-in/code", {"code": "000000"}).headers["location"] == "/sign-in"
    assert with_password(Client(world.app), "huong", password) == ""


def test_a_session_ends_by_itself_and_by_hand(world: World) -> None:
    password = world.add("khanh")
    client, _ = set_up(world, "khanh", password)
    world.wait(minutes=29)
    assert client.get("/account").status_code == 200
    stolen = Client(world.app, client.cookies["sohoa_session"])
    client.post("/sign-out")
    assert stolen.get("/account").status_code == 303
    world.wait(minutes=31)
    assert client.get("/account").status_code == 303


def test_an_account_without_code_signs_in_on_loopback_alone(world: World) -> None:
    password = world.add("lan", needs_code=False)
    assert with_password(Client(world.app), "lan", password) == ""
    open_gate = replace(world.gate, allows_waived=True)
    assert sign_in.with_password(open_gate, "lan", password, "t") == "done"


def test_a_new_password_ends_the_other_sessions(world: World) -> None:
    password = world.add("minh")
    client, secret = set_up(world, "minh", password)
    other = Client(world.app)
    with_password(other, "minh", password)
    world.wait(seconds=60)
    other.post("/sign-in/code", {"code": codes.code_at(secret, world.time[0].timestamp())})
    assert other.get("/account").status_code == 200
    client.post("/account/password", {"old": password, "new": NEW, "again": NEW})
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


@pytest.mark.parametrize("new", ["short", "aaaaaaaaaaaaaaaa", "phuc-password-1", "x" * 129])
def test_a_bad_new_password_is_refused_with_what_to_do(world: World, new: str) -> None:
    name = f"phuc{abs(hash(new)) % 10_000}"
    password = world.add(name)
    client, _ = set_up(world, name, password)
    answer = client.post("/account/password", {"old": password, "new": new, "again": new})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert client.get("/batches").headers["location"] == "/account"


def test_one_address_tries_so_often_and_no_oftener(world: World) -> None:
    object.__setattr__(world.app.state.portal, "tries", Rate(3))
    client = Client(world.app)
    client.get("/sign-in")
    answers = [client.post("/sign-in", {"name": "x1", "password": "y"}).status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a\r\nX: y"]
)
def test_signing_in_leads_to_our_own_pages_alone(world: World, back: str) -> None:
    page = Client(world.app).get("/sign-in", params={"next": back})
    assert "evil" not in page.text
    assert 'name="next" value="/"' in page.text


def test_nothing_that_was_typed_is_told(world: World) -> None:
    client = Client(world.app)
    with_password(client, "Bí Mật Tên", "Bí-Mật-Khẩu")
    with world.store.reading() as connection:
        text = "\n".join(connection.execute(sa.text("SELECT e::text FROM audit_events e")).scalars())
    assert "Mật" not in text


def test_one_sees_where_one_is_signed_in_and_ends_it(world: World) -> None:
    password = world.add("oanh")
    here, secret = set_up(world, "oanh", password)
    elsewhere = Client(world.app)
    with_password(elsewhere, "oanh", password)
    world.wait(seconds=60)
    code = codes.code_at(secret, world.time[0].timestamp())
    agent = "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36"
    elsewhere.post("/sign-in/code", {"code": code}, headers={"user-agent": agent})
    page = here.get("/account").text
    assert "Chrome, Windows" in page
    assert "Nơi này" in page
    (handle,) = re.findall(r'name="which" value="([0-9a-f]{32})"', page)
    stranger = world.add("phuong")
    other, _ = set_up(world, "phuong", stranger)
    assert other.post("/account/sessions/end", {"which": handle}).status_code == 303
    assert elsewhere.get("/account").status_code == 200, "nobody ends a session of another account"
    assert here.post("/account/sessions/end", {"which": "x"}).status_code == 400
    assert here.post("/account/sessions/end", {"which": handle}).headers["location"] == "/account"
    assert elsewhere.get("/account").status_code == 303
    third = Client(world.app)
    with_password(third, "oanh", password)
    world.wait(seconds=60)
    third.post("/sign-in/code", {"code": codes.code_at(secret, world.time[0].timestamp())})
    assert third.get("/account").status_code == 200
    assert here.post("/account/sessions/end-others").status_code == 303
    assert third.get("/account").status_code == 303
    assert here.get("/account").status_code == 200
    assert "/account/sessions/end" not in here.get("/account").text
