"""Run Airflow with sohoa's settings: its home under ours, our DAG folder, nothing that phones home.

Airflow keeps its metadata in a second database of the embedded server, so that the runs of `dags test` stand in the
web page of `standalone` too, and backfills do not lock each other out as they do on SQLite.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.settings import Settings, child_environment
from store import engine

DAGS = Path(__file__).resolve().parent.parent / "dags"
_CONNECTION = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
_FIXED = frozenset({"AIRFLOW_HOME", "SOHOA_HOME", "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED", "SCARF_ANALYTICS"})
_STOP_SECONDS = 30
_SIGNALLED = 128
"""What a shell adds to the number of the signal that ended a program."""


def airflow_environment(settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """What an Airflow process needs beside the environment `given`, which wins but for homes and telemetry.

    With AIRFLOW__DATABASE__SQL_ALCHEMY_CONN given, Airflow uses that database and the embedded server is not started.
    """
    ours = {
        "AIRFLOW_HOME": str(settings.home / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "SCARF_ANALYTICS": "false",
        "SOHOA_HOME": str(settings.home),
        "PYTHONWARNINGS": "ignore",
    }
    if _CONNECTION not in given:
        url = engine.airflow_url(settings.home)
        ours |= {_CONNECTION: url, _CONNECTION + "_ASYNC": url}
    chosen = {k: v for k, v in ours.items() if k in _FIXED or k not in given}
    # `airflow` itself must be found by the processes that it starts.
    path = str(Path(sys.executable).parent) + ":" + given.get("PATH", "")
    return {**chosen, "PATH": path, "PYTHONDONTWRITEBYTECODE": ""}


def run_airflow(arguments: Sequence[str], settings: Settings) -> int:
    """Run `airflow` with these arguments; its metadata database is made on first use. Returns its exit status.

    An embedded server that was not running before is stopped after Airflow.
    """
    with engine.borrowed(None, settings.home):
        environment = child_environment(airflow_environment(settings, child_environment({})))
        done = migrate(settings, environment)
        return done or _run([program(), *arguments], environment)


def program() -> str:
    """The `airflow` of this environment."""
    return str(Path(sys.executable).with_name("airflow"))


def migrate(settings: Settings, environment: Mapping[str, str]) -> int:
    """Make the metadata database on first use; the exit status of Airflow, whose complaints go to stderr."""
    ready = settings.home / "airflow" / ".migrated"
    if ready.exists():
        return 0
    ready.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([program(), "db", "migrate"], env=environment, capture_output=True, check=False)
    if done.returncode:
        sys.stderr.buffer.write(done.stderr)
    else:
        ready.touch()
    return done.returncode


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run in a process group of its own, else its scheduler and web server outlive their parent's SIGTERM."""
    process = subprocess.Popen(command, env=environment, process_group=0)
    with _forwarding(process):
        status = process.wait()
    _end_group(process.pid)
    return _SIGNALLED - status if status < 0 else status


@contextmanager
def _forwarding(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pass SIGINT and SIGTERM on to the whole group while the block runs."""

    def forward(number: int, _frame: object) -> None:
        os.killpg(process.pid, number)

    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_group(group: int) -> None:
    """End what is left of a process group whose leader is gone: politely first."""
    end = time.monotonic() + _STOP_SECONDS
    for number in (signal.SIGTERM, signal.SIGKILL):
        while True:
            try:
                os.killpg(group, number)
            except ProcessLookupError:
                return
            if number == signal.SIGKILL or time.monotonic() > end:
                break
            time.sleep(0.2)
