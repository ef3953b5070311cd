"""Rows that share a key, without sorting the many whose key nobody shares. Keys are hashes: all bits well mixed."""

import numpy as np
import numpy.typing as npt

from dedup.hashing import Hashes

Rows = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
_MOST_BUCKET_BITS = 25
_OTHER_BITS = 32


def table_for(rows: int) -> Places:
    """Room for the last row of each bucket, some buckets a row."""
    return np.empty(1 << _bucket_bits(rows), np.int32)


def _bucket_bits(rows: int) -> int:
    return min(max(rows.bit_length() + 1, 8), _MOST_BUCKET_BITS)


def not_alone(keys: Hashes, table: Places) -> Rows:
    """Rows that have a key, without most of those whose key nobody shares: sorting the rest costs far less.

    A row is put into the bucket of its key, and out of it by the next one there. Whoever finds another row in its
    bucket is not alone, and neither is that row. A second look, at other bits of the keys, leaves fewer by mistake.
    """
    rows = np.flatnonzero(keys != 0)
    for first_bit in (0, _OTHER_BITS):
        wanted = keys.take(rows) if len(rows) < len(keys) else keys
        buckets = (wanted << np.uint64(first_bit)) >> np.uint64(64 - _bucket_bits(len(rows)))
        places = np.arange(len(rows), dtype=np.int32)
        table[buckets.view(np.int64)] = places
        last = table.take(buckets.view(np.int64), mode="clip")  # all are inside: clipping only saves the check
        is_shared = last != places
        is_shared[last[is_shared]] = True
        rows = rows.take(np.flatnonzero(is_shared))
    return rows


def by_key(keys: Hashes) -> Rows:
    """Order in which equal keys stand together: by their upper 48 bits, 16 at a time, which numpy sorts by radix."""
    order = np.argsort((keys >> np.uint64(16)).astype(np.uint16), kind="stable")
    for shift in (32, 48):
        digits = (keys >> np.uint64(shift)).astype(np.uint16)
        order = order.take(np.argsort(digits.take(order), kind="stable"))
    upper = keys.take(order)
    mixed = (upper[1:] != upper[:-1]) & (upper[1:] >> np.uint64(16) == upper[:-1] >> np.uint64(16))
    return np.argsort(keys, kind="stable") if mixed.any() else order


def starts_of(keys: Hashes | Rows) -> Rows:
    """Where each run of equal values begins."""
    changes = np.ones(len(keys), np.bool_)
    changes[1:] = keys[1:] != keys[:-1]
    return np.flatnonzero(changes)
