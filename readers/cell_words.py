"""Words that stand in ledgers, and which of them a badly read word may be.

Words are looked up by their letters without marks, with at most one letter wrong, missing or too many; a legal syllable
that no list has may stand too, at a price. What is written counts, not what ought to be: nothing is forced.
"""

import csv
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice

from readers.syllables import is_syllable
from transforms.text import fold

_UNKNOWN, _LEGAL = -40.0, -11.5
_STRANGE, _A_LETTER = -1.0, 3.0
"""What a word costs that is no syllable: by its letters, else words read as one would be cheaper than two."""
_SINGLE = -6.0
"""A letter alone: short forms, and the Y and H before names of some peoples."""
NO_SURNAME = -3.0
"""What a first word of a name costs that is no surname."""
_MOST = 24
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VOWELS: Mapping[str, str] = {"a": "aăâ", "e": "eê", "o": "oôơ", "u": "uư", "i": "i", "y": "y"}
_MARKED = "aăâeêioôơuưy"
_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "name": ("names", "places"),
    "place": ("places", "text", "names"),
    "code": ("text", "names", "places"),
    "relation": ("text", "names"),
    "text": ("text", "places", "names"),
}
_SECOND = -2.0
"""What a word of a list of another kind of column costs."""


class Words:
    """Words with their natural logarithm of how often they stand, by list, and by letters without marks."""

    def __init__(self, lists: Mapping[str, Counter[str]]) -> None:
        self._logs: dict[str, dict[str, float]] = {}
        self._near: dict[str, list[str]] = defaultdict(list)
        self._found: dict[tuple[str, str], float] = {}
        for name, counts in lists.items():
            whole = math.log(sum(counts.values()))
            self._logs[name] = {word: math.log(count) - whole for word, count in counts.items()}
        for word in dict.fromkeys(w for counts in lists.values() for w in counts):
            for form in near_forms(fold(word)):
                self._near[form].append(word)

    def log_frequency(self, word: str, kind: str) -> float:
        """How usual a word is in a column of that kind: a natural logarithm."""
        known = self._found.get((word, kind))
        if known is None:
            known = self._found[word, kind] = self._log_frequency(word.lower(), kind)
        return known

    def _log_frequency(self, low: str, kind: str) -> float:
        found = (
            self._logs[name].get(low, _UNKNOWN) + (_SECOND if place else 0.0)
            for place, name in enumerate(_OF_KIND.get(kind, _OF_KIND["text"]))
        )
        if len(low) == 1:
            return max(*found, _SINGLE)
        return max(*found, _LEGAL if is_syllable(low) else min(_LEGAL, _STRANGE - _A_LETTER * len(low)))

    def as_surname(self, word: str) -> float:
        """How much more usual a word is before other names than among them: a difference of natural logarithms."""
        low = word.lower()
        among = self._logs["names"].get(low, _LEGAL)
        before = self._logs["surnames"].get(low, _UNKNOWN)
        return max(before, among + NO_SURNAME) - among

    def rivalry(self, word: str, kind: str) -> float:
        """How much more usual the word is with other marks: a difference of natural logarithms, mostly below 0."""
        low, own = word.lower(), self.log_frequency(word, kind)
        return max((self.log_frequency(v, kind) - own for v in variants(low) if v != low), default=_UNKNOWN)

    def near(self, word: str) -> Iterator[str]:
        """Known words, small, that the read word may be: best guesses first, each once."""
        bare = fold(word)
        seen: dict[str, None] = {}
        for form in near_forms(bare):
            for known in self._near.get(form, ()):
                seen.setdefault(known)
        return islice(sorted(seen, key=lambda w: (fold(w) != bare, abs(len(w) - len(word)))), _MOST)


@cache
def words() -> Words:
    """The words of names, places, and what else stands in ledgers."""
    names = Counter(dict.fromkeys(_file("common_syllables.txt"), 2))
    for rank, (surname,) in enumerate(_rows("transforms", "data", "surnames.csv")):
        for word in surname.lower().split():
            names[word] += max(2, 40 - rank)
    for line in files("readers").joinpath("data", "name_words.txt").read_text(encoding="utf-8").splitlines():
        count, *given = line.split()
        names.update(Counter({word: int(count) for word in given}))
    text = Counter(_file("ledger_words.txt"))
    for name in ("religions", "ethnic_groups_121_1979", "relations", "sex", "marital_status", "nationalities"):
        for _, label, *rest in _rows("schemas", "code_lists", f"{name}.csv"):
            text.update(f"{label} {rest[1].replace(';', ' ')}".lower().split())
    return Words({"names": names, "places": _of_places(), "text": text, "surnames": _surnames()})


def _surnames() -> Counter[str]:
    """The first words of surnames, the usual ones far more often: of the n-th about 1 / n of the first."""
    found: Counter[str] = Counter()
    for rank, (surname,) in enumerate(_rows("transforms", "data", "surnames.csv"), 1):
        found[surname.lower().split()[0]] += max(1, 1000 // rank)
    return found


def _of_places() -> Counter[str]:
    places = Counter(dict.fromkeys(_file("common_syllables.txt"), 1))
    for _, kind, name, *_ in _rows("schemas", "code_lists", "units_63.csv"):
        places.update(f"{kind} {name}".lower().split())
    for row in _rows("schemas", "code_lists", "provinces_63.csv"):
        for word in row[2].lower().split():
            places[word] += 100
    for word in ("xã", "huyện", "tỉnh", "phường", "quận", "thành", "phố", "thị", "trấn"):
        places[word] += 300
    for word in ("thôn", "xóm", "ấp", "khu", "tổ", "bản", "buôn", "làng"):
        places[word] += 80
    return places


@lru_cache(maxsize=8192)
def variants(word: str) -> tuple[str, ...]:
    """The legal syllables with the same letters under other marks, small; none for what has no vowel."""
    bare = fold(word)
    at = [i for i, letter in enumerate(bare) if letter in _VOWELS]
    if not at or len(bare) > 7 or not bare.isalpha():
        return ()
    starts = [bare] + ([f"đ{bare[1:]}"] if bare.startswith("d") else [])
    forms = {f for start in starts for f in _marked(start, at[:3])}
    toned = {unicodedata.normalize("NFC", f[: i + 1] + tone + f[i + 1 :])
             for f in forms for i in at[:3] for tone in _TONES}  # fmt: skip
    return tuple(sorted(w for w in toned if is_syllable(w)))


def like(word: str, model: str) -> str:
    """The word in the case of another: small, capital first, or all capitals."""
    if len(model) > 1 and model.upper() == model and model.lower() != model:
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].upper() == model[:1] and model[:1].lower() != model[:1] else word


def _marked(bare: str, at: list[int]) -> Iterator[str]:
    forms = [bare]
    for i in at:
        forms = [f[:i] + vowel + f[i + 1 :] for f in forms for vowel in _VOWELS[bare[i]]]
    yield from forms


def near_forms(bare: str) -> tuple[str, ...]:
    """What a word is looked up by: all letters, and all but one; words whose forms meet are alike."""
    return (bare, *(bare[:i] + "·" + bare[i + 1 :] for i in range(len(bare))),
            *(bare[:i] + bare[i + 1 :] for i in range(len(bare)) if len(bare) > 2))  # fmt: skip


def _file(name: str) -> list[str]:
    return files("readers").joinpath("data", name).read_text(encoding="utf-8").split()


def _rows(*place: str) -> Iterable[list[str]]:
    package, *rest = place
    text = files(package).joinpath(*rest).read_text(encoding="utf-8")
    return islice(csv.reader(text.splitlines()), 1, None)
