"""Many provinces load at once: the result is that of one after the other, and nobody is turned away.

Each province sends several small batches; one person in ten stands in the ledger of the next province too, because the
household moved. Oracle: the same batches, one by one, into a store of its own.
"""

import csv
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue

from schemas import code_lists
from store.engine import open_store
from tests.chaos.scene import Nursery, Place, Scene
from tests.chaos.trials import Result, Strike, Trial
from tests.chaos.verdict import State, state_of

_HEADINGS = ("Số sổ hộ khẩu", "Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc", "Nơi thường trú",
             "Số CMND")  # fmt: skip
_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
_MIDDLE = ("Văn", "Hữu", "Đức", "Công", "Minh", "Quang", "Xuân", "Thành")
_GIVEN = ("An", "Bình", "Cường", "Dũng", "Giang", "Hải", "Khánh", "Lâm", "Nam", "Phúc", "Quân", "Sơn", "Tâm", "Vinh")
_ROWS, _MOVED = 10, 1
_KILLED = 0.25
"""Share of the jobs of the crowd that are killed at a seeded moment, and given again."""
_LONGEST = 4.0
"""Seconds within which that moment lies."""


def crowd(scene: Scene, first: Nursery, provinces: int, batches: int, at_once: int, seed: int = 7) -> Result:
    """Load all batches at once, some of them killed, and one by one, and compare the stores."""
    kind = f"{provinces} provinces x {batches} batches at once"
    result, start = Result(Trial(kind, (Strike(),)), ["all at once"]), time.monotonic()
    folder = scene.root / "crowd"
    deliveries = _deliveries(folder, provinces, batches, random.Random(seed))  # noqa: S311 - a sample
    alone = _load(scene, [first], deliveries, "one_by_one", result)
    nurseries = [first.twin() for _ in range(at_once)]
    try:
        together = _load(scene, nurseries, deliveries, "at_once", result)
    finally:
        for nursery in nurseries[::-1]:
            nursery.close()
    result.faults += _differences(alone, together)
    result.seconds = time.monotonic() - start
    return result


def _differences(alone: State, together: State) -> Iterator[str]:
    if alone.digest != together.digest:
        yield "the store differs from that of one after the other"
    for table in ("batches", "row_outcomes", "records", "quarantine", "memberships", "golden_persons"):
        if alone.counts[table] != together.counts[table]:
            yield f"{table}: {together.counts[table]}, not {alone.counts[table]}"
    if alone.files != together.files:
        yield f"files left or missing: {len(alone.files ^ together.files)}"


def _deliveries(folder: Path, provinces: int, batches: int, dice: random.Random) -> list[tuple[Path, str]]:
    """Province after province, batch after batch: a ledger each, and its province."""
    codes = [row["code"] for row in code_lists.rows("provinces_34")][:provinces]
    made, last = [], []
    for batch in range(batches):
        for position, code in enumerate(codes):
            rows = [_person(f"{position:02d}{batch}{n:05d}", dice) for n in range(_ROWS)]
            moved = [(f"{position:02d}{batch}9{n:04d}", *row[1:]) for n, row in enumerate(last[:_MOVED])]
            path = folder / f"{code}-{batch}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([_HEADINGS, *rows, *moved])
            made.append((path, code))
            last = rows
    return made


def _person(household: str, dice: random.Random) -> tuple[str, ...]:
    name = " ".join((dice.choice(_SURNAMES), dice.choice(_MIDDLE), dice.choice(_GIVEN)))
    born = f"{dice.randint(1, 28):02d}/{dice.randint(1, 12):02d}/{dice.randint(1930, 1995)}"
    return (household, name, "Chủ hộ", born, "Nam", "Kinh", "Hà Nội", f"{dice.randrange(10**8, 10**9):09d}")


def _load(
    scene: Scene, nurseries: list[Nursery], deliveries: list[tuple[Path, str]], name: str, result: Result
) -> State:
    """Load the deliveries through so many nurseries; the state of the place they share."""
    scene._admin(f'CREATE DATABASE "{name}" OWNER sohoa TEMPLATE template0')
    root = scene.root / name
    place = Place(root, scene.url(name), name)
    (root / "tmp").mkdir(parents=True)
    open_store(place.url, place.home).close()
    waiting: SimpleQueue[tuple[Path, str]] = SimpleQueue()
    for delivery in deliveries:
        waiting.put(delivery)
    killed = _KILLED if len(nurseries) > 1 else 0.0
    threads = [
        threading.Thread(target=_loader, args=(replace(place, root=root / f"w{n}"), place, nursery, waiting, killed,
                                               result))
        for n, nursery in enumerate(nurseries)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _looked_at(place, len(deliveries), result)


def _loader(
    own: Place, shared: Place, nursery: Nursery, waiting: "SimpleQueue[tuple[Path, str]]", killed: float, result: Result
) -> None:
    """Takes deliveries until there are none; all processes share one home and one store."""
    (own.root / "tmp").mkdir(parents=True)
    try:
        while True:
            path, province = waiting.get_nowait()
            dice = random.Random(path.name)  # noqa: S311 - a sample
            job = own.job(("run", str(path), "--province", province, "--json"), inside=True, seconds=600)
            job["environment"] |= {"SOHOA_HOME": str(shared.home), "TMPDIR": str(shared.root / "tmp")}
            if dice.random() < killed:
                result.fired += nursery.run({**job, "kill_at": dice.random() * _LONGEST}).fired
            ended = nursery.run(job)
            if ended.code not in (0, 1) or "Traceback" in ended.err:
                result.faults.append(f"province {province} ended with {ended.code}: {ended.err[-200:]}")
    except Empty:
        return


def _looked_at(place: Place, batches: int, result: Result) -> State:
    """State of the store and of the home that all shared."""
    state, wrong = state_of(place)
    result.faults += wrong
    if state.counts["batches"] != batches:
        result.faults.append(f"{state.counts['batches']} batches, not {batches}")
    return state
