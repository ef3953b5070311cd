"""What is written on the lines that the network learns from: names, places, dates, numbers, words, and nonsense.

Half of all syllables are drawn from every syllable that Vietnamese can spell, so that the network learns to look and
not to expect the names that happen to stand in our lists.
"""

import csv
import string
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from readers.forms import known_form

_ROOT = Path(__file__).parents[2]
_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()  # noqa: SIM905
_RHYMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et
ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot oa oai
oan oang oanh oat oay oăn oăng oăt oe oen ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut
uân uâng uât uây uê uênh uơ uy uya uynh uyt uyên uyêt uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn
ương ươp ươt ươu y yêm yên yêu
""".split()  # noqa: SIM905
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_STOPPED = ("\u0301", "\u0323")
_FORMS = (
    "household_register", "household_register_10", "household_book_member", "register", "register_1980s",
    "register_portrait", "register_two_levels",
)  # fmt: skip


@dataclass
class Texts:
    """Draws texts of lines; equal streams give equal texts."""

    stream: np.random.Generator

    def line(self) -> str:
        """Any text that may stand on a line of a ledger."""
        kind = self._one(_KINDS, _SHARES)
        text = str(getattr(self, kind)())
        return " ".join(self._cased(text).split()) or self.date()

    def of_kind(self, kind: str) -> str:
        """A text of a column of that kind (`readers.forms`)."""
        by_kind: Mapping[str, Callable[[], str]] = {
            "name": self.name, "date": self.date, "number": self.number, "place": self.place, "serial": self.serial,
            "relation": self.word_of_list, "code": self.word_of_list, "text": self.words,
        }  # fmt: skip
        return by_kind[kind]()

    def name(self) -> str:
        """A person's name."""
        first = self._one(_surnames()) if self._chance(0.6) else self.syllable().capitalize()
        middle = [self._one(("Thị", "Văn", "Đức", "Ngọc", "Xuân", "Minh"))] if self._chance(0.5) else []
        rest = [self.syllable().capitalize() for _ in range(1 + int(self.stream.integers(0, 3)))]
        name = " ".join([first, *middle, *rest])
        return f"{self._one(('Y', 'H’', 'K’'))} {name}".replace("’ ", "’") if self._chance(0.02) else name

    def place(self) -> str:
        """An address, of one to five parts."""
        parts = [self._unit(level) for level in self._levels()]
        if self._chance(0.25):
            parts.insert(0, self._house())
        between = self._one((", ", ", ", ", ", " - ", "-", ",", " "))
        text = between.join(parts)
        return text if self._chance(0.97) else f"{text}."

    def date(self) -> str:
        """A day, month or year as clerks write it."""
        day, month = int(self.stream.integers(1, 32)), int(self.stream.integers(1, 13))
        year = int(self.stream.integers(1890, 2026))
        sign = self._one(("/", "/", "/", "-", ".", " / ", " - "))
        pattern = self._one((
            "{d:02d}{s}{m:02d}{s}{y}", "{d:02d}{s}{m:02d}{s}{y}", "{d}{s}{m}{s}{y}", "{d}{s}{m}{s}{t:02d}", "{y}",
            "{m:02d}{s}{y}", "{d:02d}{s}{m:02d}{s}{t:02d}", "ngày {d} tháng {m} năm {y}",
            "{d:02d} tháng {m:02d} năm {y}", "năm {y}", "Sinh {y}", "{y}-{m:02d}-{d:02d}", "{d:02d}{m:02d}{y}",
        ))  # fmt: skip
        return pattern.format(d=day, m=month, y=year, t=year % 100, s=sign)

    def number(self) -> str:
        """A number of a paper, a household, a file, a telephone."""
        size = int(self._one((12, 12, 9, 9, 9, 3, 4, 5, 6, 7, 8, 10, 11)))
        digits = self._digits(size)
        form = self.stream.random()
        if form < 0.7:
            return digits
        if form < 0.8:
            return " ".join(digits[i : i + 3] for i in range(0, size, 3))
        letters = "".join(self._one(string.ascii_uppercase) for _ in range(int(self.stream.integers(1, 4))))
        return self._one((
            f"{letters}{digits}", f"{letters} {digits}", f"{digits}/{letters}", f"{letters}-{digits}",
            f"{digits[:3]}.{digits[3:] or '0'}", f"{digits[:2]}/{digits[2:] or '1'}", f"Số {digits}", f"số: {digits}",
            f"{digits}/QĐ-{letters}",
        ))  # fmt: skip

    def serial(self) -> str:
        """A running number."""
        number = int(self.stream.integers(1, 100)) if self._chance(0.9) else int(self.stream.integers(100, 3000))
        return self._one((f"{number}", f"{number}", f"{number:02d}", f"{number}."))

    def words(self) -> str:
        """Words beside each other: a remark, an occupation, nothing that means anything."""
        if self._chance(0.35):
            return self._one(_phrases())
        count = int(self.stream.integers(1, 7))
        found = [self.syllable() for _ in range(count)]
        for at in range(count):
            if self._chance(0.06):
                found[at] = self.date()
            elif self._chance(0.05):
                found[at] += self._one((",", ".", ";", ":"))
            elif self._chance(0.04):
                found[at] = f"({found[at]})"
        return " ".join(found)

    def word_of_list(self) -> str:
        """A relation, a sex, a group, a religion, an occupation, a heading, a label."""
        return self._one(_phrases())

    def nonsense(self) -> str:
        """Letters, digits and signs without sense: what the network must read by looking alone."""
        letters = string.ascii_letters + string.digits + _marked() + ".,-/()"
        words = [
            "".join(self._one(letters) for _ in range(int(self.stream.integers(1, 8))))
            for _ in range(int(self.stream.integers(1, 4)))
        ]
        return " ".join(words)

    def mark(self) -> str:
        """A clerk's sign for what stands above, or for nothing."""
        return self._one(('"', "nt", "-nt-", "như trên", "//", "-", "x", "X", "''", "- -", "Không", "0", "/"))

    def syllable(self) -> str:
        """A syllable in small letters: a usual one, or any that can be spelt."""
        if self._chance(0.5):
            return self._one(_usual())
        onset, rhyme = self._one(["", *_ONSETS]), self._one(_RHYMES)
        tones = _STOPPED if rhyme.endswith(("c", "ch", "p", "t")) else _TONES
        return onset + _toned(rhyme, self._one(tones), after_q=onset in ("qu", "gi"))

    def _levels(self) -> Sequence[str]:
        return self._one((
            ("xã", "huyện", "tỉnh"), ("xã", "huyện", "tỉnh"), ("xã", "huyện"), ("huyện", "tỉnh"), ("tỉnh",), ("xã",),
            ("phường", "quận", "thành phố"), ("thôn", "xã", "huyện", "tỉnh"), ("thôn", "xã", "huyện"), ("thôn", "xã"),
            ("phường", "thành phố", "tỉnh"), ("thị trấn", "huyện", "tỉnh"), ("xã", "tỉnh"), ("phường", "quận"),
        ))  # fmt: skip

    def _unit(self, level: str) -> str:
        name = self._one(_places()) if self._chance(0.5) else self._place_name()
        if self._chance(0.12):
            name = str(int(self.stream.integers(1, 20)))
        shown = self._one((level, level, level.capitalize(), _SHORT.get(level, level), ""))
        if not shown and name.isdigit():
            shown = level
        joined = f"{shown}{name}" if shown.endswith(".") and self._chance(0.5) else f"{shown} {name}"
        return joined.strip()

    def _place_name(self) -> str:
        return " ".join(self.syllable().capitalize() for _ in range(int(self._one((1, 2, 2, 2, 3)))))

    def _house(self) -> str:
        number = int(self.stream.integers(1, 500))
        return self._one((
            f"số {number}", f"{number}", f"{number}/{number % 37 + 1}", f"tổ {number % 40 + 1}", f"ấp {number % 9 + 1}",
            f"Số nhà {number}", f"khu {number % 12 + 1}", f"đội {number % 20 + 1}", f"{number} {self._place_name()}",
            f"{number}{self._one('ABC')} đường {self._place_name()}",
        ))  # fmt: skip

    def _digits(self, count: int) -> str:
        return "".join(str(d) for d in self.stream.integers(0, 10, count))

    def _cased(self, text: str) -> str:
        u = self.stream.random()
        if u < 0.08:
            return text.upper()
        if u < 0.13:
            return text.lower()
        if u < 0.17:
            return text[:1].upper() + text[1:].lower()
        if u < 0.19:
            return _without_marks(text)
        return text

    def _chance(self, share: float) -> bool:
        return bool(self.stream.random() < share)

    def _one(self, choices: Sequence[Any], shares: Sequence[float] | None = None) -> Any:
        if shares is None:
            return choices[int(self.stream.random() * len(choices))]
        return choices[int(self.stream.choice(len(choices), p=shares))]


