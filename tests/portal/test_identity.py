"""Signing in through an identity provider: linked accounts alone, their own rights, our code or the provider's; out."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from playwright.sync_api import expect

from pipeline import accounts, codes, sign_in
from pipeline.identity_provider import IdentityProvider, key_of
from pipeline.settings import Settings
from pipeline.sign_in import Gate
from pipeline.vault import open_vault
from portal import server
from portal.app import create_app
from portal.context import Portal
from portal.rate import Rate
from portal.signing_in import StoredSessions
from schemas.errors import UsageError
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.picture_of_report import browser, chromium
from tests.pipeline.identity_server import CLIENT, SECRET, Provider, provider
from tests.portal.clients import HOST, Client
from tests.portal.worlds import free_port

pytestmark = pytest.mark.store


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as found:
        yield found


def app_of(opened: Store, home: Settings, door: IdentityProvider | None) -> FastAPI:
    gate = Gate(opened, open_vault(home))
    doorkeeper = StoredSessions(gate)
    return create_app(
        Portal(home, opened, doorkeeper, gate, b"k" * 32, (HOST,), False, tries=Rate(10_000), provider=door)
    )


def linked(opened: Store, there: Provider, name: str, subject: str, role: AccountRole = AccountRole.UPLOADER) -> str:
    """An account that is linked to a subject; its former temporary password."""
    account = Account(name, role, "01" if role in accounts.PROVINCIAL else "", must_change=True)
    password = accounts.add(opened, account).password
    accounts.link(opened, account, key_of(there.issuer, subject))
    return password


def back(client: Client, there: Provider, path: str = "/sign-in/provider") -> str:
    """Go to the provider and come back: the page that is shown."""
    went = client.get(path)
    assert went.status_code == 303
    cookie = next(c for c in went.headers.get_list("set-cookie") if c.startswith("sohoa_identity="))
    assert "SameSite=lax" in cookie
    assert "HttpOnly" in cookie
    at = urlsplit(there.authorized(went.headers["location"]))
    return client.get(f"{at.path}?{at.query}").text


def onward(page: str) -> str:
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    return found[1] if found else ""


def test_an_identity_with_the_providers_second_factor_signs_in(opened: Store, home: Settings, there: Provider) -> None:
    password = linked(opened, there, "nga", "s-1")
    there.subject, there.more = "s-1", {"amr": ["pwd", "otp"]}
    app = app_of(opened, home, IdentityProvider(there.issuer, CLIENT, SECRET, "amr=otp"))
    client = Client(app)
    assert "/sign-in/provider?next=" in client.get("/sign-in").text
    assert onward(back(client, there, "/sign-in/provider?next=/batches")) == "/batches"
    assert client.get("/batches").status_code == 200
    assert client.get("/accounts").status_code == 404, "it has the rights of its account and no others"
    with pytest.raises(UsageError, match=r"account\.identity_taken"):
        accounts.link(opened, Account("other", AccountRole.LEAD, "01"), key_of(there.issuer, "s-1"))
    assert Client(app).post("/sign-in", {"name": "nga", "password": password}).status_code == 401, "no password now"
    there.more = {"amr": ["pwd"]}
    assert "chưa xác nhận" in back(Client(app), there)
    out = client.post("/sign-out")
    assert out.headers["location"] == "/sign-in/provider/ended"
    page = client.get("/sign-in/provider/ended").text
    assert onward(page).startswith(f"{there.issuer}/end?client_id=")
    assert client.get("/batches").status_code == 303


def test_without_the_providers_factor_our_code_is_asked(opened: Store, home: Settings, there: Provider) -> None:
    linked(opened, there, "binh", "s-2")
    there.subject, there.more = "s-2", {"amr": ["otp"]}
    app = app_of(opened, home, IdentityProvider(there.issuer, CLIENT, SECRET))
    client = Client(app)
    assert onward(back(client, there)) == "/sign-in/new-code?next=/"
    assert client.get("/batches").headers["location"].startswith("/sign-in"), "half a session opens nothing"
    page = client.get("/sign-in/new-code").text
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert secret
    gate = app.state.portal.gate
    code = codes.code_at(secret[1], gate.now().timestamp())
    assert client.post("/sign-in/new-code", {"secret": secret[1], "code": code}).headers["location"] == "/"
    assert client.get("/batches").status_code == 200
    assert client.post("/sign-out").headers["location"] == "/sign-in/provider/ended"


def test_identities_that_are_linked_to_nobody_or_to_barred_ones(opened: Store, home: Settings, there: Provider) -> None:
    linked(opened, there, "cuc", "s-3", AccountRole.AUDITOR)
    app = app_of(opened, home, IdentityProvider(there.issuer, CLIENT, SECRET, "amr=otp"))
    there.more = {"amr": ["otp"], "role": "lead", "groups": ["admin"]}
    there.subject = "s-nobody"
    before = count(opened)
    assert "chưa được nối" in back(Client(app), there)
    assert count(opened) == before, "nobody becomes an account by signing in"
    there.subject = "s-3"
    accounts.set_disabled(opened, accounts.named(opened, "cuc"), is_disabled=True)
    client = Client(app)
    assert "chưa được nối" in back(client, there)
    assert client.get("/reports").status_code == 303
    accounts.set_disabled(opened, accounts.named(opened, "cuc"), is_disabled=False)
    assert onward(back(client, there)) == "/"
    assert client.get("/reports").status_code == 200
    accounts.unlink(opened, accounts.named(opened, "cuc"))
    assert client.get("/reports").status_code == 303, "unlinking signs out"
    assert "chưa được nối" in back(Client(app), there)
    with opened.reading() as connection:
        query = "SELECT reason FROM audit_events WHERE action = 'account.signed_in' AND outcome = 'refused'"
        told = set(connection.execute(sa.text(query)).scalars())
        text = "\n".join(connection.execute(sa.text("SELECT e::text FROM audit_events e")).scalars())
    assert {"unknown_identity", "disabled"} <= told
    assert "s-nobody" not in text


def count(store: Store) -> int:
    with store.reading() as connection:
        return int(
            connection.execute(sa.text("SELECT count(*) FROM audit_events WHERE action = 'account.added'")).scalar_one()
        )


def test_an_answer_is_of_the_browser_that_went_and_taken_once(opened: Store, home: Settings, there: Provider) -> None:
    linked(opened, there, "dao", "s-4")
    there.subject, there.more = "s-4", {"amr": ["otp"]}
    app = app_of(opened, home, IdentityProvider(there.issuer, CLIENT, SECRET, "amr=otp"))
    victim, attacker = Client(app), Client(app)
    at = urlsplit(there.authorized(attacker.get("/sign-in/provider").headers["location"]))
    answer = f"{at.path}?{at.query}"
    assert victim.get(answer).status_code == 401, "nobody is signed in as somebody else by a link"
    assert attacker.get(answer).status_code == 401
    client = Client(app)
    went = client.get("/sign-in/provider").headers["location"]
    at = urlsplit(there.authorized(went))
    assert client.get(f"{at.path}?{at.query}").status_code == 200
    assert client.get(f"{at.path}?{at.query}").status_code == 401, "a replayed answer"
    assert parse_qs(urlsplit(went).query)["redirect_uri"] == [f"http://{HOST}/sign-in/provider/back"]
    for query in ("", "?error=access_denied&state=x", "?code=x&state=y", "?state=" + "z" * 3000):
        assert Client(app).get(f"/sign-in/provider/back{query}").status_code in (400, 401)


def test_a_provider_that_is_down_and_none_at_all(opened: Store, home: Settings) -> None:
    app = app_of(opened, home, IdentityProvider("http://127.0.0.1:9/realm", CLIENT))
    answer = Client(app).get("/sign-in/provider")
    assert "chưa trả lời" in answer.text
    bare = app_of(opened, home, None)
    assert "/sign-in/provider" not in Client(bare).get("/sign-in").text
    for path in ("", "/back?code=x&state=y", "/ended"):
        assert Client(bare).get(f"/sign-in/provider{path}").status_code == 404


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_a_real_browser_comes_back_from_another_site(home: Settings, opened: Store) -> None:
    """The provider is on localhost, the portal on 127.0.0.1: to a browser these are two sites."""
    import threading
    import time
    from dataclasses import replace

    with provider("localhost") as there, browser() as chrome:
        linked(opened, there, "giang", "s-5")
        there.subject, there.more = "s-5", {"amr": ["otp"]}
        port = free_port()
        with server.opened(home, port) as found:
            door = IdentityProvider(there.issuer, CLIENT, SECRET, "amr=otp")
            serving = server.server_of(replace(found, provider=door), port)
            thread = threading.Thread(target=serving.run, daemon=True)
            thread.start()
            while not serving.started:
                time.sleep(0.02)
            try:
                page = chrome.new_page()
                page.goto(f"http://127.0.0.1:{port}/batches")
                page.click("a[href^='/sign-in/provider']")
                page.wait_for_url(f"http://127.0.0.1:{port}/batches")
                expect(page.locator("h1")).to_be_visible()
                page.goto(f"http://127.0.0.1:{port}/account")
                expect(page.locator("main")).to_contain_text("giang")
                page.click("form[action='/sign-out'] button")
                page.wait_for_url(re.compile(rf"{re.escape(there.issuer)}/end\?"))
            finally:
                serving.should_exit = True
                thread.join(20)
    assert sign_in.own_sessions(Gate(opened, open_vault(home)), accounts.named(opened, "giang"), "") == []
