"""A whole local Airflow that runs until it is told to stop: API server, scheduler, DAG processor, triggerer.

Everything listens on loopback alone; what serves logs to other machines is switched off. All processes carry a mark in
their environment, which tells them from everybody else's whatever became of their parents; so nothing outlives `stop`,
not even a supervisor that was killed.
"""

import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

from pipeline import airflow_accounts, airflow_home, airflow_pools, airflow_rest, holding, marked
from pipeline.artefacts import read_json, write_json
from pipeline.intake import VIET_NAM_TIME
from pipeline.settings import Settings, child_environment
from schemas.errors import SystemFailed, UsageError
from store import engine

LOOPBACK = "127.0.0.1"
PORT = 8080
_API = "api-server"
COMPONENTS: Mapping[str, tuple[str, ...]] = {
    _API: ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
_STATE, _HOLD = "service.json", "service"
_HEALTHY_SECONDS, _STOP_SECONDS, _CHILD_SECONDS = 300, 120, 30
_PAUSE = 0.5
_MOST_RESTARTS, _FORGIVEN_SECONDS = 5, 600
Told = Callable[[str, Mapping[str, object]], None]


@dataclass(frozen=True)
class Service:
    """A service that was started: the mark of its processes, its port, its supervisor, when."""

    mark: str
    port: int
    pid: int
    since: str

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{LOOPBACK}:{self.port}"


def run(settings: Settings, port: int, told: Told) -> None:
    """Start Airflow, keep it running, and stop it at SIGINT, SIGTERM or SIGHUP. `told` hears keys of the catalogue.

    Raises:
        UsageError: airflow.running, airflow.port_taken.
        SystemFailed: airflow.no_database, airflow.not_healthy, airflow.component_died.
    """
    root = _root(settings)
    if not holding.take(root / _HOLD):
        raise UsageError("airflow.running")
    try:
        end_left_over(settings)
        if airflow_rest.is_taken(LOOPBACK, port):
            raise UsageError("airflow.port_taken", port=port)
        with engine.borrowed(None, settings.home):
            _run(settings, port, told)
    finally:
        holding.let_go(root / _HOLD)


def _run(settings: Settings, port: int, told: Told) -> None:
    service = Service(
        secrets.token_hex(8), port, os.getpid(), datetime.now(VIET_NAM_TIME).isoformat(timespec="minutes")
    )
    environment = service_environment(settings, service)
    if airflow_home.migrate(settings, environment):
        raise SystemFailed("airflow.no_database")
    fresh = airflow_accounts.ensure(_root(settings))
    write_json(_root(settings) / _STATE, asdict(service))
    stopping = threading.Event()
    components = _Components(environment, _root(settings) / "service-logs")
    with _stopped_by_signals(stopping):
        try:
            components.start_all()
            if not _await_health(service, components, stopping):
                return
            airflow_pools.ensure(airflow_rest.Session(service.address, *airflow_accounts.admin(_root(settings))))
            told("airflow.ready", {"address": service.address})
            for account in fresh:
                told("airflow.account_made", asdict(account))
            while not stopping.wait(_PAUSE):
                components.revive()
        finally:
            told("airflow.stopping", {})
            components.stop_all()
            marked.end(service.mark, _CHILD_SECONDS)
            (_root(settings) / _STATE).unlink(missing_ok=True)


def service_environment(settings: Settings, service: Service) -> dict[str, str]:
    """The environment of the components: one executor, one port on loopback, the mark."""
    given = child_environment({})
    ours = {
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(2 * (os.cpu_count() or 1)),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__API__WORKERS": "1",
        # On a busy machine of two processors the API takes more than the 5 s that tasks give it.
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
    }
    fixed = {
        "AIRFLOW__API__HOST": LOOPBACK,
        "AIRFLOW__API__PORT": str(service.port),
        # Else every task asks for its work at port 8080.
        "AIRFLOW__API__BASE_URL": service.address,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{service.address}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": airflow_accounts.declared(),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(airflow_accounts.password_file(_root(settings))),
        **marked.environment(service.mark),
    }
    chosen = {name: value for name, value in ours.items() if name not in given}
    return child_environment({**airflow_home.airflow_environment(settings, given), **chosen, **fixed})


def found(settings: Settings) -> Service | None:
    """The service that runs for this home; None if none does."""
    if not holding.is_held(_root(settings) / _HOLD):
        return None
    return _noted(settings)


def start_apart(settings: Settings, port: int) -> Service:
    """Start the service in a session of its own; returns once it is healthy.

    Raises:
        UsageError: airflow.running.
        SystemFailed: airflow.not_healthy: it ended before; its log says why.
    """
    root = _root(settings)
    if holding.is_held(root / _HOLD):
        raise UsageError("airflow.running")
    log = root / "service-logs" / "supervisor.log"
    log.parent.mkdir(exist_ok=True, mode=0o700)
    program = Path(airflow_home.program()).with_name("sohoa")
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        process = subprocess.Popen(
            [program, "airflow", "start", "--foreground", "--port", str(port)],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    while True:
        # Read without a look at the hold, which for that moment nobody could take.
        service = _noted(settings)
        if service is not None and service.pid == process.pid and not airflow_rest.unhealthy(service.address):
            return service
        if process.poll() is not None:
            raise SystemFailed("airflow.not_healthy", log=str(log))
        time.sleep(_PAUSE)


def stop(settings: Settings) -> bool:
    """Stop the service and everything it started; False if none ran.

    Raises:
        SystemFailed: airflow.still_running.
    """
    service = found(settings)
    if service is not None:
        os.kill(service.pid, signal.SIGTERM)
        end = time.monotonic() + _STOP_SECONDS
        while holding.is_held(_root(settings) / _HOLD):
            if time.monotonic() > end:
                raise SystemFailed("airflow.still_running")
            time.sleep(_PAUSE)
    return end_left_over(settings) or service is not None


def end_left_over(settings: Settings) -> bool:
    """End the processes of a service whose supervisor was killed; False if there are none."""
    service = _noted(settings)
    if service is None:
        return False
    is_any = marked.end(service.mark, _CHILD_SECONDS)
    (_root(settings) / _STATE).unlink(missing_ok=True)
    return is_any


def status(settings: Settings) -> list[dict[str, object]]:
    """The components of the service with their health; empty if none runs."""
    service = found(settings)
    if service is None:
        return []
    ill = airflow_rest.unhealthy(service.address)
    return [
        {"component": name, "state": "unhealthy" if name in ill else "healthy", "address": service.address,
         "processes": len(marked.pids(service.mark)), "since": service.since}
        for name in COMPONENTS
    ]  # fmt: skip


def _root(settings: Settings) -> Path:
    root = settings.home / "airflow"
    (root / _HOLD).mkdir(parents=True, exist_ok=True, mode=0o700)
    root.chmod(0o700)
    return root


def _noted(settings: Settings) -> Service | None:
    path = _root(settings) / _STATE
    return Service(**read_json(path)) if path.exists() else None


def _await_health(service: Service, components: "_Components", stopping: threading.Event) -> bool:
    end = time.monotonic() + _HEALTHY_SECONDS
    while airflow_rest.unhealthy(service.address):
        components.revive()
        if time.monotonic() > end:
            raise SystemFailed("airflow.not_healthy", log=str(components.logs))
        if stopping.wait(_PAUSE):
            return False
    return True


class _Components:
    """The processes, each the leader of a group of its own: a Ctrl-C on the terminal reaches the supervisor alone."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self.logs = logs
        self._environment = environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._died: list[float] = []

    def start_all(self) -> None:
        self.logs.mkdir(exist_ok=True, mode=0o700)
        for name in COMPONENTS:
            self._start(name)

    def _start(self, name: str) -> None:
        with os.fdopen(os.open(self.logs / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as log:
            self._running[name] = subprocess.Popen(
                [airflow_home.program(), *COMPONENTS[name]], env=self._environment, process_group=0,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def revive(self) -> None:
        """Start again what died by itself. Raises SystemFailed where that happens again and again."""
        for name, process in list(self._running.items()):
            if process.poll() is None:
                continue
            self._died = [at for at in self._died if time.monotonic() - at < _FORGIVEN_SECONDS] + [time.monotonic()]
            if len(self._died) > _MOST_RESTARTS:
                raise SystemFailed("airflow.component_died", component=name, log=str(self.logs / f"{name}.log"))
            self._start(name)

    def stop_all(self) -> None:
        """All but the API server first, which tasks that end tell so; then that."""
        first = [process for name, process in self._running.items() if name != _API]
        for processes in (first, [process for name, process in self._running.items() if name == _API]):
            _end(processes)


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    end = time.monotonic() + _CHILD_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _stopped_by_signals:  # noqa: N801 - a context manager, read as a verb
    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping

    def __enter__(self) -> None:
        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping.set()

        self._before = {n: signal.signal(n, stop) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
