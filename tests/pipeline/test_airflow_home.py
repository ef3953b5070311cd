import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import airflow_home
from pipeline.settings import Settings

GIVEN = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "sqlite:////nowhere.db", "PATH": "/bin"}


def test_what_is_given_wins_but_for_homes_and_telemetry(tmp_path: Path) -> None:
    given = {**GIVEN, "AIRFLOW__CORE__LOAD_EXAMPLES": "True", "AIRFLOW_HOME": "/elsewhere", "SCARF_ANALYTICS": "true"}
    made = {**given, **airflow_home.airflow_environment(Settings(tmp_path), given)}
    assert made["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert made["SCARF_ANALYTICS"] == "false"
    assert made["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"
    assert made["AIRFLOW__CORE__LOAD_EXAMPLES"] == "True"
    assert made["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == "sqlite:////nowhere.db"


def test_airflow_is_found_by_the_processes_it_starts(tmp_path: Path) -> None:
    made = airflow_home.airflow_environment(Settings(tmp_path), GIVEN)
    first = made["PATH"].split(":")[0]
    assert (Path(first) / "airflow").exists()
    assert Path(made["AIRFLOW__CORE__DAGS_FOLDER"]).joinpath("ingest_batch.py").exists()


def test_a_database_of_ones_own_starts_no_embedded_server(tmp_path: Path) -> None:
    airflow_home.airflow_environment(Settings(tmp_path), GIVEN)
    assert not (tmp_path / "store").exists()


def test_children_that_outlive_the_program_are_ended(tmp_path: Path) -> None:
    """As Airflow's scheduler does when its parent is stopped."""
    pid_file = tmp_path / "pid"
    orphan = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    program = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {orphan!r}]); time.sleep(1)"
    assert airflow_home._run([sys.executable, "-c", program], dict(os.environ)) == 0
    assert is_gone(int(pid_file.read_text()))


def test_a_signal_reaches_the_whole_group(tmp_path: Path) -> None:
    caller = (
        "import os, sys\nfrom pipeline import airflow_home\n"
        "sys.exit(airflow_home._run([sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(600)'], "
        "dict(os.environ)) != 0)"
    )
    with subprocess.Popen([sys.executable, "-c", caller], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 1


def is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        if state == "Z":
            return True
        time.sleep(0.05)
    pytest.fail("the child lives on")
