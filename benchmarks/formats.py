"""How fast each format is read, and what its reader's child needs: the same ledger of 17 columns in all of them.

python -m benchmarks.formats --rows 100000
"""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.common import timed, write_results
from readers.registry import read_file
from tests.readers.office_files import FORMATS

_MOST_ROWS = {".xls": 60_000}
_HEADINGS = (
    "STT", "Số hộ khẩu", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Tôn giáo", "Quốc tịch", "Số CCCD",
    "Nơi đăng ký khai sinh", "Quê quán", "Nơi thường trú", "Tình trạng hôn nhân", "Nhóm máu", "Quan hệ với chủ hộ",
    "Họ tên cha", "Họ tên mẹ",
)  # fmt: skip
_SURNAMES, _MIDDLES = ("Nguyễn", "Trần", "Lê", "Phạm", "Đỗ", "Vũ"), ("Văn", "Thị", "Hữu", "Đức")
_GIVEN = ("Bình", "Tuyết", "Thắng", "Phước", "Ngoãn", "Quỳnh", "Hà", "Ỷ")
_PLACES = tuple(f"thôn {n}, xã Đông Hưng, huyện Đông Hưng, tỉnh Thái Bình" for n in range(40))


def rows(count: int) -> Iterator[list[str | None]]:
    """A heading and that many people, the same on every run."""
    chance = random.Random(3)  # noqa: S311 - synthetic people
    yield list(_HEADINGS)

    def name() -> str:
        return f"{chance.choice(_SURNAMES)} {chance.choice(_MIDDLES)} {chance.choice(_GIVEN)}"

    for n in range(count):
        yield [
            str(n + 1), f"{n // 4:09d}", name(), f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{1930 + n % 80}",
            "Nam" if n % 2 else "Nữ", "Kinh", "Không", "Việt Nam", f"034{n:09d}", chance.choice(_PLACES),
            chance.choice(_PLACES), chance.choice(_PLACES), "Đã kết hôn", None, "Con" if n % 4 else "Chủ hộ", name(),
            name(),
        ]  # fmt: skip


def read_one(path: Path) -> None:
    """Read one file in its child and say rows, seconds of the clock and of the processor, and MiB of the child."""
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        reading = read_file(path, Path(out), name=path.name)
        wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stdout.write(json.dumps({
        "rows": reading.rows, "seconds": round(wall, 2), "processor_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mib": used.ru_maxrss // 1024,
    }))  # fmt: skip


def main() -> None:
    """Measure and write results/formats.csv."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--one", type=Path)
    asked = parser.parse_args()
    if asked.one:
        read_one(asked.one)
        return
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for ending, write in FORMATS.items():
            path = Path(folder) / f"so{ending}"
            path.write_bytes(write(list(rows(min(asked.rows, _MOST_ROWS.get(ending, asked.rows)))), []))
            measured = json.loads(timed([sys.executable, "-m", "benchmarks.formats", "--one", str(path)]).output)
            rate = round(measured["rows"] / measured["processor_seconds"])
            results.append(
                {"format": ending, "mib": path.stat().st_size >> 20, **measured, "rows_a_processor_second": rate}
            )
            print(results[-1])
            path.unlink()
    print(write_results("formats", results))


if __name__ == "__main__":
    main()
