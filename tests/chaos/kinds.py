"""The kinds of faults, and the trials of each, worked out from the points of an uninterrupted run."""

import errno
import random
from collections.abc import Iterator

from tests.chaos.injector import Fault
from tests.chaos.proxy import Cut
from tests.chaos.trials import Arena, Strike, Trial, points_of

Point = tuple[str, int]
_FILE_CALLS = ("open", "write", "fsync", "rename", "replace", "unlink", "remove", "rmdir", "mkdir", "link", "chmod")
_DATABASE_CALLS = ("sql", "copy", "copy-data", "commit")
_ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)
_DEATHS = {"stop_server": "server stopped at once", "kill_server": "server killed -9",
           "kill_postmaster": "postmaster alone killed -9",
           "kill_backend": "backend of the job killed -9"}  # fmt: skip
_STATES = {"deadlock": "40P01", "serialisation failure": "40001", "disk of the server full": "53100",
           "server shuts down": "57P01"}  # fmt: skip


def _of(points: list[Point], calls: tuple[str, ...]) -> list[Point]:
    return [point for point in points if point[0].split(" ", 1)[0] in calls]


def _kill(point: Point, when: str = "before", how: str = "kill") -> Strike:
    return Strike(Fault(point[0], point[1], how, when))


def kills(arena: Arena, way: str, when: str, where: str = "store") -> list[Trial]:
    """kill -9 of the whole process group at each point."""
    kind = f"kill -9 {when} a call, {_WAYS[way]}" if where == "store" else _WHERE[where]
    points = points_of(arena.reference(way, where))
    return [Trial(kind, (_kill(p, when),), way, where) for p in points]


_WAYS = {"whole": "sohoa run", "steps": "step by step"}
_WHERE = {"empty": "kill -9 at the very first start", "server": "kill -9 with the server in the home folder"}


def torn(arena: Arena) -> list[Trial]:
    """kill -9 when half of what was to be written is in the file."""
    points = _of(points_of(arena.reference()), ("write",))
    return [Trial("kill -9 in the middle of a write", (_kill(p, how="torn"),)) for p in points]


def moments(arena: Arena, count: int, seed: int) -> list[Trial]:
    """kill -9 at seeded moments, whatever the process does then."""
    dice = random.Random(seed)  # noqa: S311 - a sample
    longest = arena.reference().seconds
    return [Trial("kill -9 at a random moment", (Strike(kill_at=dice.random() * longest),)) for _ in range(count)]


def recoveries(arena: Arena, count: int, seed: int) -> list[Trial]:
    """kill -9 of the run, then of the restart, then of the restart after it."""
    dice, trials = random.Random(seed), []  # noqa: S311 - a sample
    for _ in range(count):
        way = dice.choice(("whole", "steps"))
        points = points_of(arena.reference(way))
        chosen = dice.sample(range(len(points)), 2)
        trials.append(Trial("kill -9, and again during recovery", tuple(_kill(points[i]) for i in chosen), way))
    return trials


def refusals(arena: Arena, *, lasting: bool) -> list[Trial]:
    """The k-th call fails: each kind of call on files, each error of the system, once or from then on."""
    points = _of(points_of(arena.reference()), _FILE_CALLS)
    kind = "call on files fails " + ("from then on" if lasting else "once")
    return [
        Trial(f"{kind}, {errno.errorcode[number]}", (Strike(Fault(*p, "fail", number=number, lasting=lasting)),))
        for number in _ERRORS
        for p in points
    ]


def server_errors(arena: Arena) -> list[Trial]:
    """The server refuses a statement for reasons of its own."""
    points = _of(points_of(arena.reference()), ("sql", "copy"))
    return [
        Trial(f"server refuses a statement: {name}", (Strike(Fault(*p, "state", state=state)),))
        for name, state in _STATES.items()
        for p in points
    ]


def lost_lines(arena: Arena) -> list[Trial]:
    """The connection is gone when the process next speaks."""
    points = _of(points_of(arena.reference()), _DATABASE_CALLS)
    return [Trial("connection lost before a call", (Strike(Fault(*p, "cut")),)) for p in points]


def cut_lines(arena: Arena) -> Iterator[Trial]:
    """A proxy cuts the connection before BEGIN, before and within COPY, before COMMIT and after it."""
    labels = [label for label, _ in points_of(arena.reference())]
    copies = sum(label.startswith("copy COPY") and "FROM STDIN" in label for label in labels)
    data = sum(label.startswith("copy-data") for label in labels)
    commits = labels.count("commit ")
    begins = labels.count("commit ") + labels.count("rollback ")
    for word, count in (("BEGIN", begins), ("COPY", copies), ("DATA", data), ("COMMIT", commits)):
        for nth in range(count):
            yield Trial(f"proxy cuts before {word}", (Strike(cut=Cut(word, nth)),))
    for nth in range(commits):
        for way in ("whole", "steps"):
            yield Trial("proxy cuts after COMMIT, before the reply", (Strike(cut=Cut("COMMIT", nth, "after")),), way)


def dying_servers(arena: Arena) -> list[Trial]:
    """The server, or the one process of it that works for the job, ends while the job goes on."""
    points = _of(points_of(arena.reference("whole", "server")), _DATABASE_CALLS)
    return [Trial(name, (Strike(Fault(*p, how)),), "whole", "server") for how, name in _DEATHS.items() for p in points]


def deeds(arena: Arena, group: str) -> list[Trial]:
    """Undo, un-merge, merge, erasure, removal, new keys: struck as a delivery is, then the same command again."""
    made = []
    for name in arena.scene.deeds:
        points = points_of(arena.reference(name, "loaded"))
        if group == "kills":
            made += [Trial(f"kill -9, {name}", (_kill(p, when),), name, "loaded")
                     for p in points for when in ("before", "after")]  # fmt: skip
        else:
            made += [Trial(f"other faults, {name}", (strike,), name, "loaded") for strike in _others(points)]
    return made


def _others(points: list[Point]) -> Iterator[Strike]:
    """Of a command: torn writes, a disk that is full and stays so, a server that refuses, lines cut around COMMIT."""
    for point in points:
        call = point[0].split(" ", 1)[0]
        if call == "write":
            yield _kill(point, how="torn")
        if call in _FILE_CALLS:
            yield Strike(Fault(*point, "fail", number=errno.ENOSPC, lasting=True))
        if call in ("sql", "copy"):
            yield Strike(Fault(*point, "state", state=_STATES["serialisation failure"]))
        if call == "commit":
            yield Strike(Fault(*point, "cut"))
            yield Strike(cut=Cut("COMMIT", point[1], "after"))
