"""A home folder with a store, and Airflow in it as `sohoa airflow` starts it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from store.engine import airflow_url

SOHOA = str(Path(sys.executable).with_name("sohoa"))


@dataclass(frozen=True)
class Home:
    path: Path

    def sohoa(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        given = {"SOHOA_HOME": str(self.path), "SOHOA_WORKERS": "1", "SOHOA_RECEIVED_ON": "2024-06-01"}
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SOHOA_", "AIRFLOW"))} | given
        return subprocess.run([SOHOA, *arguments], env=environment, capture_output=True, text=True, check=False)

    def ingest(self, *paths: Path, province: str = "01") -> subprocess.CompletedProcess[str]:
        return self.dag("ingest_batch", paths=[str(p) for p in paths], province=province)

    def dag(self, name: str, *options: str, **conf: object) -> subprocess.CompletedProcess[str]:
        """One run of a DAG."""
        return self.sohoa("airflow", "dags", "test", name, *options, "--conf", json.dumps(conf))

    def states(self) -> list[tuple[str, str]]:
        rows = self.ask("SELECT task_id, state FROM task_instance")
        return [(str(task), str(state)) for task, state in rows]

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Ask Airflow's metadata."""
        engine = sa.create_engine(airflow_url(self.path))
        with engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    path = Path(tempfile.mkdtemp(prefix="soh-"))
    made = Home(path)
    made.sohoa("store", "start")
    yield made
    made.sohoa("store", "stop")
    shutil.rmtree(path, ignore_errors=True)
