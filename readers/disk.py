"""Errors of the disk that are no fault of the file being read: to refuse the file for them would lose it silently."""

import errno

NO_FAULT_OF_THE_FILE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ENFILE})


def is_fault_of_the_file(wrong: BaseException) -> bool:
    """May a file be refused because of this? Not where the disk is full or broken."""
    return not isinstance(wrong, OSError) or wrong.errno not in NO_FAULT_OF_THE_FILE


def blame(wrong: BaseException) -> None:
    """Raise what is no fault of the file; else nothing, and the file may be refused."""
    if not is_fault_of_the_file(wrong):
        raise wrong
