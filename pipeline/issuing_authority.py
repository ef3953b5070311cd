"""Whether this store may issue personal numbers: the allocated range of the settings, and the key they are drawn with.

The key is a file of 32 bytes that only its owner may read, and never lies in the store: who has the store alone cannot
say which number comes next. It is made with the first range of a home folder; once made it is never made anew, so
that a lost key is found out at once. A store that issues nothing needs no key.
"""

from pathlib import Path

from pipeline.settings import Settings
from pipeline.vault import own_key
from store.issuing import IssuingAuthority

KEY_FILE = Path("keys/numbers.key")


def issuing_authority(settings: Settings) -> IssuingAuthority | None:
    """The allocation with its key, or None where no range is allocated.

    Raises:
        SettingsError: numbers.key.missing, numbers.key.readable_by_others, numbers.key.wrong_size, numbers.key.other.
    """
    if settings.issuing_range is None:
        return None
    key, _ = own_key(settings.numbers_key_file, settings.home, KEY_FILE, b"sohoa numbers", "numbers.key.")
    first, _, last = settings.issuing_range.partition("-")
    return IssuingAuthority(int(first), int(last), settings.issuing_is_test, key)
