"""Deterministic ids: where a row came from (record_id), what it says (content_id), what was delivered (batch_id)."""

import hashlib
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

_SEPARATOR = "\x1f"
_DIGEST_BYTES = 16
_SHARED_DIGITS = 4
_NO_VALUE = "\x00"


def hash_text(text: str) -> str:
    """32 hexadecimal digits of BLAKE2b over the text."""
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def file_id(chunks: Iterable[bytes]) -> str:
    """First 32 hexadecimal digits of the SHA-256 of a file's content."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()[:32]


def record_ids(file_id_: str, place: str, lines: Sequence[int]) -> pa.Array:
    """Ids of the rows at those lines of one sheet (its name) or page (its number) of a file.

    All ids of a file begin alike, so that an index over ids of records holds the rows of a file side by side: a load
    then writes a few hundred pages of it, and not a page for each row (docs/decisions/0044).
    """
    shared, own = hash_text(file_id_)[:_SHARED_DIGITS], _DIGEST_BYTES - _SHARED_DIGITS // 2
    start = hashlib.blake2b(f"{file_id_}{_SEPARATOR}{place}{_SEPARATOR}".encode(), digest_size=own)
    ids = []
    for line in lines:
        digest = start.copy()
        digest.update(b"%d" % line)
        ids.append(shared + digest.hexdigest())
    return pa.array(ids, pa.string())


def content_ids(columns: Sequence[pa.Array | pa.ChunkedArray]) -> pa.Array:
    """Hash of the values of each row over all columns; null differs from empty text."""
    rows = len(columns[0])
    # a column without any value joins as one constant: most columns of most ledgers are such
    texts = [_NO_VALUE if c.null_count == rows else pc.cast(c, pa.string()) for c in columns]
    joined = pc.binary_join_element_wise(*texts, _SEPARATOR, null_handling="replace", null_replacement=_NO_VALUE)
    if isinstance(joined, pa.Scalar):
        joined = pa.repeat(joined, rows)
    if isinstance(joined, pa.ChunkedArray):
        joined = joined.combine_chunks()
    blake, size, whole = hashlib.blake2b, _DIGEST_BYTES, joined.cast(pa.binary()).to_pylist()
    return pa.array([blake(t, digest_size=size).hexdigest() for t in whole], pa.string())


def batch_id(province_code: str, file_ids: Iterable[str]) -> str:
    """Id of a delivery: its province and the set of its files, whatever their names and order."""
    return hash_text(_SEPARATOR.join([province_code, *sorted(set(file_ids))]))


def household_key(province_code: str, household_id: str, scope: str = "") -> str:
    """Id of a household: its number is unique within the province that issued it, or within a smaller `scope`."""
    parts = ["household", province_code, household_id, *([scope] if scope else [])]
    return hash_text(_SEPARATOR.join(parts))
