"""Events on their way: whole lines from many processes, and whoever does not answer ends nothing."""

import json
import threading
from pathlib import Path

import pytest

from pipeline import lineage_sending
from tests.pipeline.collectors import collecting


@pytest.fixture(autouse=True)
def forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage_sending._Silence, "until", 0.0)


def test_lines_of_several_do_not_mix_and_are_for_the_owner(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"

    def write(number: int) -> None:
        for _ in range(20):
            assert lineage_sending.send(str(file), {"number": number, "text": "x" * 20_000})

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [json.loads(line)["number"] for line in file.read_text("utf-8").splitlines()]
    assert sorted(numbers) == sorted([0, 1, 2, 3] * 20)
    assert file.stat().st_mode & 0o777 == 0o600


def test_who_does_not_answer_is_left_alone_for_a_while(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with collecting() as collector:
        collector.status = 503
        to = f"{collector.url}/api/v1/lineage"
        assert [lineage_sending.send(to, {}) for _ in range(4)] == [False] * 4
        assert [path for path, _ in collector.posted] == ["/api/v1/lineage"]
        assert len(caplog.records) == 1
    assert not lineage_sending.send(str(tmp_path / "no" / "folder.jsonl"), {})
