"""What all pages of a running portal share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from fastapi import Request

from pipeline.settings import Settings
from store.engine import Store

if TYPE_CHECKING:
    from portal.guard import Doorkeeper


@dataclass(frozen=True)
class Portal:
    """A running portal.

    Attributes:
        settings: of this machine, for the whole nation; `portal.asking` limits them to an account's province.
        store: the open store, for the whole nation.
        doorkeeper: tells whose a session is.
        csrf_key: secret of the tokens of forms.
        hosts: host names (with port) that requests may name; empty = any, for tests.
        is_secure: cookies go over TLS only; False on loopback alone.
        is_local: batches are run on this machine, without Airflow.
    """

    settings: Settings
    store: Store
    doorkeeper: Doorkeeper
    csrf_key: bytes = field(repr=False)
    hosts: tuple[str, ...] = ()
    is_secure: bool = True
    is_local: bool = False


def portal_of(request: Request) -> Portal:
    """The portal that a request came to."""
    return cast("Portal", request.app.state.portal)
