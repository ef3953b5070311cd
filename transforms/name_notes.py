"""What clerks write beside a name in its cell: titles, saints' names, other names, notes of death, and no name at all.

Everything found is set apart, never dropped: notes stay in the source text, other names go to their own column. A
note of death only ever asks someone to look.
"""

import re
from functools import cache

from transforms.name_parts import data_rows
from transforms.text import fold

_COMMON = 14
_TITLE_WORDS = (
    r"(?:bà )?mẹ (?:vnah|việt nam anh hùng)|"
    r"ông|bà|cụ|anh|chị|em|cháu|cô|chú|bác|dì|cậu|mợ|thím|thầy|vợ|chồng|con(?: trai| gái| dâu| rể| nuôi)?|bố|mẹ|cha|má|"
    r"ba|ong|cu|chi|chau|chu ho|ô|đ/c|đc|đồng chí|dong chi|liệt s[ĩỹ]|liet si|ls|linh mục|lm|mục sư|ni cô|sư cô|"
    r"sư thầy|sư|đại đức|thượng tọa|thượng toạ|hòa thượng|hoà thượng|bác sĩ|bs|ts|ths|ks|gs|mr|mrs|ms|chủ hộ|"
    r"ch|tb|bb"
)
_TITLE = re.compile(rf"^(?:{_TITLE_WORDS})(?:[.:]\s*|\s+)(?=(\S+?)[\s.,]+\S)", re.IGNORECASE)
_SIGN_BEFORE = re.compile(r"^[=@]+\s*[\"'“]?\s*(?=(\S+)\s+\S)")

_CALLED = (
    r"tức(?: là)?|tuc(?: la)?|tên (?:gọi )?khác(?: là)?|ten (?:goi )?khac(?: la)?|tên thường gọi(?: là)?|"
    r"thường gọi(?: là)?|thuong goi(?: la)?|còn (?:được )?(?:gọi|có tên)(?: là)?|con goi(?: la)?|hay gọi(?: là)?|"
    r"gọi là|bí danh|bi danh|biệt danh|biệt hiệu|tên (?:tục|cũ|thật|chữ|húy|cúng cơm|khai sinh|thánh|hiệu|gọi)(?: là)?|"
    r"pháp danh|pháp hiệu|aka"
)
_OTHER_NAME = re.compile(rf"^(?:{_CALLED}|tự|tu)\s*[:\-–]?\s*(.+)$", re.IGNORECASE)
_CALLS = re.compile(r"(?:tức|tuc|tự|tên|ten|gọi|goi|danh|hiệu|aka)\b", re.IGNORECASE)
_OTHER_NAME_BEHIND = re.compile(
    rf"[\s,;:/\-–(\[]+((?:(?:{_CALLED})\s*[:\-–]?|(?-i:tự)\s)\s*(?:(?!\s+(?:và|hoặc)\s)[^()\[\],;/|\u23ce])+)[)\]]?",
    re.IGNORECASE,
)
_A_NAME = re.compile(r"[^\W\d_][^\W\d_'’\-.]*(?:[ '’\-][^\W\d_][^\W\d_'’.\-]*){0,6}")

_DEAD = re.compile(
    r"\b(?:chet|da mat|mat (?:nam|ngay|thang|luc|hoi)|mat \d|mat tich|tu tran|tu vong|tu si|qua doi|hy sinh|hi sinh"
    r"|liet si|liet sy|bao tu|da khuat|khuat nui)\b|^mat$"
)
_CROSS = re.compile("[†✝✞]")
_OF_ANOTHER = re.compile(r"\b(?:vo|chong|cha|me|bo|con|ong|ba|anh|chi|em)\b (?:da |bi )?(?:chet|mat)\b")

_NO_NAME = re.compile(
    r"(?:(?:con|cháu|bé|em|trẻ)(?: bé)?(?: sơ sinh)?(?: trai| gái)?[\s,(-]*)?"
    r"(?:chưa (?:đặt tên|có tên|khai sinh|đặt|rõ tên|biết tên)|mới sinh)\)?|(?:con|cháu|bé|em bé|trẻ) "
    r"(?:trai|gái|sơ sinh)|(?:không|ko|khong) (?:có |co |rõ |ro |biết |biet |nhớ |nho )?(?:họ )?(?:tên|ten)(?: gì)?|"
    r"vô danh|vo danh|"
    r"(?:con|cháu|vợ|chồng|mẹ|bố|cha|em|anh|chị) (?:của )?(?:ông|bà|anh|chị|cô|chú|bác|cụ|cậu|dì)(?: \S+){1,4}",
    re.IGNORECASE,
)

