"""Whether this store may issue personal numbers: the allocated range of the settings, and the key they are drawn with.

The key is a file of 32 bytes that only its owner may read, and never lies in the store: who has the store alone cannot
say which number comes next. It is made with the first range of a home folder; once made it is never made anew, so
that a lost key is found out at once. A store that issues nothing needs no key. `sohoa numbers rotate` changes it
(`pipeline.number_keys`); the keys of before are kept, because numbers of erased persons are passed over by them.
"""

from collections.abc import Mapping
from pathlib import Path

from pipeline.settings import Settings
from pipeline.vault import mark_of, own_key, read_key
from store.issuing import IssuingAuthority

KEY_FILE = Path("keys/numbers.key")
OLDER_KEYS = Path("keys/older-numbers")
USE = b"sohoa numbers"
CODES = "numbers.key."


def issuing_authority(settings: Settings) -> IssuingAuthority | None:
    """The allocation with its key, or None where no range is allocated.

    Raises:
        SettingsError: numbers.key.missing, numbers.key.readable_by_others, numbers.key.wrong_size, numbers.key.other.
    """
    if settings.issuing_range is None:
        return None
    older = older_keys(settings)
    key, _ = own_key(settings.numbers_key_file, settings.home, KEY_FILE, USE, CODES, older)
    first, _, last = settings.issuing_range.partition("-")
    return IssuingAuthority(int(first), int(last), settings.issuing_is_test, key, tuple(older.values()))


def older_keys(settings: Settings) -> Mapping[str, bytes]:
    """The keys of before, by their marks. Raises SettingsError as `issuing_authority`."""
    keys = (read_key(path, CODES) for path in sorted(older_folder(settings).glob("*.key")))
    return {mark_of(key, USE): key for key in keys}


def older_folder(settings: Settings) -> Path:
    """Where the keys of before lie."""
    return settings.home / OLDER_KEYS if settings.older_keys is None else settings.older_keys / "numbers"
