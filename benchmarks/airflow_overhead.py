"""What Airflow costs over `sohoa run`, from landing to report, and whether a province waits for another.

    python -m benchmarks.airflow_overhead --files 100 --rows 100000 --provinces 34 --batches 6

One home folder for each question, Airflow as `sohoa airflow start` starts it. Writes results/airflow_overhead.csv.
Three questions: the same batch by `sohoa run` and by a run of `ingest_batch`; a file laid into a landing zone until its
report is there; all provinces deliver their small batches at once, and each province alone for comparison.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common import write_results
from data_samples.batch import write_batch
from data_samples.options import GenerateOptions
from pipeline import airflow_accounts, airflow_service
from pipeline.airflow_rest import Session
from pipeline.settings import Settings
from schemas import code_lists

_SOHOA = str(Path(sys.executable).with_name("sohoa"))
_PATIENCE = 4 * 3600.0
_LOOK = 0.5
_ENDED = ("success", "failed")
Row = Mapping[str, object]


@dataclass(frozen=True)
class Place:
    """A home folder with its commands; `session` where Airflow runs in it."""

    home: Path
    session: Session | None = None

    def sohoa(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command in this home."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SOHOA_", "AIRFLOW"))}
        given = {**kept, "SOHOA_HOME": str(self.home), "SOHOA_RECEIVED_ON": "2024-06-01"}
        return subprocess.run([_SOHOA, *words], env=given, capture_output=True, text=True, check=False)

    def run(self, paths: list[str], province: str, name: str) -> float:
        """A run of `ingest_batch` from the order to its end, seconds."""
        assert self.session is not None
        at = "dags/ingest_batch/dagRuns"
        begun = time.monotonic()
        conf = {"paths": paths, "province": province}
        self.session.post(at, {"dag_run_id": name, "logical_date": None, "conf": conf})
        until(lambda: self.session is not None and self.session.get(f"{at}/{name}")["state"] in _ENDED)
        return time.monotonic() - begun


@contextmanager
def place(*, airflow: bool, port: int) -> Iterator[Place]:
    """A new home folder, with Airflow if it is asked for; all of it gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="soa-"))
    made = Place(home)
    try:
        if airflow:
            started = made.sohoa("airflow", "start", "--port", str(port))
            if started.returncode:
                raise SystemExit(started.stdout + started.stderr)
            service = airflow_service.found(Settings(home))
            assert service is not None
            made = Place(home, Session(service.address, *airflow_accounts.admin(home / "airflow")))
            until(lambda: "ingest_batch" in _dags(made))
        else:
            made.sohoa("store", "start")
        yield made
    finally:
        made.sohoa("airflow", "stop")
        made.sohoa("store", "stop")
        shutil.rmtree(home, ignore_errors=True)


