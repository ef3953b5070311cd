"""What the disk does to a reader is not blamed on the file."""

import errno
import os
import zipfile
from pathlib import Path
from unittest.mock import patch

import pytest

from readers import archive, disk
from readers.reading import ReadLimits
from readers.sandbox import Job
from schemas.errors import FileRefused


def test_a_full_or_broken_disk_is_raised_and_anything_else_may_refuse_the_file() -> None:
    for number in disk.NO_FAULT_OF_THE_FILE:
        with pytest.raises(OSError, match=os.strerror(number)):
            disk.blame(OSError(number, os.strerror(number)))
    for wrong in (OSError("no gzip"), PermissionError(errno.EACCES, "no"), ValueError("x"), zipfile.BadZipFile()):
        assert disk.is_fault_of_the_file(wrong)
        disk.blame(wrong)


def test_a_disk_that_is_full_while_an_archive_is_unpacked_refuses_neither_archive_nor_member(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "so.zip", "w") as out:
        out.writestr("so.csv", "1,2\n")
    job = Job("", str(tmp_path / "so.zip"), str(tmp_path), "", "", None, ReadLimits())
    for number, outcome in ((errno.ENOSPC, OSError), (errno.EACCES, None)):
        with patch.object(archive, "_copy", side_effect=OSError(number, os.strerror(number))):
            if outcome is None:
                assert [m.refused for m in archive.unpack(job, lambda rows: None).members] == ["file.damaged"]
            else:
                with pytest.raises(outcome) as told:
                    archive.unpack(job, lambda rows: None)
                assert not isinstance(told.value, FileRefused)
