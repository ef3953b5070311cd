"""The door to a running Airflow: its REST API v2 with one account, and whether its components are well.

Source: the API as Airflow 3.3 ships it. `POST /auth/token` gives a token for a name and a password (simple auth
manager, FAB, Keycloak alike). Nothing is followed elsewhere: a redirect is an answer like any other. What went wrong is
told as codes of ours, without tokens or passwords.
"""

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from schemas.errors import SohoaError

OK, CREATED = 200, 201
UNAUTHORIZED, NOT_FOUND, CONFLICT = 401, 404, 409
_API = "/api/v2"
_SECONDS, _HEALTH_SECONDS = 60.0, 10.0
_LONGEST_ANSWER = 1 << 20
_CAN_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})
_HEALTH = {"metadatabase": "api-server", "scheduler": "scheduler", "dag_processor": "dag-processor",
           "triggerer": "triggerer"}  # fmt: skip


class AirflowDown(SohoaError):  # noqa: N818 - the word of the field
    """Airflow cannot be reached, or is not ready. Passes with time."""

    exit_code = 3


class AirflowRefused(SohoaError):  # noqa: N818
    """Airflow answers, and does not do it: `status`. An engineer has to look; asking again is safe."""

    exit_code = 4


@dataclass
class Session:
    """An account at one Airflow; signs in at the first question. `url` may hold a path that the API lies below."""

    url: str
    user: str
    password: str = field(repr=False)
    seconds: float = _SECONDS
    """How long an answer may take."""
    _token: str = field(default="", repr=False)

    def get(self, path: str) -> Any:
        """The answer to a question, of a path below the API. Raises AirflowDown, AirflowRefused."""
        return _done(*self.asked("GET", path))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to an order; None if what was to be made is there already. Raises as `get`."""
        status, answer = self.asked("POST", path, body)
        return None if status == CONFLICT else _done(status, answer)

    def asked(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Mapping[str, Any]]:
        """Status and answer, asked with the token that is known, and with a new one where that has run out.

        Raises:
            AirflowDown: nobody answers. AirflowRefused: the account is not let in.
        """
        status, answer = (UNAUTHORIZED, {}) if not self._token else self._sent(method, path, body)
        if status == UNAUTHORIZED:
            self._token = self._new_token()
            status, answer = self._sent(method, path, body)
        return status, answer

    def _new_token(self) -> str:
        said = {"username": self.user, "password": self.password}
        status, answer = _sent(self.url, "POST", "/auth/token", self.seconds, said)
        token = answer.get("access_token")
        if status not in (OK, CREATED) or not isinstance(token, str) or not token.isprintable():
            raise wrong(status)
        return token

    def _sent(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, Mapping[str, Any]]:
        return _sent(self.url, method, f"{_API}/{path}", self.seconds, body, self._token)


def wrong(status: int) -> SohoaError:
    """The error of a status that is no success."""
    if status in _CAN_PASS:
        return AirflowDown("airflow.down", found=status)
    return AirflowRefused("airflow.refused", status=status)


def unhealthy(url: str) -> set[str]:
    """The components that do not answer or are not well; all of them where the API server does not answer."""
    try:
        said = _done(*_sent(url, "GET", f"{_API}/monitor/health", _HEALTH_SECONDS))
    except (AirflowDown, AirflowRefused):
        return set(_HEALTH.values())
    return {ours for name, ours in _HEALTH.items() if (said.get(name) or {}).get("status") != "healthy"}


def is_taken(host: str, port: int) -> bool:
    """Does somebody listen at that port?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _done(status: int, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if status not in (OK, CREATED):
        raise wrong(status)
    return answer


def _sent(
    url: str, method: str, path: str, seconds: float, body: Mapping[str, Any] | None = None, token: str = ""
) -> tuple[int, Mapping[str, Any]]:  # fmt: skip
    headers = {"Accept": "application/json", "Content-Type": "application/json", "Connection": "close"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    line = _line_to(url, seconds)
    try:
        content = json.dumps(body) if body is not None else None
        line.request(method, urlsplit(url).path.rstrip("/") + path, content, headers)
        answer = line.getresponse()
        return answer.status, _read(answer.read(_LONGEST_ANSWER))
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise AirflowDown("airflow.down", found=type(fault).__name__) from None
    finally:
        line.close()


def _line_to(url: str, seconds: float) -> http.client.HTTPConnection:
    at = urlsplit(url)
    if at.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(str(at.hostname), at.port, timeout=seconds, context=context)
    return http.client.HTTPConnection(str(at.hostname), at.port, timeout=seconds)


def _read(content: bytes) -> Mapping[str, Any]:
    """An answer that is no object of JSON says nothing: what stands before Airflow answers with pages."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
