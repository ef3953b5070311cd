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


def mix(values: npt.ArrayLike) -> Hashes:
    """Spread each 64-bit integer over all 64 bits, one to one."""
    x = np.asarray(values).astype(np.uint64) + _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return np.asarray(x ^ (x >> np.uint64(31)), dtype=np.uint64)


def combine(first: npt.ArrayLike, *others: npt.ArrayLike) -> Hashes:
    """One hash of several integer columns, in this order."""
    whole = mix(first)
    for other in others:
        whole = mix(whole ^ (np.asarray(other).astype(np.uint64) + _FIRST))
    return whole


def hash_texts(texts: pa.Array) -> Hashes:
    """Hash of each text of a string array of distinct values; `MISSING` for null and for empty text."""
    blake = hashlib.blake2b
    digests = [blake(t.encode(), digest_size=8).digest() if t else bytes(8) for t in texts.to_pylist()]
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
