"""What typists do to one text. Each function takes a text and a uniform number; equal text back = does not apply."""

import re
import unicodedata

_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_SHAPES = {"\u0302": "double", "\u0306": "w", "\u031b": "w"}
_TONE_AT_END = re.compile(r"(?<![qQ])([oOuU])([àáảãạèéẻẽẹỳýỷỹỵ])(?!\w)")
_TONE_AT_START = re.compile(r"(?<![qQ])([òóỏõọùúủũụ])([aey])(?!\w)", re.IGNORECASE)
_Y_AND_I = dict(zip("yýỳỷỹỵ", "iíìỉĩị", strict=True))
_I_SYLLABLE = re.compile(r"\b([hklmstv]|qu)([yýỳỷỹỵ])\b", re.IGNORECASE)
_CONFUSED = (
    ("tr", "ch"), ("s", "x"), ("l", "n"), ("gi", "d"), ("ch", "tr"), ("x", "s"), ("n", "l"), ("r", "d"),
)  # fmt: skip
_SHORT_WORDS = (
    ("phường ", "P."), ("quận ", "Q."), ("huyện ", "H."), ("thị trấn ", "TT."), ("thị xã ", "TX."),
    ("thành phố ", "TP."), ("tỉnh ", "T."), ("xã ", "X."), ("Thôn ", "T."), ("Số ", ""), ("đường ", "Đ."),
)  # fmt: skip


_PLAIN = {code: unicodedata.normalize("NFD", chr(code))[0] for code in range(0xC0, 0x1EFA)} | {
    ord("đ"): "d", ord("Đ"): "D"
}  # fmt: skip


def without_marks(text: str, _u: float = 0.0) -> str:
    """Nguyễn Đức -> Nguyen Duc."""
    return text.translate(_PLAIN)


def retoned(text: str, _u: float = 0.0) -> str:
    """Hòa -> Hoà or the other way."""
    moved = _TONE_AT_START.sub(lambda m: _move_tone(m[1], m[2]), text)
    return moved if moved != text else _TONE_AT_END.sub(lambda m: _move_back(m[1], m[2]), text)


def telex(text: str, u: float) -> str:
    """One syllable as the keys that were pressed: Nguyễn -> Nguyeenx."""
    words = text.split(" ")
    marked = [i for i, w in enumerate(words) if not w.isascii()]
    if marked:
        place = marked[int(u * len(marked))]
        words[place] = _telex_keys(words[place])
    return " ".join(words)


def mistyped(text: str, u: float) -> str:
    """One letter dropped, doubled or swapped with the next, behind the surname."""
    words = text.split(" ")
    long = [i for i, w in enumerate(words) if len(w) >= 3 and (i or len(words) == 1)]
    if not long:
        return text
    draw = int(u * 1e9)
    place = long[draw % len(long)]
    words[place] = _slipped(words[place], draw // 7)
    return " ".join(words)


def d_for_d(text: str, _u: float = 0.0) -> str:
    """Đ without its stroke."""
    return text.replace("Đ", "D").replace("đ", "d")


def i_for_y(text: str, _u: float = 0.0) -> str:
    """Mỹ -> Mĩ, Quý -> Quí: only where both spellings are the same sound."""

    def change(found: re.Match[str]) -> str:
        letter = _Y_AND_I[found[2].lower()]
        return found[1] + (letter.upper() if found[2].isupper() else letter)

    return _I_SYLLABLE.sub(change, text)


def as_spoken(text: str, u: float) -> str:
    """Spelled by ear: hỏi for ngã, s for x, tr for ch, l for n."""
    words = text.split(" ")
    last = unicodedata.normalize("NFD", words[-1])
    swapped = last.translate({0x309: "\u0303", 0x303: "\u0309"})
    if swapped != last and u < 0.7:
        return " ".join([*words[:-1], unicodedata.normalize("NFC", swapped)])
    for written, heard in _CONFUSED[int(u * 1e6) % 4 :]:
        if words[-1].lower().startswith(written) and len(words) > 1:
            start = heard.upper() if words[-1].isupper() else heard.capitalize()
            return " ".join([*words[:-1], start + words[-1][len(written) :]])
    return text


def without_middle(text: str, _u: float = 0.0) -> str:
    """Surname and given name only."""
    words = text.split(" ")
    return f"{words[0]} {words[-1]}" if len(words) > 2 and min(map(len, words)) > 1 else text


def initials(text: str, u: float) -> str:
    """Middle names, or the surname, as initials: Nguyễn T. Lan, Ng. Thị Lan."""
    words = text.split(" ")
    if len(words) < 3 or min(map(len, words)) < 2:
        return text
    if u < 0.2:
        start = words[0][: 2 if words[0].lower().startswith(("ng", "tr", "ph")) else 1]
        return " ".join([start + ".", *words[1:]])
    return " ".join([words[0], *(f"{w[0]}." for w in words[1:-1]), words[-1]])


def short_address(text: str, _u: float = 0.0) -> str:
    """phường -> P., quận -> Q., and so on."""
    for word, short in _SHORT_WORDS:
        text = text.replace(word, short)
    return text


def wrong_digit(text: str, u: float) -> str:
    """One of the last six digits replaced by another."""
    if len(text) < 8 or not text.isdecimal():
        return text
    draw = int(u * 54)
    place = len(text) - 1 - draw % 6
    digit = (int(text[place]) + 1 + draw // 6) % 10
    return f"{text[:place]}{digit}{text[place + 1 :]}"


def _telex_keys(word: str) -> str:
    keys, tone = "", ""
    for letter in unicodedata.normalize("NFD", word.replace("đ", "dd").replace("Đ", "DD")):
        if letter in _TONES:
            tone = _TONES[letter]
        elif letter in _SHAPES:
            keys += keys[-1] if _SHAPES[letter] == "double" else "w"
        else:
            keys += letter
    return (keys + tone).upper() if word.isupper() else keys + tone


def _slipped(word: str, draw: int) -> str:
    place = 1 + draw % (len(word) - 1)
    kind = draw // 11 % 3
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    place = min(place, len(word) - 2)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _move_tone(first: str, second: str) -> str:
    base, tone = list(unicodedata.normalize("NFD", first))
    return unicodedata.normalize("NFC", base + second + tone)


def _move_back(first: str, second: str) -> str:
    base, tone = list(unicodedata.normalize("NFD", second))
    return unicodedata.normalize("NFC", first + tone + base)
