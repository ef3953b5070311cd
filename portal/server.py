"""Run the portal: open the store, know the keys, listen on this machine; the only import of uvicorn."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from pipeline import identity_provider
from pipeline.acting import acting
from pipeline.settings import Settings
from pipeline.sign_in import Gate
from pipeline.vault import open_vault, own_key
from portal.app import create_app
from portal.at_hand import at_hand
from portal.context import Portal
from portal.loader import loading
from portal.signing_in import StoredSessions
from store.engine import borrowed, open_store

LOOPBACK = "127.0.0.1"
_KEY = Path("keys/portal.key")
_STOPPING_SECONDS = 10
_MOST_AT_ONCE = 200


@contextmanager
def opened(settings: Settings, port: int, *, is_local: bool = False) -> Iterator[Portal]:
    """A portal of a home folder, with its store open; an embedded server that was not running stops at the end.

    Where the settings name no hosts it is for browsers of this machine alone: without TLS, and accounts that need no
    code may sign in.

    Raises:
        StoreUnavailable, SettingsError: as opening the store and the keys does.
    """
    hosts = tuple(name.strip() for name in (settings.portal_hosts or "").split(",") if name.strip())
    with borrowed(settings.store_url, settings.home):
        store = open_store(settings.store_url, settings.home, acting(settings))
        try:
            gate = Gate(store, open_vault(settings), allows_waived=not hosts)
            key, _ = own_key(None, settings.home, _KEY, b"sohoa portal")
            known = hosts or (f"{LOOPBACK}:{port}", f"localhost:{port}")
            provider = identity_provider.of_settings(settings)
            yield Portal(
                settings, store, StoredSessions(gate), gate, key, known, bool(hosts), is_local, provider=provider
            )
        finally:
            store.close()


def serve(portal: Portal, port: int) -> None:
    """Answer until the process is told to stop; requests that are being answered have ten seconds.

    It listens on loopback alone: towards a network a proxy with TLS stands before it (docs/portal.md).
    """
    # The server sends itself the signal that stopped it once more: what was opened is closed on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with loading(portal.settings, is_local=portal.is_local), at_hand():
        server_of(portal, port).run()


def server_of(portal: Portal, port: int) -> uvicorn.Server:
    """The server of a portal, not yet running."""
    config = uvicorn.Config(
        create_app(portal), host=LOOPBACK, port=port, log_level="warning", access_log=False, server_header=False,
        proxy_headers=portal.is_secure, forwarded_allow_ips=LOOPBACK, limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=_STOPPING_SECONDS, lifespan="off", ws="none",
    )  # fmt: skip
    return uvicorn.Server(config)
