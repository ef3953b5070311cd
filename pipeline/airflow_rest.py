"""Airflow's REST interface, as much of it as sohoa asks: health, pools, runs. Standard library alone, loopback mostly.

What went wrong is told as codes of ours, without addresses of tokens or passwords.
"""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from schemas.errors import StoreUnavailable

_SECONDS, _HEALTH_SECONDS = 60, 10
_HEALTH = {"metadatabase": "api-server", "scheduler": "scheduler", "dag_processor": "dag-processor",
           "triggerer": "triggerer"}  # fmt: skip
_REACHED = (urllib.error.URLError, TimeoutError, ConnectionError, json.JSONDecodeError)


def is_taken(host: str, port: int) -> bool:
    """Does somebody listen at that port?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def unhealthy(address: str) -> set[str]:
    """The components that do not answer or are not well; all of them where the API server does not answer."""
    try:
        said = _asked(_request(f"{address}/api/v2/monitor/health", "GET", None), _HEALTH_SECONDS)
    except _REACHED:
        return set(_HEALTH.values())
    return {ours for name, ours in _HEALTH.items() if (said.get(name) or {}).get("status") != "healthy"}


@dataclass
class Session:
    """An account at one Airflow; signs in at the first question."""

    address: str
    name: str
    password: str = field(repr=False)
    _token: str = field(default="", repr=False)

    def get(self, path: str) -> Any:
        """The answer to a question. Raises StoreUnavailable airflow.unreachable."""
        return self._call("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to an order; None if what was to be made is there already. Raises as `get`."""
        return self._call("POST", path, body)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        try:
            if not self._token:
                asked = _request(
                    f"{self.address}/auth/token", "POST", {"username": self.name, "password": self.password}
                )
                self._token = _asked(asked)["access_token"]
            request = _request(f"{self.address}/api/v2/{path}", method, body)
            request.add_header("Authorization", f"Bearer {self._token}")
            return _asked(request)
        except urllib.error.HTTPError as refused:
            if refused.code == HTTPStatus.CONFLICT:
                return None
            raise StoreUnavailable("airflow.unreachable", status=refused.code) from None
        except _REACHED:
            raise StoreUnavailable("airflow.unreachable") from None


def _request(url: str, method: str, body: Mapping[str, Any] | None) -> urllib.request.Request:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    return urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - an address of our own settings


def _asked(request: urllib.request.Request, seconds: float = _SECONDS) -> Any:
    with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310 - as above
        return json.loads(answer.read())
