"""Which words are Vietnamese syllables: the yardstick by which an encoding is judged.

A syllable = optional onset + rhyme, with at most one tone mark on a vowel. Source: the standard description of the
syllable of Vietnamese (onset, rhyme, tone); loose on purpose where spelling varies (i/y, tone placement).
"""

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()  # noqa: SIM905 - a list of words reads better as words
_RHYMES = frozenset(
    """
    a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oc oi om on ong op ot oong ooc oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo
    oet ô ôc ôi ôm ôn ông ôp ôt ôông ơ ơi ơm ơn ơp ơt
    u ua uc ui um un ung up ut uâ uân uâng uât uây uê uêch uênh uơ uy uya uych uyn uynh uyp uyt uyu uyên uyêt
    uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y ych ynh yt yêm yên yêng yêt yêu
    """.split()  # noqa: SIM905
)
_TONES = frozenset("\u0300\u0309\u0303\u0301\u0323")
_VOWELS = frozenset("aăâeêioôơuưy")
_LONGEST = 8
_STOPS, _TONES_OF_STOPS = ("p", "t", "c", "ch"), frozenset("\u0301\u0323")
COMMON, POSSIBLE, ODD = 6.0, 3.0, 1.0


@lru_cache(maxsize=65_536)
def is_syllable(word: str) -> bool:
    """Is the word, in any case and any normal form, a possible Vietnamese syllable?"""
    bare = _without_tone(word)
    if bare is None or not 0 < len(bare) < _LONGEST:
        return False
    return any(bare[: len(bare) - len(rhyme)] in _STARTS for rhyme in _tails(bare) if rhyme in _RHYMES) or bare == "gi"


@cache
def _common() -> frozenset[str]:
    text = files("readers").joinpath("data", "common_syllables.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


@lru_cache(maxsize=65_536)
def evidence(word: str, lost_case: str = "") -> float:
    """How much a word in NFC says that it is Vietnamese: COMMON, POSSIBLE, ODD (capitals inside it), or 0.

    Args:
        word: one word.
        lost_case: small letters whose case an encoding cannot tell.
    """
    low = word.lower()
    if not is_syllable(low) or not _tone_fits(low):
        return 0.0
    if not _is_evenly_cased(word, lost_case):
        return ODD
    return COMMON if low in _common() else POSSIBLE


def _tone_fits(word: str) -> bool:
    """Syllables that end in a stop have an acute, a dot, or (typed without marks) nothing."""
    if not word.endswith(_STOPS):
        return True
    tones = {letter for letter in unicodedata.normalize("NFD", word) if letter in _TONES}
    return tones <= _TONES_OF_STOPS


def _is_evenly_cased(word: str, lost_case: str) -> bool:
    letters = [letter for letter in word if letter not in lost_case]
    rest = letters[1:] if letters and letters[0] == word[0] else letters
    if all(letter.islower() for letter in rest):
        return True
    return all(letter.isupper() for letter in letters)


def _tails(bare: str) -> list[str]:
    return [bare[start:] for start in range(min(4, len(bare)))]


def _without_tone(word: str) -> str | None:
    """The word in lower case without its tone mark; None if it has two tones or one on a consonant."""
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [at for at, letter in enumerate(parts) if letter in _TONES]
    if len(tones) > 1:
        return None
    if not tones:
        return unicodedata.normalize("NFC", parts)
    at = tones[0]
    carrier = unicodedata.normalize("NFC", parts[:at])[-1:]
    rest = unicodedata.normalize("NFC", parts[:at] + parts[at + 1 :])
    return rest if carrier in _VOWELS else None


_STARTS = frozenset(["", *_ONSETS])
