"""What stands in a date cell and is no single date: an age, a zodiac year, a span, a half-written year, two dates.

Such a cell was read, and it says something true of the person; it only names no one day. It must neither become a
date that nobody wrote nor keep the person out.
"""

import re
from collections.abc import Iterator

from transforms import lunar

NO_YEAR, SEVERAL, NOTE_REMOVED = "no_year", "several", "note_removed"
YEAR_OF_TEXT = "year_of_text"

ABOUT = re.compile(
    r"^(?:(?:sinh |sn )?(?:(?:vao )?khoang(?: chung)?|(?:uoc |phong )?chung|phong doan|hinh nhu|co le|gan|do|co|tam|uoc"
    r"|dau|giua|cuoi)\b|~|≈)\s*(?=\D*\d)|^k\.\s*(?=\d{4}$)|^\?\s*(?=\d{4}$)"
    r"|(?<=\d{4})\s*(?:\(?\?\)?|\(?(?:khoang|uoc|uoc chung|chung|ap chung|phong doan)\)?)$"
    r"|^(?:q\.?|quy)\s*(?:[1-4]|i{1,3}|iv)\b\s*[/.\-,]?\s*(?=(?:nam )?\d{4}$)"
    r"|^(?:mua|vu)\s+(?:xuan|ha|he|thu|dong|mua|chiem|gat|lua|cay|nuoc)\b[,/\s]*(?=(?:nam )?\d{4}$)"
)
"""Words of doubt, of a quarter, of a season beside a date: the year stands, the rest is about."""

