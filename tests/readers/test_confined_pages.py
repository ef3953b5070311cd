import subprocess
import sys
from pathlib import Path

from readers.reading import ReadLimits
from tests.readers.drawn_tables import Look, draw
from tests.readers.page_pictures import as_file

_ALONE = """
import sys
from pathlib import Path
from readers.child import confine
from readers.reading import ReadLimits
confine(ReadLimits().memory_bytes)
from readers.crops import cut
from readers.forms import known_form
from readers.page_files import read_pages
from readers.page_grid import find_grid
for page in read_pages(Path(sys.argv[1]), ReadLimits()):
    grid = find_grid(page, (known_form("register"),))
    crops = [cut(page.picture, box.quad, grid.turned) for box in grid.boxes]
    print(len(crops))
"""


def test_pages_are_opened_and_cut_behind_the_locks_of_the_child(tmp_path: Path) -> None:
    look = Look(columns=6, rows=9)
    for kind in ("JPEG", "PDF"):
        path = tmp_path / f"page.{kind.lower()}"
        path.write_bytes(as_file(draw(look).picture, kind))
        done = subprocess.run(
            [sys.executable, "-c", _ALONE, str(path)], check=True, capture_output=True, text=True, cwd=Path.cwd()
        )
        assert int(done.stdout) >= look.columns * look.rows
    assert ReadLimits().memory_bytes <= 1 << 30
