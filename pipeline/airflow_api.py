"""The door to a running Airflow: its REST API v2, as far as a batch needs it, with one service account.

Source: the API as Airflow 3.3 ships it. `POST /auth/token` gives a token for a name and a password (simple auth
manager, FAB, Keycloak alike); `POST /api/v2/dags/{dag}/dagRuns` starts a run under an id of ours, 409 where it is
there already; `GET .../dagRuns/{id}` tells its state. Nothing is followed elsewhere: a redirect is an answer like any
other.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from pipeline.settings import Settings
from pipeline.vault import read_secret
from schemas.errors import SettingsError, SohoaError

DAG = "ingest_batch"
RunState = Literal["queued", "running", "success", "failed"]
_STATES: Mapping[str, RunState] = {
    "queued": "queued", "running": "running", "success": "success", "failed": "failed",
}  # fmt: skip
_SECONDS = 15.0
_LONGEST_ANSWER = 1 << 20
_OK, _CREATED = 200, 201
_UNAUTHORIZED, _NOT_FOUND, _CONFLICT = 401, 404, 409
_CAN_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})


class AirflowDown(SohoaError):  # noqa: N818 - the word of the field
    """Airflow cannot be reached, or is not ready. Passes with time."""

    exit_code = 3


class AirflowRefused(SohoaError):  # noqa: N818
    """Airflow answers, and does not do it: `status`. An engineer has to look; asking again is safe."""

    exit_code = 4


@dataclass
class AirflowApi:
    """An Airflow as its service account sees it. `url` may hold a path that the API lies below."""

    url: str
    user: str
    password: str = field(repr=False)
    _token: str = field(default="", repr=False)

    def trigger(self, run_id: str, conf: Mapping[str, Any]) -> None:
        """Start a run of `ingest_batch` under this id; one that is there already is not started again.

        Raises:
            AirflowDown, AirflowRefused: nothing is known to have begun; asking again with the same id is safe.
        """
        body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf)}
        status, _ = self._asked("POST", f"/api/v2/dags/{DAG}/dagRuns", body)
        if status == _CONFLICT and self.state(run_id) is not None:
            return
        if status not in (_OK, _CREATED):
            raise _wrong(status)

    def state(self, run_id: str) -> RunState | None:
        """The state of a run; None where Airflow knows none of this id. Raises AirflowDown, AirflowRefused."""
        status, answer = self._asked("GET", f"/api/v2/dags/{DAG}/dagRuns/{quote(run_id, safe='')}")
        if status == _NOT_FOUND:
            return None
        state = _STATES.get(str(answer.get("state"))) if status == _OK else None
        if state is None:
            raise _wrong(status)
        return state

    def _asked(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Mapping[str, Any]]:
        """Ask with the token that is known, and with a new one where that has run out."""
        status, answer = (_UNAUTHORIZED, {}) if not self._token else self._sent(method, path, body, self._token)
        if status == _UNAUTHORIZED:
            self._token = self._new_token()
            status, answer = self._sent(method, path, body, self._token)
        return status, answer

    def _new_token(self) -> str:
        said = {"username": self.user, "password": self.password}
        status, answer = self._sent("POST", "/auth/token", said, "")
        token = answer.get("access_token")
        if status not in (_OK, _CREATED) or not isinstance(token, str) or not token.isprintable():
            raise _wrong(status)
        return token

    def _sent(
        self, method: str, path: str, body: Mapping[str, Any] | None, token: str
    ) -> tuple[int, Mapping[str, Any]]:
        at = urlsplit(self.url)
        headers = {"Accept": "application/json", "Content-Type": "application/json", "Connection": "close"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        line = _line_to(self.url)
        try:
            line.request(method, at.path.rstrip("/") + path, json.dumps(body) if body is not None else None, headers)
            answer = line.getresponse()
            return answer.status, _read(answer.read(_LONGEST_ANSWER))
        except (OSError, http.client.HTTPException, ValueError) as wrong:
            raise AirflowDown("airflow.down", found=type(wrong).__name__) from None
        finally:
            line.close()


def of_settings(settings: Settings) -> AirflowApi | None:
    """The Airflow that the settings name; None where they name none.

    Raises:
        SettingsError: airflow.account (no name, or no file of the password); airflow.password.missing,
            airflow.password.readable_by_others, airflow.password.wrong_size.
    """
    if settings.airflow_url is None:
        return None
    if not settings.airflow_user or settings.airflow_password_file is None:
        raise SettingsError("airflow.account")
    password = read_secret(settings.airflow_password_file, "airflow.password.")
    return AirflowApi(settings.airflow_url, settings.airflow_user, password)


def _line_to(url: str) -> http.client.HTTPConnection:
    at = urlsplit(url)
    if at.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(str(at.hostname), at.port, timeout=_SECONDS, context=context)
    return http.client.HTTPConnection(str(at.hostname), at.port, timeout=_SECONDS)


def _read(content: bytes) -> Mapping[str, Any]:
    """An answer that is no object of JSON says nothing: what stands before Airflow answers with pages."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _wrong(status: int) -> SohoaError:
    if status in _CAN_PASS:
        return AirflowDown("airflow.down", found=status)
    return AirflowRefused("airflow.refused", status=status)
