"""64-bit hashes of text and of number columns; the same on each run and machine, because the store keeps them.

Text is hashed by BLAKE2b, once for each distinct value. Columns of integers are mixed by the finaliser of SplitMix64
(Steele, Lea, Flood 2014: "Fast splittable pseudorandom number generators").
"""

import hashlib

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Hashes = npt.NDArray[np.uint64]
MISSING = np.uint64(0)
"""The hash of nothing: a key or a name that is not there."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_TWENTY_SEVEN, _THIRTY, _THIRTY_ONE = np.uint64(27), np.uint64(30), np.uint64(31)
_AT_ONCE = 1 << 14


def mix(values: npt.ArrayLike) -> Hashes:
    """Spread each 64-bit integer over all 64 bits, one to one."""
    return combine(values)


def combine(first: npt.ArrayLike, *others: npt.ArrayLike) -> Hashes:
    """One hash of several integer columns, in this order; a number stands for a column of it."""
    is_mixed = np.ndim(first) == 0 and len(others) > 0
    columns = np.broadcast_arrays(combine(first) if is_mixed else first, *others)
    whole = np.empty(columns[0].size, np.uint64)
    flat = [column.reshape(-1) if column.ndim != 1 else column for column in columns]
    spare = np.empty(min(_AT_ONCE, len(whole)), np.uint64)
    # A few thousand at a time stay in the cache of the processor over all steps.
    for start in range(0, len(whole), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        hashes = whole[part]
        rest = spare[: len(hashes)]
        np.copyto(hashes, flat[0][part], casting="unsafe")
        if not is_mixed:
            _mix(hashes, rest)
        for column in flat[1:]:
            np.copyto(rest, column[part], casting="unsafe")
            rest += _FIRST
            hashes ^= rest
            _mix(hashes, rest)
    return whole.reshape(columns[0].shape)


def _mix(x: Hashes, spare: Hashes) -> None:
    """`mix` in place."""
    x += _GOLDEN
    for shift, factor in ((_THIRTY, _FIRST), (_TWENTY_SEVEN, _SECOND)):
        np.right_shift(x, shift, out=spare)
        x ^= spare
        x *= factor
    np.right_shift(x, _THIRTY_ONE, out=spare)
    x ^= spare


def hash_texts(texts: pa.Array) -> Hashes:
    """Hash of each text of a string array of distinct values; `MISSING` for null and for empty text."""
    blake = hashlib.blake2b
    digests = [blake(t.encode(), digest_size=8).digest() if t else bytes(8) for t in texts.to_pylist()]
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
