"""A keyed permutation of any range of numbers, and the places where a person's draws from it begin.

The permutation is a Feistel network of 16 rounds over two halves that need not be powers of two, with AES-256 as its
round function; what falls outside the range is sent through again (cycle walking), so it is one to one on any size.
Which of the permutations it is depends on the key and on a tweak: the bucket and the allocated range. Without the key
the image of a place says nothing about the image of any other.

AES and not HMAC: a million numbers need sixteen million calls of the round function, half a second in one call of
the cipher against twenty seconds of a hash a call.
"""

import hashlib
import hmac

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

Whole = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
KEY_BYTES = 32
_ROUNDS = 16
_FIELD = np.uint64(20)
_MOST = 1_000_000


class Permutation:
    """The permutation that a key gives each bucket of one allocated range."""

    def __init__(self, key: bytes, first: int, size: int) -> None:
        """A range of `size` numbers from `first` on; both below a million, so that they fit their fields."""
        if not (0 <= first < _MOST and 1 <= size <= _MOST and len(key) == KEY_BYTES):
            raise ValueError("no key, or no range of six digits")
        self.first, self.size = first, size
        self._half = int(np.ceil(np.sqrt(size)))
        self._rounds = _cipher(key, b"sohoa numbers: permutation")
        self._places = _cipher(key, b"sohoa numbers: place")

    def images(self, buckets: Whole, places: Whole) -> Whole:
        """The number of the range, `first` included, at each place (0 .. size - 1) of each bucket."""
        found = np.empty(len(places), np.int64)
        pending, at = np.arange(len(places)), places.astype(np.int64)
        while len(pending):
            at = self._once(buckets[pending], at)
            inside = at < self.size
            found[pending[inside]] = at[inside]
            pending, at = pending[~inside], at[~inside]
        return found + self.first

    def starts(self, identities: bytes) -> tuple[Whole, Whole]:
        """Of each identity of 16 bytes the place where it begins and the step it goes on by, which visits all places.

        Equal identities begin at the same place, whenever and wherever they are asked for.
        """
        words = _encrypt(self._places, identities).reshape(-1, 2)
        start = (words[:, 0] % np.uint64(self.size)).astype(np.int64)
        step = (words[:, 1] % np.uint64(max(self.size - 1, 1))).astype(np.int64) + 1
        while (shared := np.gcd(step, self.size) != 1).any():
            step[shared] += 1
        return start, step

    def _once(self, buckets: Whole, places: Whole) -> Whole:
        left, right = np.divmod(places, self._half)
        tweak = buckets.astype(np.uint64) | np.uint64(self.first) << _FIELD | np.uint64(self.size) << _FIELD + _FIELD
        for number in range(_ROUNDS):
            blocks = np.empty((len(places), 2), np.uint64)
            blocks[:, 0] = tweak
            blocks[:, 1] = right.astype(np.uint64) | np.uint64(number) << _FIELD
            mixed = _encrypt(self._rounds, blocks.tobytes())[::2] % np.uint64(self._half)
            left, right = right, (left + mixed.astype(np.int64)) % self._half
        return left * self._half + right


def key_mark(key: bytes) -> str:
    """Eight digits that tell keys apart and say nothing of them."""
    return hashlib.sha256(b"sohoa numbers" + key).hexdigest()[:8]


def _cipher(key: bytes, purpose: bytes) -> Cipher[modes.ECB]:
    # One block a call of the round function: single blocks under one key are what ECB is.
    return Cipher(algorithms.AES(hmac.digest(key, purpose, "sha256")), modes.ECB())  # noqa: S305


def _encrypt(cipher: Cipher[modes.ECB], blocks: bytes) -> Words:
    encryptor = cipher.encryptor()
    return np.frombuffer(encryptor.update(blocks) + encryptor.finalize(), "<u8")