_BRANCH = "t[yi]|suu|dan|mao|meo|thin|ngo|mui|vi|than|dau|tuat|hoi"
_ANIMAL = rf"(?:{_BRANCH}|con [a-z]+)"
_STEM = r"(?:giap|at|binh|dinh|mau|k[yi]|canh|tan|nham|qu[yi])"
_BARE_BRANCH = _BRANCH.replace("dau|", "")  # "đầu 1960" is its beginning, not the year of the rooster
_ANIMAL_BEFORE = re.compile(
    rf"^(?:(?:tuoi|nam|sinh nam) (?P<called>{_BRANCH})|(?P<bare>{_BARE_BRANCH}))"
    r"\s*[,;(\-]?\s*(?:nam |sinh )*(?=\d{4}\)?$)"
)
_HOUR = (
    rf"(?:(?:vao )?(?:luc )?(?:\d{{1,2}} ?(?:gio|h) ?(?:\d{{1,2}} ?(?:phut|p)?|ruoi)?|gio (?:{_BRANCH}))"
    r"(?: (?:sang|trua|chieu|toi|dem|khuya))?)"
)
_HOUR_BEFORE = re.compile(rf"^{_HOUR},? (?=(?:ngay )?\d)")
_WORDS_BEHIND = re.compile(
    rf"(?<=\d)(?:[\s,;]+|\s*[(\-])\s*"
    r"(?!.*\b(?:truoc|sau|khong|ko|sai|hoac|hay|den|mat|chet|tu tran|ta|am|al|nham|tuc)\b)"
    rf"(?:{_HOUR}|[a-z][a-z .,\-/()]*[a-z][a-z .,\-/()]*)$"
)
_ANIMAL_BESIDE = re.compile(rf"(?<=\d{{4}})\s*[,;\-]?\s*(?:\(\s*(?:tuoi |nam )?|(?:tuoi )(?:nam )?)({_BRANCH})\s*\)?$")
_ABOUT = r"(?:(?:vao )?khoang|chung|do|uoc chung|uoc|tam|gan|hon|tren|duoi)"
_AGE = re.compile(
    rf"(?:{_ABOUT} )?(?:tuoi:? ?\d{{1,3}}|\d{{1,3}} ?(?:tuoi|t|thang tuoi|ngay tuoi|tuoi ta|tuoi am|tuoi mu)\.?)"
    r"(?:[\s,(]+(?:vao |tinh den |hoi )*nam (?:1[89]|20)\d\d)?"
)
_ZODIAC = re.compile(rf"(?:sinh )?(?:nam |tuoi |tuoi nam )+(?:{_STEM}[ -]?)?{_ANIMAL}")
_BOUND = re.compile(
    r"(?:sinh )?(?:(?:truoc|sau|tu|den|toi|khong som hon|khong muon hon)\b|[<>]=?)\s*"
    r"(?:(?:ngay|thang) [\d/.\-]+ )?(?:nam |khoang )*"
    r"(?:(?:\d{1,2}[/.\-]){1,2}\d{4}|1[89]\d\d|20\d\d|(?:cach mang|cm|giai phong|gp|hoa binh)\b.*)"
)
_DECADE = re.compile(
    r"(?:sinh )?(?:(?:nhung|thap nien|thap ky|cac) (?:nam )?(?:\d{2}|\d{4})|(?:dau|cuoi|giua) the ky (?:\d{2}|[ivx]+))"
    r"(?: the ky (?:\d{2}|[ivx]+| truoc))?|\d{4}s"
)
_HALF_YEAR = re.compile(r"(?:\d{1,2}\s*[/.\-]\s*){0,2}(?:nam )?(?:1[89]|20)(?:\d?[?x_.…*\-]{1,3})")
_NO_YEAR_GIVEN = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*(?:[?x_.…*]{1,4}|-{2,4})")
_ERA = re.compile(
    r"(?:sinh )?(?:thoi|doi) (?:phap|nhat|my|nguy|bao dai|tay|chong phap|chong my)\b.*|nam (?:doi|lut|bao|loan)"
)
_HALF_SAID = re.compile(
    r"(?:1[89]|20)\d\ds|(?:1[89]|20)\d\d\s*(?:[/\-]\s*(?:1[3-9]|[2-9]\d)|(?:hoac|hay)( nam)? \d{2}"
    r"|±\s*\d*|\+(?:/-)?\s*\d*)"
    r"|\d{2}\s*(?:hoac|hay) \d{2}|\d{1,2}[/.\-]\d{1,2}[/.\-]0000"
)
_A_YEAR = re.compile(r"(?<!\w)(?:1[89]|20)\d\d(?!\w)")
_OF_A_YEAR = re.compile(r"\b(?:sinh|sn|nam|thang|mua|khoang|tuoi|con)\b")
_NOT_OF_BIRTH = re.compile(
    r"[^\w\s.,;:()'/\-]|\b(?:truoc|sau|khong|ko|chua|hoac|hay|tu|den|toi|am|al|lich|nhuan|tet|giao thua|nay|sai"
    r"|chet|mat|tu tran|hy sinh|hi sinh|qua doi|liet si|cap|cmnd|cmt|cccd|can cuoc|giay|so|quyen|ket hon|cuoi|lay"
    r"|chuyen|nhap|vao|di|ve|ly hon|o|ke|khai|dang ky|lam|hoc|bo doi|nghi)\b"
    rf"|\b{_STEM}[ -]?(?:{_BRANCH})\b"
)
"""Words of a text whose year is another event's, is a bound, or is said in a way that no year of birth has."""
_ANIMALS = {"chuot": "ty", "trau": "suu", "cop": "dan", "meo": "mao", "tho": "mao", "rong": "thin", "ran": "ty",
            "ngua": "ngo", "de": "mui", "khi": "than", "ga": "dau", "cho": "tuat", "lon": "hoi",
            "heo": "hoi"}  # fmt: skip