_KINDS = ("name", "place", "date", "number", "serial", "words", "word_of_list", "nonsense", "mark")
_SHARES = (0.24, 0.24, 0.15, 0.10, 0.02, 0.11, 0.08, 0.04, 0.02)
_SHORT = {
    "xã": "X.", "huyện": "H.", "tỉnh": "T.", "phường": "P.", "quận": "Q.", "thành phố": "TP.", "thị trấn": "TT.",
    "thôn": "ấp",
}  # fmt: skip


def _toned(rhyme: str, tone: str, after_q: bool) -> str:
    """The rhyme with a tone on the vowel that bears it."""
    if not tone:
        return rhyme
    vowels = [i for i, c in enumerate(rhyme) if c in "aăâeêioôơuưy"]
    marked = [i for i in vowels if rhyme[i] in "ăâêôơư"]
    closed = vowels[-1] < len(rhyme) - 1
    if marked:
        at = marked[-1]
    elif closed or (after_q and len(vowels) == 1) or rhyme in ("oa", "oe", "uy"):
        at = vowels[-1]
    else:
        at = vowels[-2] if len(vowels) > 1 else vowels[-1]
    return rhyme[:at] + unicodedata.normalize("NFC", rhyme[at] + tone) + rhyme[at + 1 :]


def _without_marks(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


@cache
def _marked() -> str:
    return "".join(unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in _TONES) + "đĐÂÊÔƠƯ"


@cache
def _surnames() -> tuple[str, ...]:
    with (_ROOT / "schemas/code_lists/surnames_kinh.csv").open(encoding="utf-8") as lines:
        return tuple(row["surname"] for row in csv.DictReader(lines))


@cache
def _places() -> tuple[str, ...]:
    with (_ROOT / "schemas/code_lists/units_63.csv").open(encoding="utf-8") as lines:
        names = {row["name"] for row in csv.DictReader(lines)}
    with (_ROOT / "schemas/code_lists/provinces_63.csv").open(encoding="utf-8") as lines:
        names |= {row["name"] for row in csv.DictReader(lines)}
    return tuple(sorted(name for name in names if not name.isdigit()))


@cache
def _usual() -> tuple[str, ...]:
    words = (_ROOT / "readers/data/common_syllables.txt").read_text(encoding="utf-8").split()
    names = [w for name in _places() for w in name.lower().split() if w.isalpha()]
    return tuple(w for w in (*words, *names) if w.isalpha())


@cache
def _phrases() -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(text.split()) for text in _told() if text.strip()))


def _told() -> Iterator[str]:
    for name in ("relations", "sex", "religions", "marital_status", "ethnic_groups_121_1979"):
        with (_ROOT / f"schemas/code_lists/{name}.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                yield row["label"]
                yield from row["accepted_spellings"].split(";")
    for line in (_ROOT / "readers/data/ledger_phrases.txt").read_text(encoding="utf-8").splitlines():
        yield from line.partition(":")[2].split(";")
    yield from (_ROOT / "readers/data/usual_headings.txt").read_text(encoding="utf-8").splitlines()
    for form in map(known_form, _FORMS):
        yield from form.titles
        yield from (heading for column in form.columns for heading in column.headings)
        yield from (label for f in (*form.header, *form.block) for label in f.labels)
    ledgers = tomllib.loads((_ROOT / "data_samples/vocabulary/ledgers.toml").read_text(encoding="utf-8"))
    for words in ledgers["occupations"].values():
        yield from words
    yield from (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Ngày ..... tháng ..... năm ........",
    )
