"""Matching beside Splink, on the same records in one run: seconds, memory, and how right each is.

    python -m benchmarks.matching --people 90000 900000 --kinds usual hard --seeds 5001 --splink PYTHON

Each way is a process of its own from the records to clusters.parquet and pairs.parquet: `sohoa match` with the model of
the package and with `--train`, Splink with training and with the model that it saved. `--splink` is a Python that has
splink 5.0.0 installed, by default the running one (`pip install -e .[bench]`); where none has it, sohoa is measured
alone. Seeds must not be those that the model was made with.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from benchmarks.common import machine, write_results
from benchmarks.matching_data import KINDS, make

_PRECISE = 0.999


def main() -> None:
    """Measure and write results/matching.csv."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[90_000])
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=["usual"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[5001])
    here = sys.executable if importlib.util.find_spec("splink") else None
    parser.add_argument("--splink", default=here, help="a Python with splink 5.0.0; this one, if it has it")
    parser.add_argument(
        "--folder", type=Path, default=None, help="where the data are made; the system's own by default"
    )
    given = parser.parse_args()
    print(machine())
    rows: list[dict[str, object]] = []
    for people in given.people:
        for kind in given.kinds:
            for seed in given.seeds:
                rows += measure(people, kind, seed, given.splink, given.folder)
    print(write_results("matching", rows))


def measure(people: int, kind: str, seed: int, splink: str | None, where: Path | None) -> Iterator[dict[str, object]]:
    """A line of the table for each way on one set."""
    folder = Path(tempfile.mkdtemp(prefix="sohoa-bench-", dir=where))
    try:
        data = make(kind, people, seed, folder / "data")
        sohoa = str(Path(sys.executable).with_name("sohoa"))
        ours = [sohoa, "match", str(data / "records.parquet"), "--out", str(folder / "ours")]
        ways = {"sohoa, model of the package": ours, "sohoa, trained": [*ours, "--train"]}
        if splink:
            peer = [splink, str(Path(__file__).with_name("splink_ledger.py")), str(data / "records.parquet")]
            ways["Splink, trained"] = [*peer, str(folder / "peer")]
            ways["Splink, saved model"] = [*peer, str(folder / "again"), str(folder / "peer" / "model.json")]
        for way, command in ways.items():
            line = {"kind": kind, "people": people, "seed": seed, "way": way} | _timed(command)
            found = folder / ("ours" if way.startswith("sohoa") else "again" if "saved" in way else "peer")
            line |= judged(found, data / "truth.parquet")
            print(json.dumps(line))
            yield line
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _timed(command: Sequence[str]) -> dict[str, object]:
    """Seconds and largest resident memory of a child."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as child:
        said = child.stderr.read() if child.stderr else ""
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if child.returncode > 1:
        sys.exit(said[-2000:])
    cpu = used.ru_utime + used.ru_stime
    return {"wall_seconds": round(wall, 1), "cpu_seconds": round(cpu, 1), "peak_mib": used.ru_maxrss // 1024}


def judged(found: Path, truth: Path) -> dict[str, object]:
    """How right pairs and clusters are; the best F1 is that of the threshold that the truth chooses."""
    with duckdb.connect() as sql:
        sql.execute("SET enable_progress_bar = false")
        sql.execute(f"CREATE TABLE truth AS SELECT record_id, person_id FROM read_parquet('{truth}')")
        records, true = _one(
            sql,
            """SELECT sum(n)::BIGINT, sum(n * (n - 1) // 2)::BIGINT FROM (
                SELECT count(*) AS n FROM truth GROUP BY person_id)""",
        )
        sql.execute(
            f"""CREATE TABLE pair AS SELECT match_probability AS p, outcome, a.person_id = b.person_id AS ok
                FROM read_parquet('{found}/pairs.parquet') JOIN truth a ON a.record_id = left_record_id
                JOIN truth b ON b.record_id = right_record_id"""
        )
        best, precise = _one(
            sql,
            f"""SELECT max(2.0 * k / (n + {true})), max(k) FILTER (k >= {_PRECISE} * n) / {true} FROM (
                    SELECT sum(count(*)) OVER w AS n, sum(sum(ok::INT)) OVER w AS k FROM pair GROUP BY p
                    WINDOW w AS (ORDER BY p DESC))""",
        )
        at, right = _one(sql, "SELECT count(*), sum(ok::INT) FROM pair WHERE p >= 0.95")
        auto, auto_right = _one(sql, "SELECT count(*), sum(ok::INT) FROM pair WHERE outcome = 'match'")
        pile, pile_right = _one(sql, "SELECT count(*), coalesce(sum(ok::INT), 0) FROM pair WHERE outcome <> 'match'")
        said, is_so = _one(sql, "SELECT avg(p), avg(ok::INT) FROM pair WHERE p >= 0.9")
        both, joined = _one(
            sql,
            f"""WITH cell AS (SELECT cluster_id, person_id, count(*) AS n FROM read_parquet('{found}/clusters.parquet')
                    JOIN truth USING (record_id) GROUP BY ALL)
                SELECT (SELECT sum(n * (n - 1) // 2) FROM cell), (SELECT sum(n * (n - 1) // 2) FROM (
                    SELECT sum(n) AS n FROM cell GROUP BY cluster_id))""",
        )
    return {
        "records": records, "true_pairs": int(true), "best_f1": round(best, 4), "recall_at_p999": _rounded(precise),
        "f1_at_095": round(2 * right / (at + true), 4), "auto_precision": round(auto_right / auto, 5),
        "auto_recall": round(auto_right / true, 4), "review_by_records": round(pile / records, 4),
        "recall_with_reviews": round((auto_right + pile_right) / true, 4), "said_above_09": round(said, 4),
        "true_above_09": round(is_so, 4), "f1_of_clusters": round(2 * both / (joined + true), 4),
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _one(sql: duckdb.DuckDBPyConnection, query: str) -> tuple[float, ...]:
    return tuple(sql.execute(query).fetchall()[0])


if __name__ == "__main__":
    main()
