"""A portal for tests: httpx asks the application itself, as whichever account the test names."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import anyio
import httpx
from fastapi import FastAPI

from pipeline.settings import Settings
from pipeline.sign_in import Gate
from pipeline.vault import open_vault
from portal.app import PAGES, create_app
from portal.context import Portal
from portal.routes import Routes
from store.accounts import Account, AccountRole
from store.engine import Store

HOST = "127.0.0.1:8080"
UPLOADER = Account("nga", AccountRole.UPLOADER, "01", "Phường Trúc Bạch")
"""Of Hà Nội."""


class Known:
    """A doorkeeper that takes a token for the name of an account."""

    def __init__(self, accounts: Iterable[Account] = (UPLOADER,)) -> None:
        self.accounts = {each.name: each for each in accounts}

    def whose(self, token: str) -> Account | None:
        return self.accounts.get(token)


def app_of(
    store: Store, settings: Settings, accounts: Iterable[Account] = (UPLOADER,), pages: Iterable[Routes] = PAGES
) -> FastAPI:
    """The application, with accounts that are signed in by a cookie of their name."""
    gate = Gate(store, open_vault(settings), allows_waived=True)
    return create_app(Portal(settings, store, Known(accounts), gate, b"k" * 32, (HOST,), is_secure=False), pages)


class Client:
    """Asks an application, as a browser with its cookies would, without following redirects."""

    def __init__(self, app: FastAPI, name: str = "", **cookies: str) -> None:
        self._app = app
        self.cookies = {"sohoa_session": name, **cookies} if name else dict(cookies)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Send a form with the token of our pages."""
        return self.ask("POST", path, data={"csrf_token": self.csrf(), **(data or {})}, **more)

    def csrf(self) -> str:
        """The token that a page would hold."""
        found = self.get("/no-such-page").text.partition('name="csrf-token" content="')[2]
        return found.partition('"')[0]

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
            sent = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            sent |= more.pop("headers", {})
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
                answer = await client.request(method, path, headers=sent, **more)
            self.cookies |= {each.name: each.value or "" for each in answer.cookies.jar}
            return answer

        return anyio.run(asked)


def as_role(role: AccountRole, province_code: str = "01") -> Account:
    """An account of a role, named after it."""
    return replace(UPLOADER, name=role.value, role=role, province_code=province_code)
