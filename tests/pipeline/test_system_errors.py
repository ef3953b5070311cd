import errno
import os
from pathlib import Path

import pytest

from pipeline import artefacts, system_errors
from schemas.errors import SystemFailed


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "system.disk_full"), (errno.EDQUOT, "system.disk_full"), (errno.EACCES, "system.denied"),
        (errno.EROFS, "system.denied"), (errno.EIO, "system.failed"), (errno.EMFILE, "system.failed"),
    ],
)  # fmt: skip
def test_each_error_of_the_system_has_its_code_and_its_name(number: int, code: str) -> None:
    with pytest.raises(SystemFailed) as told, system_errors.translated():
        raise OSError(number, os.strerror(number), "Nguyễn Thị Mật.csv")
    assert told.value.code == code
    assert told.value.details["error"] == errno.errorcode[number]
    assert told.value.exit_code == 3
    assert told.value.__suppress_context__
    assert "Mật" not in str(told.value)


def test_the_place_is_the_line_of_ours_that_met_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(SystemFailed, match=r"error=ENOTDIR place=pipeline/artefacts\.py:\d+"),
        system_errors.translated(),
    ):
        artefacts.write_json(tmp_path / "file" / "x" / "y.json", {})


def test_an_error_without_a_number_goes_by_its_class() -> None:
    assert system_errors.as_ours(TimeoutError()).details["error"] == "TimeoutError"
