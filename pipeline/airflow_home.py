"""Run Airflow with sohoa's settings: its home under ours, our DAG folder, nothing that phones home."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.settings import Settings, child_environment

DAGS = Path(__file__).resolve().parent.parent / "dags"


def airflow_environment(settings: Settings) -> dict[str, str]:
    """The environment of an Airflow process. Its metadata is SQLite, which `dags test` needs and no more.

    A server of one's own is set with Airflow's own AIRFLOW__DATABASE__SQL_ALCHEMY_CONN, which wins.
    """
    home = settings.home / "airflow"
    ours = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "SCARF_ANALYTICS": "false",
        "SOHOA_HOME": str(settings.home),
        "PYTHONWARNINGS": "ignore",
    }
    given = child_environment({})
    fixed = {"AIRFLOW_HOME", "SOHOA_HOME", "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED", "SCARF_ANALYTICS"}
    chosen = {k: v for k, v in ours.items() if k in fixed or k not in given}
    # `airflow` itself must be found by the processes that it starts.
    path = str(Path(sys.executable).parent) + ":" + given.get("PATH", "")
    return child_environment({**chosen, "PATH": path, "PYTHONDONTWRITEBYTECODE": ""})


def run_airflow(arguments: Sequence[str], settings: Settings) -> int:
    """Run `airflow` with these arguments; its metadata database is made on first use. Returns its exit status."""
    environment = airflow_environment(settings)
    program = str(Path(sys.executable).with_name("airflow"))
    ready = settings.home / "airflow" / ".migrated"
    if not ready.exists():
        ready.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([program, "db", "migrate"], env=environment, capture_output=True, check=False)
        if done.returncode:
            sys.stderr.buffer.write(done.stderr)
            return done.returncode
        ready.touch()
    return subprocess.run([program, *arguments], env=environment, check=False).returncode
