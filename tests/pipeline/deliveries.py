"""Small ledgers, written out, for the tests of the pipeline. No person in them exists."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from unittest.mock import patch

from pipeline import file_steps
from pipeline.context import Run, load_run
from pipeline.intake import open_run, plan_batch
from pipeline.settings import Settings
from pipeline.steps import FILE_STEPS
from readers import registry
from readers.parsers import parse_file

HEADINGS = (
    "Số sổ hộ khẩu", "Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc", "Quê quán",
    "Nơi thường trú", "Số CMND",
)  # fmt: skip
_HOME = "Thôn 2, xã Minh Châu, huyện Ba Vì, Hà Nội"

FAMILY: tuple[tuple[str, ...], ...] = (
    ("010100001", "Nguyễn Văn Bách", "Chủ hộ", "12/03/1956", "Nam", "Kinh", "Hà Nội", _HOME, "010123456"),
    ("010100001", "Trần Thị Mận", "Vợ", "1958", "Nữ", "Kinh", "Nam Định", _HOME, "010234567"),
    ("010100001", "Nguyễn Đình Khoa", "Con", "05/11/1983", "Nam", "Kinh", "Hà Nội", _HOME, ""),
    ("010100002", "Lê Quang Thạch", "Chủ hộ", "30/04/1949", "Nam", "Mường", "Hòa Bình", _HOME, ""),
    ("010100002", "Quách Thị Nhình", "Vợ", "02/09/1952", "Nữ", "Mường", "Hòa Bình", _HOME, ""),
)
NAMELESS = ("010100002", "", "Con", "01/02/1980", "Nam", "Mường", "Hòa Bình", _HOME, "")
NO_SUCH_DAY = ("010100002", "Lê Thị Bưởi", "Con", "31/02/1978", "Nữ", "Mường", "Hòa Bình", _HOME, "")
MENDED = ("010100002", "Lê Thị Bưởi", "Con", "21/02/1978", "Nữ", "Mường", "Hòa Bình", _HOME, "")


def ledger(
    path: Path, rows: Iterable[Iterable[str]], *, separator: str = ",", headings: Iterable[str] = HEADINGS
) -> Path:
    """Write a CSV ledger; cells hold no quotes or line breaks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [separator.join(f'"{cell}"' for cell in row) for row in (headings, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read_and_checked(path: Path, home: Path) -> Run:
    """The run folder of one file whose rows are checked, without a store; its parser runs in this process."""
    settings = Settings(home, workers=1, received_on=date(2024, 6, 1))
    made = load_run(open_run(plan_batch([path], "01", settings), settings), settings)
    with patch.object(registry, "run_parser", parse_file):
        for file in made.plan.files:
            for step in FILE_STEPS:
                getattr(file_steps, step)(made, file)
                assert file_steps.refusal_of(made, file) is None, file_steps.refusal_of(made, file)
    return made
