"""Proofs: one for each removal, begun before it, finished after it, never written over."""

import json
from pathlib import Path

import pytest

from pipeline import proofs


def test_a_proof_says_what_is_about_to_go_and_then_what_went(tmp_path: Path) -> None:
    path = proofs.begin(tmp_path, "retention", {"runs": 3})
    begun = json.loads(path.read_text())
    assert (begun["state"], begun["runs"]) == ("begun", 3)
    proofs.finish(path, {"runs": 2})
    done = json.loads(path.read_text())
    assert (done["state"], done["runs"], done["begun_at"]) == ("done", 2, begun["begun_at"])
    assert path.parent.stat().st_mode & 0o077 == 0


def test_no_proof_is_written_over_and_each_is_found_by_what_it_says(tmp_path: Path) -> None:
    paths = [proofs.begin(tmp_path, kind, {"erasure": n}) for n in (7, 8) for kind in ("erasure", "retention")]
    assert len(set(paths)) == 4
    assert proofs.find(tmp_path, "erasure", "erasure", 8) == paths[2]
    assert proofs.find(tmp_path, "erasure", "erasure", 9) is None


def test_a_proof_that_cannot_be_written_stops_the_removal(tmp_path: Path) -> None:
    (tmp_path / proofs.FOLDER).write_text("no folder")
    with pytest.raises(OSError, match="exists"):
        proofs.begin(tmp_path, "retention", {})
