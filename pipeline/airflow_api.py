"""Runs of `ingest_batch` as the portal's service account starts and follows them.

`POST .../dagRuns` starts a run under an id of ours, 409 where it is there already; `GET .../dagRuns/{id}` tells its
state. How Airflow is asked: `pipeline.airflow_rest`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from pipeline.airflow_rest import CONFLICT, CREATED, NOT_FOUND, OK, Session, wrong
from pipeline.settings import Settings
from pipeline.vault import read_secret
from schemas.errors import SettingsError

DAG = "ingest_batch"
RunState = Literal["queued", "running", "success", "failed"]
_RUNS = f"dags/{DAG}/dagRuns"
_STATES: Mapping[str, RunState] = {
    "queued": "queued", "running": "running", "success": "success", "failed": "failed",
}  # fmt: skip
_SECONDS = 15.0


@dataclass
class AirflowApi(Session):
    """An Airflow as its service account sees it."""

    seconds: float = _SECONDS

    def trigger(self, run_id: str, conf: Mapping[str, Any]) -> None:
        """Start a run of `ingest_batch` under this id; one that is there already is not started again.

        Raises:
            AirflowDown, AirflowRefused: nothing is known to have begun; asking again with the same id is safe.
        """
        status, _ = self.asked("POST", _RUNS, {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf)})
        if status == CONFLICT and self.state(run_id) is not None:
            return
        if status not in (OK, CREATED):
            raise wrong(status)

    def state(self, run_id: str) -> RunState | None:
        """The state of a run; None where Airflow knows none of this id. Raises AirflowDown, AirflowRefused."""
        status, answer = self.asked("GET", f"{_RUNS}/{quote(run_id, safe='')}")
        if status == NOT_FOUND:
            return None
        state = _STATES.get(str(answer.get("state"))) if status == OK else None
        if state is None:
            raise wrong(status)
        return state


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