_CALLED = re.compile(rf"\b(?:con|tuoi) ({'|'.join(_ANIMALS)}|{_BRANCH})\b")
_BOTH_CALENDARS = re.compile(r"\s*[,;(]?\s*\b(?:nham|tuc(?: la)?|ung voi)\b(?: ngay)?\s*")
_TWO_DIGITS = re.compile(r"(?:nam )?\d{2}")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*(?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2}"
    r"|\d{1,2}\s*[/.\-]\s*(?:1[89]|20)\d\d|(?:1[89]|20)\d\d)(?!\d)"
)
_DOUBTED = re.compile(
    r"\b(?:truoc|sau|khoang|chung|do|den|toi|khong|ko|chua|hoac|hay|am|al|giap|nhuan)\b"
    r"|[?~<>]|\d[x.…]{1,3}$"
)
_LINK = re.compile(
    r"(?:[\s,;:/()|\-+&.\u23ce]|\b(?:hoac|hay|va|den|tu|nam|ngay|sinh|khai|giay|ks|gks|cmnd|cmt|cccd|cc|theo|ho so|so"
    r"|ghi|cu|moi|that|thuc te|la|sua|thanh|dinh chinh|lai|trong|o|tren|hk|ho khau|or)\b)*"
)


def is_half_said(plain: str) -> bool:
    """Does a text that looks like a date say two years or none (1960/61, 1960s, 05/03/0000)?"""
    return _HALF_SAID.fullmatch(plain) is not None


def both_calendars(plain: str) -> tuple[str, ...]:
    """The two halves of "5/3/1960 nhằm ngày 8/2 Canh Tý", which give one day in both calendars; none of other texts."""
    halves = _BOTH_CALENDARS.split(plain)
    return tuple(half.strip(" ,;()") for half in halves) if len(halves) == 2 else ()


def without_animal(plain: str) -> tuple[str, str | None]:
    """A plain text without the zodiac animal behind its year, "1950 (tuổi Dần)", and the animal."""
    before = _ANIMAL_BEFORE.match(plain)
    if before:
        return plain[before.end() :].rstrip(")"), before["called"] or before["bare"]
    found = _ANIMAL_BESIDE.search(plain)
    return (plain[: found.start()], found[1]) if found else (plain, None)


def without_words(plain: str) -> str:
    """A plain text without an hour before the date and the words behind it (a place, an hour)."""
    return _WORDS_BEHIND.sub("", _HOUR_BEFORE.sub("", plain))


def says_no_year(plain: str) -> bool:
    """Does a plain text say something of an age or a time, but no year of birth?"""
    text = plain.strip(" ()")
    forms = (_AGE, _ZODIAC, _ERA, _DECADE, _HALF_YEAR, _NO_YEAR_GIVEN, _TWO_DIGITS)
    return any(form.fullmatch(text) for form in forms) or _is_bound(text)


def _is_bound(text: str) -> bool:
    return _BOUND.fullmatch(text) is not None and len(_DATE.findall(text)) < 2 and not text[:2].isdigit()


def year_of(plain: str) -> int | None:
    """The year in words that give no date ("sinh nam con trau 1961"): the only number, and surely of the birth.

    A zodiac animal beside it must be that of the year.
    """
    digits, years = re.findall(r"\d+", plain), _A_YEAR.findall(plain)
    if len(digits) != 1 or digits != years or not _OF_A_YEAR.search(plain) or _NOT_OF_BIRTH.search(plain):
        return None
    year = int(years[0])
    animals = (_ANIMALS.get(name, name) for name in _CALLED.findall(plain))
    return year if all(lunar.branch_fits(animal, year) for animal in animals) else None


def one_date_of(plain: str) -> str | None:
    """The only date of a text of other words ("duoi 1980", "tu 1975", "nam 2001, 80 tuoi"), unless they doubt it."""
    found = _DATE.findall(plain)
    return found[0] if len(found) == 1 and not _DOUBTED.search(plain) else None


def dates_in(plain: str) -> Iterator[str]:
    """The dates of a text that is nothing but two or more dates and words that link them; none for other texts."""
    found = list(_DATE.finditer(plain))
    between = _DATE.sub(" ", plain)
    if len(found) > 1 and _LINK.fullmatch(between):
        yield from (match[0] for match in found)
