"""Questions to an identity provider: one answer of JSON each, over TLS or on this machine, no redirect followed."""

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from schemas.errors import SohoaError

_SECONDS = 10.0
_LONGEST_ANSWER = 1 << 20
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ProviderDown(SohoaError):  # noqa: N818 - the word of the field
    """The provider cannot be reached, or says what is no answer. Passes with time."""

    exit_code = 3


def is_safe(url: str) -> bool:
    """May something secret be sent there: over TLS, or to this machine?"""
    try:
        at = urlsplit(url)
        _ = at.port
    except ValueError:
        return False
    is_known = at.scheme == "https" or (at.scheme == "http" and at.hostname in _LOOPBACK)
    return is_known and bool(at.hostname) and not at.username and not at.fragment and url.isprintable()


def asked(
    url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, Mapping[str, Any]]:
    """Status and answer of a GET, or of a POST of a form; an answer that is no object of JSON says nothing.

    Raises:
        ProviderDown: nobody answers, or it is no address to send anything to.
    """
    if not is_safe(url):
        raise ProviderDown("identity.down")
    at = urlsplit(url)
    line = _line_to(at.scheme, str(at.hostname), at.port)
    said = {"Accept": "application/json", "Connection": "close", **(headers or {})}
    body = None if form is None else urlencode(form)
    if body is not None:
        said["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        path = (at.path or "/") + (f"?{at.query}" if at.query else "")
        line.request("GET" if body is None else "POST", path, body, said)
        answer = line.getresponse()
        return answer.status, _object(answer.read(_LONGEST_ANSWER))
    except (OSError, http.client.HTTPException) as fault:
        raise ProviderDown("identity.down", found=type(fault).__name__) from None
    finally:
        line.close()


def _line_to(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=_SECONDS)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