def until(what: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + _PATIENCE
    while not what():
        if time.monotonic() > end:
            raise SystemExit("took too long")
        time.sleep(_LOOK)


def overhead(files: int, rows: int, port: int, folder: Path) -> Iterator[Row]:
    """The same batch without and with Airflow."""
    delivery = _delivery(folder, files, rows)
    with place(airflow=False, port=port) as here:
        begun = time.monotonic()
        done = here.sohoa("run", str(delivery), "--province", "01", "--json")
        alone = time.monotonic() - begun
        read = int(json.loads(done.stdout)["read"])
    with place(airflow=True, port=port) as here:
        through = here.run([str(delivery)], "01", "overhead")
    shape = {"files": files, "rows": read}
    yield {"question": "overhead", "what": "sohoa run", **shape, "seconds": round(alone, 1)}
    yield {"question": "overhead", "what": "ingest_batch", **shape, "seconds": round(through, 1)}
    yield {"question": "overhead", "what": "ratio", **shape, "seconds": round(through / alone, 2)}


def at_once(provinces: int, batches: int, rows: int, port: int, folder: Path) -> Iterator[Row]:
    """From landing to report of one file; then all provinces at once, each compared with itself alone."""
    codes = [row["code"] for row in code_lists.rows("provinces_34")][:provinces]
    shape = {"files": provinces * batches, "rows": provinces * batches * rows}
    with place(airflow=True, port=port) as here:
        solo = _landed(here, folder / "solo", codes[:1], batches, rows)[codes[0]]
    with place(airflow=True, port=port) as here:
        first = _landed(here, folder / "one", codes[:1], 1, rows)[codes[0]]
        yield {"question": "landing to report", "what": "one file", "files": 1, "rows": rows, "seconds": first[0]}
    with place(airflow=True, port=port) as here:
        ends = _landed(here, folder / "all", codes, batches, rows)
    firsts, lasts = [times[0] for times in ends.values()], [times[-1] for times in ends.values()]
    yield {"question": "at once", "what": "a province alone, its first report", **shape, "seconds": solo[0]}
    yield {"question": "at once", "what": "a province alone, its last report", **shape, "seconds": solo[-1]}
    yield {"question": "at once", "what": "worst first report", **shape, "seconds": max(firsts)}
    yield {"question": "at once", "what": "best first report", **shape, "seconds": min(firsts)}
    yield {"question": "at once", "what": "last report of all", **shape, "seconds": max(lasts)}
    yield {"question": "at once", "what": "first to last province at the end, ratio", **shape,
           "seconds": round(max(lasts) / min(lasts), 2)}  # fmt: skip


def _landed(here: Place, folder: Path, codes: list[str], batches: int, rows: int) -> dict[str, list[float]]:
    """Lay the files of all provinces into their zones at once; seconds until each report, by province, in order."""
    assert here.session is not None
    tables = []
    for code in codes:
        zone = folder / code
        for number in range(batches):
            _small(zone / f"{number}.csv", code, number, rows)
        tables.append(f'[[zone]]\nname = "z{code}"\nprovince = "{code}"\nurl = "{zone.as_uri()}"\nsettle_seconds = 0\n')
    (here.home / "landing.toml").write_text("\n".join(tables), "utf-8")
    begun, seen = time.monotonic(), dict[str, float]()
    wanted = len(codes) * batches

    def look() -> bool:
        assert here.session is not None
        # A file counts at its second look, and a turn is taken at each: in place of every ten minutes.
        here.session.post("dags/land_files/dagRuns", {"logical_date": None, "conf": {}})
        end = time.monotonic() + 15
        while time.monotonic() < end and len(seen) < wanted:
            for report in (here.home / "reports").glob("*.html"):
                seen.setdefault(report.stem, time.monotonic() - begun)
            time.sleep(_LOOK)
        return len(seen) >= wanted

    until(look)
    of = {b["batch_id"]: b["province_code"] for b in json.loads(here.sohoa("batch", "list", "--json").stdout)}
    found: dict[str, list[float]] = {}
    for batch_id, seconds in sorted(seen.items(), key=lambda each: each[1]):
        found.setdefault(of[batch_id], []).append(round(seconds, 1))
    return found


def _dags(here: Place) -> set[str]:
    assert here.session is not None
    return {str(dag["dag_id"]) for dag in here.session.get("dags?limit=50")["dags"]}


def _delivery(folder: Path, files: int, rows: int) -> Path:
    """So many rows of people who do not exist, in so many files."""
    write_batch(GenerateOptions(rows, 11, ("01",)), "csv", folder / "made", 1)
    (source,) = (folder / "made" / "input").iterdir()
    with source.open(encoding="utf-8-sig", newline="") as lines:
        heading, *records = list(csv.reader(lines))
    each = -(-len(records) // files)
    for number in range(files):
        _write(folder / "delivery" / f"{number:03d}.csv", [heading, *records[number * each : (number + 1) * each]])
    return folder / "delivery"


def _small(path: Path, code: str, number: int, rows: int) -> None:
    heading = [
        "Số sổ hộ khẩu",
        "Họ và tên",
        "Quan hệ với chủ hộ",
        "Ngày sinh",
        "Giới tính",
        "Dân tộc",
        "Nơi thường trú",
    ]
    names = ("An", "Bình", "Cường", "Dũng", "Giang", "Hải")

    def person(n: int) -> list[str]:
        born = f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{1950 + n % 40}"
        return [f"{code}{number}{n:06d}", f"Nguyễn Văn {names[n % 6]}", "Chủ hộ", born, "Nam", "Kinh", "Hà Nội"]

    _write(path, [heading, *map(person, range(rows))])


def _write(path: Path, rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)


def main() -> None:
    """Run what is asked for and write the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=100)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--provinces", type=int, default=34)
    options.add_argument("--batches", type=int, default=6)
    options.add_argument("--small-rows", type=int, default=20)
    options.add_argument("--port", type=int, default=18_090)
    options.add_argument("--dry", action="store_true", help="print, write nothing")
    given = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soa-in-"))
    rows: list[Row] = []
    try:
        if given.files:
            rows += overhead(given.files, given.rows, given.port, folder)
        if given.provinces:
            rows += at_once(given.provinces, given.batches, given.small_rows, given.port, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for row in rows:
        sys.stdout.write(f"{row}\n")
    if not given.dry:
        write_results("airflow_overhead", rows)


if __name__ == "__main__":
    main()
