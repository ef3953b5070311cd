"""Where a tormented job runs: a home folder and a store as they were before the delivery, made anew in a moment.

The store is a database copied from a template on one server that all share, or, where the server itself is the victim,
a whole embedded server in the home folder.
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import psycopg

from store import cluster, embedded, provision
from store.embedded import Server
from store.engine import stop_store
from tests.chaos import deeds, ledgers
from tests.chaos.injector import Fault

_TEMPLATES = {"store": ("first", "before"), "loaded": ("loaded", "after"), "server": ("own", "")}
"""Folder of the home and name of the database that a place is copied from."""
_ROOT = Path(__file__).parents[2]
_FAST = "fsync = off\nmax_connections = 120\n"
_SHM = Path("/dev/shm")  # noqa: S108 - scratch of tests, as fast as there is


@dataclass(frozen=True)
class Ended:
    """How a job ended: exit code (negative: the signal), what the injector said, what it printed."""

    code: int
    words: tuple[str, ...]
    out: str
    err: str
    seconds: float
    orphans: int

    @property
    def fired(self) -> tuple[str, ...]:
        """The proofs that a fault struck."""
        return tuple(w for w in self.words if w.startswith("fired "))

    @property
    def folder(self) -> str | None:
        """The run folder that the first task handed on, if it came so far."""
        return next((w.removeprefix("folder ") for w in self.words if w.startswith("folder ")), None)


class Nursery:
    """One process that forks jobs; one job at a time. `twin` gives another one without its imports."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={**os.environ, "PYTHONPATH": str(_ROOT), "ARROW_DEFAULT_MEMORY_POOL": "system"},
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._jobs: IO[str] = self._process.stdin
        self._answers: IO[str] = self._process.stdout
        assert self._answers.readline() == "ready\n"

    def twin(self) -> "Nursery":
        """A nursery that is forked from this one, which must not be at work."""
        folder = Path(tempfile.mkdtemp(prefix="cxt"))
        for name in ("jobs", "answers"):
            os.mkfifo(folder / name)
        self._tell({"twin": str(folder)})
        other = object.__new__(Nursery)
        other._process = None
        other._jobs = (folder / "jobs").open("w")
        other._answers = (folder / "answers").open()
        assert other._answers.readline() == "ready\n"
        shutil.rmtree(folder)
        return other

    def run(self, job: Mapping[str, Any]) -> Ended:
        """Run a job to its end."""
        self._tell(job)
        told = json.loads(self._answers.readline())
        out, err = ((Path(job["out"]) / name).read_text("utf-8") for name in ("stdout", "stderr"))
        return Ended(told["code"], tuple(told["words"]), out, err, told["seconds"], told["orphans"])

    def close(self) -> None:
        """End it."""
        self._jobs.close()
        if self._process is not None:
            self._process.wait(20)

    def _tell(self, job: Mapping[str, Any]) -> None:
        self._jobs.write(json.dumps(job) + "\n")
        self._jobs.flush()


@dataclass(frozen=True)
class Place:
    """A home folder with its store; `url` is None where the server lies in the home folder."""

    root: Path
    url: str | None
    database: str

    @property
    def home(self) -> Path:
        return self.root / "home"

    def job(self, arguments: tuple[str, ...], fault: Fault | None = None, **more: Any) -> dict[str, Any]:
        """A job here for the nursery."""
        environment = {
            "SOHOA_HOME": str(self.home), "SOHOA_WORKERS": "1", "SOHOA_RECEIVED_ON": "2024-06-01",
            "SOHOA_ISSUING_RANGE": "990000-999999", "TMPDIR": str(self.root / "tmp"), "SOHOA_MEMORY_MIB": "512",
            **({"SOHOA_STORE_URL": self.url} if self.url else {}),
        }  # fmt: skip
        out = self.root / "said"
        out.mkdir(exist_ok=True)
        told = asdict(fault) if fault else None
        return {"way": "whole", "arguments": arguments, "fault": told, "out": str(out), "root": str(self.root),
                "environment": environment, **more}  # fmt: skip


