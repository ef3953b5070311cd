"""A portal that runs: on a port of loopback, with accounts of every role and a batch, for browsers and for the wire."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from pipeline import accounts, codes, sign_in
from pipeline.settings import Settings
from portal import server
from portal.context import Portal
from portal.rate import Rate
from store.accounts import Account, AccountRole

SAID = "một câu dài dễ nhớ lắm"
_SECONDS = 30


@dataclass(frozen=True)
class Running:
    """Where it runs, the portal, and the secret of the codes of each account."""

    address: str
    portal: Portal
    secrets: dict[str, str]

    def code(self, name: str, seconds: float) -> str:
        return codes.code_at(self.secrets[name], seconds)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((server.LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(settings: Settings) -> Iterator[Running]:
    """A portal in a thread; each account is named after its role, with the password SAID."""
    port = free_port()
    with server.opened(settings, port) as found:
        portal = replace(found, tries=Rate(10_000))  # tests sign in oftener than an office
        secrets = {role.value.replace("_", "-"): made(portal, role) for role in AccountRole}
        serving = server.server_of(portal, port)
        thread = threading.Thread(target=serving.run, daemon=True)
        thread.start()
        end = time.monotonic() + _SECONDS
        while not serving.started and time.monotonic() < end:
            time.sleep(0.02)
        try:
            yield Running(f"http://{server.LOOPBACK}:{port}", portal, secrets)
        finally:
            serving.should_exit = True
            thread.join(_SECONDS)


def made(portal: Portal, role: AccountRole) -> str:
    """An account of the role that has signed in before; the secret of its codes."""
    province = "01" if role in accounts.PROVINCIAL else ""
    account = Account(role.value.replace("_", "-"), role, province)
    added = accounts.add(portal.store, account)
    sign_in.change_password(portal.gate, account, added.password, SAID, "")
    secret = codes.new_secret()
    sign_in.keep_secret(portal.gate, account, secret)
    return secret
