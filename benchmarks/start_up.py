"""How long a user waits for nothing: `sohoa --help`, and the parse of the DAG folder.

python -m benchmarks.start_up
"""

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.common import timed, write_results

_REPEATS = 5
_PARSE = """
import time, sys
from airflow.dag_processing.dagbag import DagBag
start = time.perf_counter()
bag = DagBag(sys.argv[1])
print(time.perf_counter() - start, len(bag.dags), len(bag.import_errors))
"""


def main() -> None:
    """Measure and write results/start_up.csv."""
    sohoa = str(Path(sys.executable).with_name("sohoa"))
    help_seconds = statistics.median(timed([sohoa, "--help"]).wall for _ in range(_REPEATS))
    with tempfile.TemporaryDirectory() as home:
        environment = {"AIRFLOW_HOME": home, "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "SOHOA_HOME": home}
        timed([str(Path(sys.executable).with_name("airflow")), "db", "migrate"], environment)
        parses = [timed([sys.executable, "-c", _PARSE, "dags"], environment).output.split() for _ in range(_REPEATS)]
    parse_seconds = statistics.median(float(p[-3]) for p in parses)
    rows = [
        {"what": "sohoa --help", "seconds": round(help_seconds, 3), "wanted_under": 0.5},
        {"what": "parse of the DAG folder", "seconds": round(parse_seconds, 3), "wanted_under": 2.0},
    ]
    for row in rows:
        print(row)
    print(write_results("start_up", rows))


if __name__ == "__main__":
    main()
