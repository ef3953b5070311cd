"""A code of a syllable that survives the usual slips: letters that sound alike, letters swapped, doubled or left out.

Clerks wrote what they heard: `tr` and `ch`, `s` and `x`, `l` and `n`, or `gi`, `d`, `r` and `v` are one sound in one
region or another, final `nh`, `ng` and `n`, or `ch`, `c` and `t`, in others. Behind the first letter only the set of
letters counts, so that two swapped or a doubled one give the same code. It serves to find pairs, never to compare them.
"""

from collections.abc import Iterable

import pyarrow as pa

from dedup.hashing import Hashes, hash_texts

_BEGINNINGS = (
    ("ngh", "G"), ("ng", "G"), ("nh", "N"), ("tr", "C"), ("ch", "C"), ("gh", "G"), ("gi", "D"), ("ph", "F"),
    ("kh", "K"), ("qu", "K"), ("th", "T"), ("x", "S"), ("l", "N"), ("r", "D"), ("v", "D"), ("c", "K"), ("q", "K"),
)  # fmt: skip
"""What a syllable may begin with, longest first, and the sound it counts as; any other first letter is its own."""
_ENDINGS = str.maketrans({"y": "i", "c": "t", "p": "t", "g": None, "h": None})
"""Behind the beginning: i and y, final c, ch, p and t, and final n, ng and nh are one."""


def sound(syllable: str) -> str:
    """The code of one folded syllable: trang, chang and chagn give the same."""
    if not syllable:
        return ""
    head, tail = next(
        ((code, syllable[len(letters) :]) for letters, code in _BEGINNINGS if syllable.startswith(letters)),
        (syllable[0].upper(), syllable[1:]),
    )
    return head + "".join(sorted(set(tail.translate(_ENDINGS))))


def sound_hashes(syllables: Iterable[str]) -> Hashes:
    """Hashes of the codes of folded syllables, in their order."""
    return hash_texts(pa.array([sound(s) for s in syllables], pa.string()))
