"""A running portal for a real browser: the application on a port of loopback, one account signed in."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from playwright.sync_api import Browser, Page

from pipeline.settings import Settings
from pipeline.sign_in import Gate
from pipeline.vault import open_vault
from portal.app import create_app
from portal.context import Portal
from store.accounts import Account
from store.engine import Store
from tests.portal.clients import UPLOADER, Known


@dataclass(frozen=True)
class Running:
    """Where a portal answers."""

    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(
        self, browser: Browser, *, width: int = 1366, height: int = 768, script: bool = True, name: str = UPLOADER.name
    ) -> Page:
        """A page of a browser in which that account is signed in."""
        context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=script)
        context.add_cookies([{"name": "sohoa_session", "value": name, "url": self.address}])
        return context.new_page()


@contextmanager
def running(store: Store, settings: Settings, accounts: Iterable[Account] = (UPLOADER,)) -> Iterator[Running]:
    """A portal of those accounts that answers on some port until the block ends."""
    gate = Gate(store, open_vault(settings), allows_waived=True)
    app = create_app(Portal(settings, store, Known(accounts), gate, b"k" * 32, (), is_secure=False))
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield Running(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
