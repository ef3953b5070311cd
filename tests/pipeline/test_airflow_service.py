"""The service around a program that is called like Airflow's; with the real one: tests/dags/test_service.py."""

import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipeline import airflow_home, airflow_pools, airflow_rest, airflow_service, marked
from pipeline.settings import Settings
from schemas.errors import SystemFailed, UsageError

DOUBLE = Path(__file__).with_name("airflow_double.py")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a program in the place of Airflow's; no embedded server is started."""
    folder = tmp_path / "double"
    folder.mkdir()
    shutil.copy(DOUBLE, folder / "double.py")
    program = folder / "airflow"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {folder / "double.py"} "$@"\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(airflow_home, "program", lambda: str(program))
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "sqlite:////nowhere.db")
    monkeypatch.setattr(airflow_service, "_PAUSE", 0.05)
    return folder


def run_until(settings: Settings, port: int, ready: Callable[[], bool]) -> list[tuple[str, Mapping[str, object]]]:
    """Run the service in this process and stop it by a signal, as a terminal does, once `ready`; what it told."""
    told: list[tuple[str, Mapping[str, object]]] = []
    ended = threading.Event()

    def watch() -> None:
        end = time.monotonic() + 60
        while not (any(key == "airflow.ready" for key, _ in told) and ready()) and time.monotonic() < end:
            if ended.wait(0.05):
                return
        os.kill(os.getpid(), signal.SIGINT)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        airflow_service.run(settings, port, lambda key, values: told.append((key, values)))
    finally:
        ended.set()
        watcher.join()
    return told


def test_all_components_start_the_pools_are_made_and_a_signal_ends_everything(double: Path, tmp_path: Path) -> None:
    settings, port = Settings(tmp_path / "home"), free_port()
    seen: list[str] = []

    def ready() -> bool:
        service = airflow_service.found(settings)
        assert service is not None
        assert service.port == port
        seen[:] = [service.mark]
        return len(marked.pids(service.mark)) >= 2 * len(airflow_service.COMPONENTS) - 1

    told = run_until(settings, port, ready)
    begun = (double / "begun").read_text("utf-8").splitlines()
    assert begun[0] == "db migrate"
    assert sorted(begun[1:]) == sorted(" ".join(words) for words in airflow_service.COMPONENTS.values())
    asked = [json.loads(line) for line in (double / "asked").read_text("utf-8").splitlines()]
    assert [body["name"] for _, _, body in asked] == [pool.name for pool in airflow_pools.POOLS]
    assert {authorization for _, authorization, _ in asked} == {"Bearer t"}
    keys = [key for key, _ in told]
    assert keys[0] == "airflow.ready"
    assert keys[-1] == "airflow.stopping"
    assert marked.pids(seen[0]) == [], "children in sessions of their own are ended too"
    assert airflow_service.found(settings) is None
    assert airflow_service.status(settings) == []


def test_accounts_are_told_at_the_first_start_alone(double: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    first = run_until(settings, free_port(), lambda: True)
    again = run_until(settings, free_port(), lambda: True)
    assert [key for key, _ in first].count("airflow.account_made") == 4
    assert [key for key, _ in again].count("airflow.account_made") == 0


def test_a_component_that_died_is_started_again_until_it_dies_too_often(double: Path, tmp_path: Path) -> None:
    (double / "dies").write_text("triggerer", "utf-8")
    with pytest.raises(SystemFailed) as failed:
        run_until(Settings(tmp_path / "home"), free_port(), lambda: False)
    assert failed.value.code == "airflow.component_died"
    assert failed.value.details["component"] == "triggerer"
    begun = (double / "begun").read_text("utf-8").splitlines()
    assert begun.count("triggerer --skip-serve-logs") == airflow_service._MOST_RESTARTS + 1


def test_a_second_one_is_refused_and_so_is_a_port_that_is_taken(double: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    refused: list[str] = []

    def ready() -> bool:
        with pytest.raises(UsageError) as wrong:
            airflow_service.start_apart(settings, free_port())
        refused.append(wrong.value.code)
        return True

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError) as wrong:
            airflow_service.run(settings, taken.getsockname()[1], lambda key, values: None)
        assert wrong.value.code == "airflow.port_taken"
    run_until(settings, free_port(), ready)
    assert refused == ["airflow.running"]


def test_what_a_killed_supervisor_left_is_ended(double: Path, tmp_path: Path) -> None:
    settings, port = Settings(tmp_path / "home"), free_port()
    supervisor = os.fork()
    if not supervisor:
        airflow_service.run(settings, port, lambda key, values: None)
        os._exit(0)
    end = time.monotonic() + 60
    while airflow_rest.unhealthy(f"http://127.0.0.1:{port}") and time.monotonic() < end:
        time.sleep(0.1)
    os.kill(supervisor, signal.SIGKILL)
    os.waitpid(supervisor, 0)
    noted = airflow_service._noted(settings)
    assert noted is not None
    assert marked.pids(noted.mark)
    assert airflow_service.found(settings) is None, "it does not run: nobody looks after it"
    assert airflow_service.stop(settings)
    assert marked.pids(noted.mark) == []
    assert not airflow_service.stop(settings)


def test_the_environment_binds_everything_to_loopback_and_one_port(double: Path, tmp_path: Path) -> None:
    service = airflow_service.Service("m", 8123, 1, "")
    made = airflow_service.service_environment(Settings(tmp_path), service)
    assert made["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert made["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:8123"
    assert made["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8123/execution/"
    assert made["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert all("--skip-serve-logs" in airflow_service.COMPONENTS[name] for name in ("scheduler", "triggerer"))


def test_nobody_listens_or_the_password_is_wrong(double: Path, tmp_path: Path) -> None:
    assert airflow_rest.unhealthy(f"http://127.0.0.1:{free_port()}") == set(airflow_service.COMPONENTS)
    settings, port = Settings(tmp_path / "home"), free_port()
    codes: list[object] = []

    def ready() -> bool:
        session = airflow_rest.Session(f"http://127.0.0.1:{port}", "admin", "wrong")
        with pytest.raises(airflow_rest.AirflowRefused) as refused:
            session.get("pools")
        codes.append(refused.value.details["status"])
        return True

    run_until(settings, port, ready)
    assert codes == [401]


def test_pools_keep_the_slots_that_were_chosen() -> None:
    assert all(pool.slots(1) >= 1 for pool in airflow_pools.POOLS)
    assert airflow_pools.POOLS[0].slots(16) == 16
    assert set(airflow_pools.as_file()) == {pool.name for pool in airflow_pools.POOLS}
