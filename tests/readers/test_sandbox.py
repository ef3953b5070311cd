import threading
import time
from pathlib import Path

import pytest

from readers.reading import ReadLimits
from readers.sandbox import Job, run_parser
from schemas.errors import FileRefused

LIMITS = ReadLimits(memory_bytes=256 << 20, seconds=20)


def job(folder: Path, parser: str, limits: ReadLimits = LIMITS) -> Job:
    path = folder / "given"
    path.write_bytes(b"x")
    return Job(f"tests.readers.parsers_for_tests:{parser}", str(path), str(folder), "0" * 32, "so.csv", None, limits)


def refusal(folder: Path, parser: str, limits: ReadLimits = LIMITS) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        run_parser(job(folder, parser, limits))
    return caught.value


def test_a_parser_that_behaves_gives_its_reading(tmp_path: Path) -> None:
    assert run_parser(job(tmp_path, "behave")).kind == "delimited"
    assert run_parser(job(tmp_path, "write")).file == "so.csv"
    assert (tmp_path / "seen").read_bytes() == b"x"


@pytest.mark.parametrize("parser", ["die", "leave", "throw", "lie"])
def test_a_parser_that_dies_or_lies_refuses_only_its_file(tmp_path: Path, parser: str) -> None:
    refused = refusal(tmp_path, parser)

    assert refused.code == "file.parser_died"
    assert "Nguyễn" not in str(refused)


def test_a_full_disk_is_no_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"^\[Errno 28\] No space left on device$"):
        run_parser(job(tmp_path, "fill"))
    assert refusal(tmp_path, "forbid").code == "file.parser_died", "its door is locked: what it asks for, it asked for"


def test_rows_before_a_death_are_counted(tmp_path: Path) -> None:
    assert refusal(tmp_path, "die").rows == 7


def test_a_parser_that_hangs_is_ended(tmp_path: Path) -> None:
    begun = time.monotonic()
    refused = refusal(tmp_path, "hang", ReadLimits(seconds=0.5))

    assert refused.code == "file.parser_timeout"
    assert refused.rows == 3
    assert time.monotonic() - begun < 30


def test_a_parser_that_goes_on_reporting_is_left_alone(tmp_path: Path) -> None:
    assert run_parser(job(tmp_path, "stream", ReadLimits(seconds=1.0))).rows == 0


def test_a_parser_that_wants_too_much_memory_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "bloat").code == "file.parser_memory"


def test_a_parser_has_no_network_and_no_programs(tmp_path: Path) -> None:
    assert refusal(tmp_path, "call_out").details["found"] == "refused,refused,refused"


def test_a_parser_does_not_see_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_STORE_URL", "postgresql://secret")

    assert "SOHOA" not in refusal(tmp_path, "look_around").details["found"]


def test_what_a_library_prints_is_no_report(tmp_path: Path) -> None:
    assert run_parser(job(tmp_path, "chatter")).file == "so.csv"


def test_a_refusal_keeps_its_rule_rows_and_details(tmp_path: Path) -> None:
    refused = refusal(tmp_path, "refuse")

    assert (refused.code, refused.rows) == ("header.missing_required", 12)
    assert refused.details == {"found": "sex_raw", "line": "3"}


def children() -> set[str]:
    """Processes whose parent this one is; other tests may have some too."""
    return set(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text(encoding="ascii").split())


def test_no_child_is_left_behind(tmp_path: Path) -> None:
    before = children()
    for parser in ("die", "refuse"):
        refusal(tmp_path, parser)
    assert children() <= before
