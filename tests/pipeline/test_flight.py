"""Records of steps: they outlive the process, and say how far it came."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import flight, flight_watcher, why
from pipeline.settings import Settings
from schemas.errors import FileRefused, StoreUnavailable

AT_WORK = """
import sys, time
from pathlib import Path
from pipeline import flight
with flight.recorded(Path(sys.argv[1]), "check_records", "tep-1.csv", "f1"):
    held = bytearray(150 << 20)
    flight.came_to(42)
    print("at work", flush=True)
    time.sleep(600)
"""


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_step_that_ends_well_leaves_nothing(tmp_path: Path) -> None:
    with flight.recorded(tmp_path, "read_file", "tep-1.csv", "f1"):
        flight.came_to(7)
        (death,) = flight.deaths(tmp_path)
        assert (death.cause, death.rows, death.step) == ("running", 7, "read_file")
    assert flight.deaths(tmp_path) == []
    assert list((tmp_path / flight.FOLDER).iterdir()) == []


def test_a_killed_process_is_told_of_with_step_file_row_and_memory(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", AT_WORK, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert [death.cause for death in flight.deaths(tmp_path)] == ["running"]
    (record,) = (tmp_path / flight.FOLDER).glob("*.json")
    until(lambda: flight_watcher.seen(record).get("peak_mib", 0) > 150)
    process.kill()
    process.wait()
    until(lambda: "ended" in flight_watcher.seen(record))
    (death,) = flight.deaths(tmp_path)
    assert (death.step, death.file, death.file_id, death.rows, death.cause) == (
        "check_records", "tep-1.csv", "f1", 42, "killed",
    )  # fmt: skip
    assert death.peak_mib > 150
    assert death.ended
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in (tmp_path / flight.FOLDER).iterdir())
    sentence = why.in_a_sentence(death, "vi")
    assert all(part in sentence for part in ("check_records", "tep-1.csv", "42", "bị dừng đột ngột"))


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        (StoreUnavailable("store.unreachable"), "store.unreachable"),
        (FileRefused("file.damaged"), "file.damaged"),
        (MemoryError(), "memory"),
        (OSError(28, "full"), "system"),
        (KeyboardInterrupt(), "stopped"),
        (ValueError("Nguyễn Văn A"), "error"),
    ],
)
def test_an_error_is_told_by_its_code_or_kind_and_never_by_its_text(
    wrong: BaseException, cause: str, tmp_path: Path
) -> None:
    with pytest.raises(type(wrong)), flight.recorded(tmp_path, "survive"):
        raise wrong
    (death,) = flight.deaths(tmp_path)
    assert death.cause == cause
    assert type(wrong).__name__ in death.place
    assert not [p for p in (tmp_path / flight.FOLDER).iterdir() if "Nguy" in p.read_text("utf-8")]
    assert why.cause_in_words(death, "en")


def test_a_forked_child_writes_nothing_into_its_parents_record(tmp_path: Path) -> None:
    with flight.recorded(tmp_path, "read_file"):
        flight.came_to(1)
        child = os.fork()
        if not child:
            flight.came_to(99)
            os._exit(0)
        os.waitpid(child, 0)
        assert [death.rows for death in flight.deaths(tmp_path)] == [1]


def test_the_watcher_goes_when_its_process_does(tmp_path: Path) -> None:
    with flight.recorded(tmp_path, "read_file"):
        watcher = flight._Watch.process
        assert watcher is not None
        assert watcher.poll() is None
    process = subprocess.Popen([sys.executable, "-c", AT_WORK, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    mine = [p for p in Path("/proc").glob("[0-9]*/cmdline") if f"\0{process.pid}\0".encode() in p.read_bytes()]
    assert len(mine) == 1
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: not mine[0].exists())


def test_where_no_record_can_be_kept_the_step_goes_on(tmp_path: Path) -> None:
    (tmp_path / flight.FOLDER).write_text("no folder", "utf-8")
    with flight.recorded(tmp_path, "read_file"):
        flight.came_to(5)
    assert flight.deaths(tmp_path) == []


def test_the_ends_of_a_batch_are_listed_over_its_attempts(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    for attempt in ("0001", "0002"):
        folder = tmp_path / "runs" / "b" / attempt
        folder.mkdir(parents=True)
        with pytest.raises(MemoryError), flight.recorded(folder, "survive"):
            raise MemoryError
    rows = why.ends_of("b", settings)
    assert [(row["attempt"], row["cause"]) for row in rows] == [("0001", "memory"), ("0002", "memory")]
    assert [row["cause"] for row in why.for_people(rows, "vi")] == ["hết bộ nhớ", "hết bộ nhớ"]
    assert why.ends_of("other", settings) == []
