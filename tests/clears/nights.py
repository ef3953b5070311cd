"""The nights that are disturbed: a delivery by hand, one of a landing zone, one that the gate stops, nightly work."""

import csv
from collections.abc import Mapping
from pathlib import Path

from tests.chaos import ledgers
from tests.clears.trials import Night, Player
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.test_gate_release import BAD


def delivery(player: Player) -> None:
    """Three files by hand, one of them no ledger."""
    paths = [str(path) for path in player.scene.ledgers.now]
    player.play("ingest_batch", paths=paths, province=ledgers.PROVINCE)


def landing(player: Player) -> None:
    """A zone is looked at; the run of what was fetched follows."""
    zone = player.place.root / "zone"
    if not zone.exists():
        _declared(zone)
        table = f'[[zone]]\nname = "ha-noi"\nprovince = "01"\nurl = "{zone.as_uri()}"\nwhole = "manifest"\n'
        (player.place.home / "landing.toml").write_text(table, "utf-8")
    landed = player.play("land_files")
    for conf in landed.asked.values():
        player.play("ingest_batch", **conf, paths=[str(zone)])


def stopped(player: Player) -> None:
    """A batch that the gate stops, and a person lets in."""
    path = ledger(player.place.root / "so.csv", [*FAMILY, *BAD])
    run = player.play("ingest_batch", paths=[str(path)], province="01")
    folder = next(a for item, a in run.answers.items() if item.task == "plan_delivery")
    player.play("release_gate", batch=Path(folder).parent.name)


def nightly(player: Player) -> None:
    """The work on the store, reports of the month before, a candidate for the model."""
    player.play("maintain")
    player.play("national_match")
    counted = player.play("build_reports", provinces=["01", "33"])
    for partition in next(a for item, a in counted.answers.items() if item.task == "announce"):
        player.play("province_report", partition=partition)
    player.play("retrain_model")


NIGHTS: Mapping[str, tuple[Night, str]] = {
    "delivery": (delivery, "store"), "landing": (landing, "store"), "stopped": (stopped, "store"),
    "nightly": (nightly, "loaded"),
}  # fmt: skip
"""Each with the place it begins in (`tests.chaos.scene`)."""
SHARES: Mapping[str, int] = {"delivery": 5, "landing": 2, "stopped": 1, "nightly": 2}


def _declared(zone: Path) -> None:
    from tests.pipeline.test_landing import declare

    folder = zone / "xa 1"
    made = ledger(folder / "so.csv", FAMILY)
    with (folder / "khac.csv").open("w", encoding="utf-8", newline="") as out:
        rows = list(csv.reader(made.read_text("utf-8-sig").splitlines()))
        csv.writer(out).writerows([rows[0], *([f"9{row[0]}", *row[1:]] for row in rows[1:])])
    declare(folder, "so.csv", "khac.csv")
