"""A process with everything imported that forks the processes of jobs: a job costs what it does, not what it imports.

    python -m tests.chaos.nursery        (a job a line on standard input, its end a line on standard output, as JSON)

A job runs in a process group of its own, like that of a terminal. What it leaves behind becomes a child of the
nursery, so that programs that outlive their job are seen.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any, TextIO

from tests.chaos import injector

_SUBREAPER = 36
_PATIENCE = 10.0


def main() -> None:
    """Serve until standard input ends."""
    _import_everything()
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    answers = os.dup(1)
    os.dup2(2, 1)
    _attend(sys.stdin, answers)


def _attend(jobs: TextIO, answers: int) -> None:
    """Say that it is ready, then one job after the other until there are no more."""
    os.write(answers, b"ready\n")
    for line in jobs:
        job = json.loads(line)
        if "twin" in job:
            _twin(Path(job["twin"]))
        else:
            os.write(answers, json.dumps(_serve(job)).encode() + b"\n")


def _twin(folder: Path) -> None:
    """Another nursery, which has imported everything by being born; its pipes lie in the folder."""
    if os.fork():
        return
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)  # a child does not inherit it
    with (folder / "jobs").open() as jobs:
        _attend(jobs, os.open(folder / "answers", os.O_WRONLY))
    os._exit(0)


def _import_everything() -> None:
    import great_expectations  # noqa: F401

    from pipeline import tasks  # noqa: F401
    from quality import validate  # noqa: F401
    from transforms.standardise import load_lists

    load_lists()


def _serve(job: dict[str, Any]) -> dict[str, Any]:
    heard, told = os.pipe()
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(heard)
        _become(job, told)
    os.close(told)
    words, code = _watch(child, heard, job)
    os.close(heard)
    return {
        "code": code, "words": words, "seconds": round(time.monotonic() - start, 3), "orphans": _orphans(child),
    }  # fmt: skip


def _watch(child: int, heard: int, job: dict[str, Any]) -> tuple[list[str], int]:
    """What the child says through its pipe, and how it ends; killed at the given moment, or when it takes too long."""
    said, begun, due = b"", time.monotonic(), job.get("kill_at")
    limit, marks = begun + job.get("seconds", 120), []
    while True:
        end = min(limit, begun + due) if due is not None else limit
        ready, _, _ = select.select([heard], [], [], max(0.0, end - time.monotonic()))
        if ready:
            data = os.read(heard, 1 << 16)
            if not data:
                break
            said += data
        elif due is not None and time.monotonic() >= begun + due:
            marks.append(f"fired kill at {due:.3f} s")
            os.killpg(child, signal.SIGKILL)
            due = None
        elif time.monotonic() >= limit:
            marks.append("took too long")
            os.killpg(child, signal.SIGKILL)
            limit += _PATIENCE
    _, status = os.waitpid(child, 0)
    return said.decode().splitlines() + marks, os.waitstatus_to_exitcode(status)


def _orphans(child: int) -> int:
    """Programs of the job that do not end by themselves; the server of the store is none of them."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        left = [p for p in _children(os.getpid()) if not _is_allowed(_program(p))]
        if not left:
            return 0
        time.sleep(0.02)
    for process in left:
        os.kill(process, signal.SIGKILL)
    return len(left)


def _children(process: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _is_allowed(program: str) -> bool:
    """The server of a store outlives its job, and twins are no work of any."""
    return "postgres" in program or "tests.chaos.nursery" in program


def _program(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text()
    return "gone, postgres or not"


def _become(job: dict[str, Any], told: int) -> None:
    """The job itself; never returns."""
    os.setsid()
    os.write(told, b"begun\n")
    folder = Path(job["out"])
    for number, name in ((1, "stdout"), (2, "stderr")):
        with (folder / name).open("w") as target:
            os.dup2(target.fileno(), number)
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    for name in [n for n in os.environ if n.startswith("SOHOA_")]:
        del os.environ[name]
    os.environ.update(job["environment"])
    fault = injector.Fault(**job["fault"]) if job.get("fault") else None
    points = injector.Injector(fault, told, job["root"], is_recording="record" in job)
    injector.install(points)
    if job.get("inside"):
        _read_inside()
    code = 70
    try:
        code = _do(job, points)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # noqa: BLE001 - as the interpreter would end
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    if job.get("record"):
        with open(job["record"], "w", encoding="utf-8") as out:  # noqa: PTH123
            json.dump({"points": points.points, "sites": sorted(points.sites)}, out)
    os._exit(code)


def _read_inside() -> None:
    """Parsers run in the process of the job, so that their files are points too and no time goes to their start."""
    from readers import registry
    from readers.archive import unpack
    from readers.parsers import parse_file

    def run_job(job: Any, from_json: Any, progress: Any = lambda rows: None) -> Any:
        return unpack(job, progress)

    registry.run_parser, registry.run_job = parse_file, run_job  # type: ignore[assignment]


def _do(job: dict[str, Any], points: injector.Injector) -> int:
    if job["way"] == "steps":
        from tests.chaos.steps import by_steps

        return by_steps(job, points.say)
    if job["way"] == "task":
        from tests.clears.calls import Given, call

        json.dump(call(job["dag"], job["task"], Given(job["params"], job["index"], job["answers"])), sys.stdout)
        return 0
    from pipeline import cli

    sys.argv = ["sohoa", *job["arguments"]]
    cli.main()
    return 0


if __name__ == "__main__":
    main()