_CODE_SIGNS = frozenset("<>{}$#`\\;=%|&\"':\x1b-")
_MARKUP = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)|</?[a-z!][^<>]*(?:>|$)", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(
    r"\s*(?:['\"]?\)?\s*;\s*(?:--|drop|delete|insert|update|select|alter|exec|shutdown|rm|cat|curl|wget|ls)\b.*"
    r"|['\"]\)?\s*(?:or|and|union)\b.*|['\"]?\s*--.*|\{\{.*|\{%.*|[$#]\{.*|\$\(.*|`.*|%[a-z0-9].*|&&.*|\|\|?\s*[a-z]*sh\b.*"
    r"|\|\s*(?:cmd|calc|powershell|cat|ls|id|rm)\b.*|\\.*|=.*|\bhttps?:.*|\bjavascript:.*|\bon[a-z]+\s*=.*|\x1b.*)$",
    re.IGNORECASE | re.DOTALL,
)


def is_surname(word: str) -> bool:
    """Is the word a known surname, with its marks or, if it has none at all, without them?"""
    lower = word.casefold()
    return lower in _surnames() or (lower.isascii() and lower in _bare_surnames())


@cache
def _surnames() -> frozenset[str]:
    return frozenset(row["surname"].casefold() for row in data_rows("surnames"))


@cache
def _bare_surnames() -> frozenset[str]:
    return frozenset(fold(name) for name in _surnames() if len(name) > 1)


def take_title(text: str, notes: list[str]) -> str:
    """The text without titles and a formula sign before a known surname; what was taken goes to the notes."""
    for pattern in (_SIGN_BEFORE, _TITLE, _TITLE):
        found = pattern.match(text)
        if found and _is_called_so(text[found.end() :]):
            notes.append(found[0].strip(" .:"))
            text = text[found.end() :]
    return text


def _is_called_so(rest: str) -> bool:
    """Is what stands behind a title a full name? Ông and Anh are surnames too: of two words only a common one is."""
    words = rest.split()
    return is_surname(words[0]) and (len(words) > 2 or words[0].casefold() in _common_surnames())


@cache
def _common_surnames() -> frozenset[str]:
    return frozenset(row["surname"].casefold() for row in data_rows("surnames")[:_COMMON])


def take_saint(text: str, notes: list[str], others: list[str]) -> str:
    """The text without the name of a saint before a full name ("Maria Nguyễn Thị Lan"), which is another name."""
    words = text.split(" ")
    for length in range(min(4, len(words) - 2), 0, -1):
        head = " ".join(words[:length])
        if fold(head) in _saints() and is_surname(words[length]):
            notes.append(head)
            others.append(head)
            return " ".join(words[length:])
    return text


@cache
def saint_starts() -> frozenset[str]:
    """First syllables of saints' names, folded."""
    return frozenset(name.split(" ")[0] for name in _saints())


@cache
def _saints() -> frozenset[str]:
    return frozenset(fold(row["name"]) for row in data_rows("saint_names"))


def take_code(text: str, notes: list[str]) -> str:
    """The name before or inside markup and commands; the text as it stands if no name with a known surname is left."""
    if not _CODE_SIGNS & set(text):
        return text
    left = _CODE.sub("", _MARKUP.sub(" ", text))
    name = " ".join(left.split()).strip("'\" ;>")
    words = name.split()
    if left == text or len(words) < 2 or not is_surname(words[0]):
        return text
    notes.append(text)
    return name


def other_names(text: str) -> list[tuple[str, str, str]]:
    """Other names behind the name in a cell: the whole of what stands there, the note, the name."""
    if not _CALLS.search(text):
        return []
    found = ((m, other_name(m[1])) for m in _OTHER_NAME_BEHIND.finditer(text) if m.start())
    return [(match[0], match[1].strip(), name) for match, name in found if name is not None]


def other_name(note: str) -> str | None:
    """The other name that a note gives ("tức Sáu Lùn"), if it gives one."""
    found = _OTHER_NAME.match(note.strip())
    if not found:
        return None
    name = found[1].strip(" .:,;-–\"“”'")
    return name if _A_NAME.fullmatch(name) and name.lower() != "là" and len(name) <= 60 else None


def says_dead(note: str) -> bool:
    """Does a note say that the person is dead or missing? A note on the death of someone else does not."""
    plain = fold(note)
    if _OF_ANOTHER.search(plain):
        return False
    return (_DEAD.search(plain) or _CROSS.search(note)) is not None


def names_nobody(text: str) -> bool:
    """Does the cell say that there is no name, or only whose child or wife it is?"""
    return _NO_NAME.fullmatch(text) is not None
