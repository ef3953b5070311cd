"""The committed ledgers of three provinces, as three batches into an empty store, against what their truth expects."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.settings import Settings
from schemas.tables import OUTCOMES
from store import invariants, reports
from store.engine import open_store

pytestmark = [pytest.mark.store, pytest.mark.slow]
SAMPLE = Path(__file__).parents[1] / "data_samples" / "three_provinces"
DELIVERIES = {"ha_noi.csv": "01", "nghe_an.xlsx": "40", "can_tho_tcvn3.csv": "92"}
Place = tuple[str, str, int]
Row = dict[str, Any]


def expected() -> dict[Place, Row]:
    with (SAMPLE / "expected" / "row_outcomes.csv").open(encoding="utf-8", newline="") as source:
        return {(r["file"], r["sheet"], int(r["line"])): r for r in csv.DictReader(source)}


def unlike(wanted: Mapping[Place, Row], found: Mapping[Place, Row]) -> Iterator[object]:
    """What did not end as expected. Which of several rows of one person of one file is loaded first may differ."""
    rows_of_person: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place, row in wanted.items():
        got = (found[place]["outcome"], found[place]["rule_id"])
        if row["outcome"] == "quarantined" and got != ("quarantined", row["rule_id"]):
            yield place, row["rule_id"], got
        if row["outcome"] != "quarantined":
            rows_of_person[row["person_id"], place[0]].append(place)
    for places in rows_of_person.values():
        also = {o for p in places for o in wanted[p]["also_allowed"].split()}
        got, want = (Counter(rows[p]["outcome"] for p in places) for rows in (found, wanted))
        if got != want and not (also and set(got) <= also | set(want)):
            yield places, dict(want), dict(got)


def test_every_row_of_the_sample_ends_as_its_truth_expects(settings: Settings) -> None:
    results = [run.run_batch([SAMPLE / "input" / f], code, settings) for f, code in DELIVERIES.items()]
    wanted, found = expected(), dict[Place, Row]()
    store = open_store(settings.store_url, settings.home)
    name_of = {f.file: Path(f.path).name for result in results for f in result.files}
    for result in results:
        for table in reports.row_outcomes(store, result.batch_id):
            found |= {(name_of[r["file"]], r["sheet"] or "", r["line"]): r for r in table.to_pylist()}
    assert not invariants.store_check(store)
    store.close()
    assert set(found) == set(wanted), "the same data rows, at the lines a clerk counts"
    assert not list(unlike(wanted, found))

    true_persons: dict[str, set[str]] = defaultdict(set)
    for place, got in found.items():
        if got["person_id"]:
            true_persons[got["person_id"]].add(wanted[place]["person_id"])
    assert not [true for true in true_persons.values() if len(true) > 1], "no two people were made one"

    for (file, code), result in zip(DELIVERIES.items(), results, strict=True):
        assert result.read == sum(result.counts[o] for o in OUTCOMES)
        again = run.run_batch([SAMPLE / "input" / file], code, settings)
        assert again.counts["known"] == again.read == result.read