class Scene:
    """The shared server, the ledgers, and the store as it was before the delivery."""

    def __init__(self, people: int = 260) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="cx", dir=_SHM if os.access(_SHM, os.W_OK) else None))
        self.ledgers = ledgers.make(self.root / "ledgers", people)
        self._numbers, self._lock = itertools.count(), threading.Lock()
        self._server_home = self.root / "s"
        self.server = _start(self._server_home)
        self.deeds: Mapping[str, deeds.Deed] = {}

    def prepare(self, nursery: Nursery) -> None:
        """Load what the store held before, once for both kinds of place."""
        self._admin('CREATE DATABASE "before" OWNER sohoa TEMPLATE template0')
        first = Place(self.root / "first", self.url("before"), "before")
        (first.root / "tmp").mkdir(parents=True)
        done = nursery.run(first.job(("run", str(self.ledgers.before), "--province", ledgers.PROVINCE, "--json")))
        assert done.code in (0, 1), done.err

    def prepare_embedded(self, nursery: Nursery) -> None:
        """The same in a home with its own server, which is stopped."""
        own = Place(self.root / "own", None, "")
        (own.root / "tmp").mkdir(parents=True)
        (own.home / cluster.FOLDER).mkdir(parents=True, mode=0o700)
        (own.home / cluster.FOLDER / "postgresql.local.conf").write_text(_FAST)
        done = nursery.run(own.job(("run", str(self.ledgers.before), "--province", ledgers.PROVINCE, "--json")))
        assert done.code in (0, 1), done.err

    def url(self, database: str) -> str:
        """The address of a database of the shared server."""
        return self.url_at(database, self.server.socket)

    def url_at(self, database: str, socket: Path) -> str:
        """The same through another socket, such as that of a proxy."""
        passfile = self.server.home.passfile(provision.STORE)
        return f"postgresql://sohoa@/{database}?host={socket}&port={self.server.port}&passfile={passfile}"

    def prepare_loaded(self, nursery: Nursery) -> None:
        """Load the delivery after what was before, and choose what the commands of `deeds` are done to."""
        self._admin('CREATE DATABASE "after" OWNER sohoa TEMPLATE "before" STRATEGY file_copy')
        place = Place(self.root / "loaded", self.url("after"), "after")
        (place.root / "tmp").mkdir(parents=True)
        shutil.copytree(self.root / "first" / "home", place.home, symlinks=True)
        paths = map(str, self.ledgers.now)
        done = nursery.run(place.job(("run", *paths, "--province", ledgers.PROVINCE, "--json")))
        assert done.code in (0, 1), done.err
        self.deeds = deeds.chosen(str(place.url), place.home, json.loads(done.out)["batch_id"])
        proposed = nursery.run(place.job(deeds.proposal(self.deeds["erase person"])))
        assert proposed.code == 0, proposed.err

    @contextmanager
    def place(self, where: str = "store") -> Iterator[Place]:
        """A place of its own as it was before the delivery, gone afterwards."""
        name = f"c{next(self._numbers)}"
        root = self.root / name
        folder, template = _TEMPLATES[where]
        is_embedded = not template
        shutil.copytree(self.root / folder / "home", root / "home", symlinks=True)
        (root / "tmp").mkdir()
        if not is_embedded:
            self._admin(f'CREATE DATABASE "{name}" OWNER sohoa TEMPLATE "{template}" STRATEGY file_copy')
        try:
            yield Place(root, None if is_embedded else self.url(name), name)
        finally:
            if is_embedded:
                stop_store(root / "home")
            else:
                self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')
            shutil.rmtree(root, ignore_errors=True)

    @contextmanager
    def empty_place(self) -> Iterator[Place]:
        """A place where nothing was ever done: no key, no store, no server."""
        root = self.root / f"c{next(self._numbers)}"
        (root / "tmp").mkdir(parents=True)
        (root / "home" / cluster.FOLDER).mkdir(parents=True, mode=0o700)
        (root / "home" / cluster.FOLDER / "postgresql.local.conf").write_text(_FAST)
        try:
            yield Place(root, None, "")
        finally:
            stop_store(root / "home")
            shutil.rmtree(root, ignore_errors=True)

    def admin(self, statement: str) -> list[tuple[Any, ...]]:
        """What the server itself says."""
        with psycopg.connect(
            host=str(self.server.socket), port=self.server.port, user=cluster.SUPERUSER, dbname="postgres",
            passfile=str(self.server.home.passfile(cluster.SUPERUSER)), autocommit=True,
        ) as connection:  # fmt: skip
            return connection.execute(statement).fetchall()  # type: ignore[call-overload,no-any-return]

    def _admin(self, statement: str) -> None:
        with self._lock, provision._superuser(self.server) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def close(self) -> None:
        """Everything goes."""
        stop_store(self._server_home)
        shutil.rmtree(self.root, ignore_errors=True)


def _start(home: Path) -> Server:
    (home / cluster.FOLDER).mkdir(parents=True, mode=0o700)
    (home / cluster.FOLDER / "postgresql.local.conf").write_text(_FAST)
    server = embedded.up(home)
    provision.ensure_database(server, provision.STORE)
    return server
