"""What all pages of a running portal share, and who asks."""

from dataclasses import dataclass, field
from typing import Protocol, cast

from fastapi import Request

from pipeline.identity_provider import IdentityProvider
from pipeline.settings import Settings
from pipeline.sign_in import Gate
from portal.at_work import AtWork
from portal.rate import Rate
from store.accounts import Account
from store.engine import Store


class SignInNeededError(Exception):
    """Nobody is signed in, or too long ago."""


class Doorkeeper(Protocol):
    """Tells whose a session is."""

    def whose(self, token: str) -> Account | None:
        """The account that a token of a session belongs to; None = nobody's, ended or too old."""
        ...


@dataclass(frozen=True)
class Portal:
    """A running portal.

    Attributes:
        settings: of this machine, for the whole nation; `portal.asking` limits them to an account's province.
        store: the open store, for the whole nation.
        doorkeeper: tells whose a session is.
        gate: where people sign in.
        csrf_key: secret of the tokens of forms.
        hosts: host names (with port) that requests may name; empty = any, for tests.
        is_secure: cookies go over TLS only; False on loopback alone.
        is_local: batches are run on this machine, without Airflow.
        tries: how often one address may try to sign in.
        at_work: what people are at: piles in their order, what was put aside.
        provider: who vouches for people beside passwords; None = nobody.
    """

    settings: Settings
    store: Store
    doorkeeper: Doorkeeper
    gate: Gate
    csrf_key: bytes = field(repr=False)
    hosts: tuple[str, ...] = ()
    is_secure: bool = True
    is_local: bool = False
    tries: Rate = field(default_factory=Rate)
    at_work: AtWork = field(default_factory=AtWork)
    provider: IdentityProvider | None = None


def portal_of(request: Request) -> Portal:
    """The portal that a request came to."""
    return cast("Portal", request.app.state.portal)


def wants_json(request: Request) -> bool:
    """Was this asked for by a script?"""
    return "application/json" in request.headers.get("accept", "")


def account(request: Request) -> Account:
    """Who asks. Only for routes that need an account. Raises SignInNeededError."""
    found = getattr(request.state, "account", None)
    if not isinstance(found, Account):
        raise SignInNeededError
    return found
