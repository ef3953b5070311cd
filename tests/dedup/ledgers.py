"""A small synthetic province: families over three generations, written down in household books, some people twice.

Second records come from life: a daughter in her parents' and in her husband's book, a household that moved, a book
typed twice. Each record is written by a clerk with a hand of his own: marks left out, a middle name dropped or
abbreviated, a slip of the finger, day and month swapped, a year alone, a number wrong or missing.
"""

import hashlib
import random
from dataclasses import dataclass, field, replace

import pyarrow as pa

from schemas.lineage import hash_text, household_key
from schemas.tables import MATCH_RECORDS
from transforms.text import fold


def _words(text: str) -> list[str]:
    return text.split()


SURNAMES = dict(zip(
    _words(
        "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ "
        "Ngô Dương Lý Đinh Mai Trịnh Đoàn Lương Cao Tạ Chu"
    ),
    (38, 11, 9.5, 7.1, 3, 2.1, 4.5, 2, 1.9, 2.1, 2, 1.4, 1.3, 1.3, 1, .5, 1, .7, .7, .6, .6, .5, .4, .3), strict=True,
))  # fmt: skip
MALE = _words(
    "Hùng Dũng Minh Tuấn Hải Sơn Thành Nam Long Cường Thắng Đức Bình Hòa Trung Quang Hưng Phúc Tùng Việt "
    "Anh Huy Tâm Lâm Toàn Kiên Vinh Khánh Tú Hiếu Mạnh Duy Đạt Lộc Tài Thịnh Phong Quân Nghĩa Công Chiến "
    "Thái Khoa Bảo Sang Tân Quý Lợi Hậu Thuận Trường Hoàng Vũ Nhân Ngọc Xuân Thanh Phương Giang Đông Hà "
    "Thọ Tiến Hiệp Hoan Luân Chung Khải Ninh Bắc"
)
FEMALE = _words(
    "Lan Hoa Hương Hồng Mai Thủy Hằng Nga Thu Hà Hạnh Hiền Trang Linh Thảo Yến Liên Loan Ngọc Phương "
    "Huyền Nhung Dung Vân Oanh Tuyết Anh Thúy Thanh Hường Tâm Xuân Ngân Quỳnh Phượng Giang Duyên My Nhi "
    "Trâm Hân Vy Chi Châu Bình Minh Lý Cúc Huệ Nguyệt Thơm Thoa Sen Thắm Lành Mơ Hải Hòa Diệp Kiều Quyên "
    "Trinh Uyên Thư Như Diễm Hảo Mận Na Bé Út Ánh"
)
MALE_MIDDLE = _words("Văn Văn Văn Văn Đức Minh Quang Xuân Hữu Ngọc Thanh Anh Quốc Đình Công Tuấn Hoàng Thế Duy Gia")
FEMALE_MIDDLE = _words("Thị Thị Thị Thị Thị Thị_Thu Thị_Thanh Thị_Ngọc Ngọc Thanh Thu Kim Bích Thùy Minh Hồng Mỹ")
KEYS = "qwertyuiopasdfghjklzxcvbnm"


@dataclass(frozen=True)
class Person:
    """One living being."""

    number: int
    surname: str
    middle: str
    given: str
    male: bool
    born: tuple[int, int, int]
    father: str
    mother: str
    native: int
    personal: str
    old: str

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.surname, self.middle, self.given) if part)


@dataclass(frozen=True)
class Line:
    """One line of a book before the clerk writes it down."""

    person: Person
    spouse: str
    relation: str
    head: str
    household: str
    commune: int
    file: str
    address: str


@dataclass
class Province:
    """Draws the people and the books."""

    seed: int
    size: int
    twins: float = 0.015
    rng: random.Random = field(init=False)
    lines: list[Line] = field(init=False, default_factory=list)
    count: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311 - made-up people
        self.communes = max(3, self.size // 6000)
        while len(self.lines) < self.size:
            self._clan()

    def _zipf(self, words: list[str]) -> str:
        return words[min(int(len(words) * self.rng.random() ** 1.7), len(words) - 1)]

    def _person(self, surname: str, male: bool, year: int, father: str, mother: str, native: int) -> Person:
        rng = self.rng
        self.count += 1
        middle = rng.choice(MALE_MIDDLE if male else FEMALE_MIDDLE).replace("_", " ")
        century = (0 if year < 2000 else 2) + (0 if male else 1)
        personal = f"0{rng.choice((1, 26, 31, 33)):02d}{century}{year % 100:02d}{rng.randrange(10**6):06d}"
        return Person(
            self.count, surname, middle, self._zipf(MALE if male else FEMALE), male,
            (year, rng.randint(1, 12), rng.randint(1, 28)), father, mother, native,
            personal, f"{rng.choice((12, 13, 14, 16)):02d}{rng.randrange(10**7):07d}",
        )  # fmt: skip

    def _surname(self) -> str:
        return self.rng.choices(list(SURNAMES), list(SURNAMES.values()))[0]

    def _elder(self, surname: str, male: bool) -> str:
        middle = self.rng.choice(MALE_MIDDLE if male else FEMALE_MIDDLE).replace("_", " ")
        return f"{surname} {middle} {self._zipf(MALE if male else FEMALE)}"

    def _clan(self) -> None:
        """A couple, their children, the children's families."""
        rng, commune = self.rng, self.rng.randrange(self.communes)
        year = rng.randint(1930, 1960)
        husband, wife = self._spouse(True, year, commune), self._spouse(False, year + rng.randint(-2, 4), commune)
        children = self._children(husband, wife, year + 22)
        home = [(husband, wife.name, "01"), (wife, husband.name, "02")]
        for child in children:
            if rng.random() < 0.55 and child.born[0] < 1998:
                partner = self._spouse(not child.male, child.born[0] + rng.randint(-3, 5), rng.randrange(self.communes))
                there = partner.native if rng.random() < 0.3 or not child.male else commune
                self._young_family(child, partner, there)
                if rng.random() < 0.3:
                    home.append((child, partner.name if rng.random() < 0.3 else "", "04"))
            else:
                home.append((child, "", "04"))
        self._write_book(home, commune)

    def _spouse(self, male: bool, year: int, native: int) -> Person:
        surname = self._surname()
        return self._person(
            surname, male, year, self._elder(surname, True), self._elder(self._surname(), False), native
        )

    def _children(self, husband: Person, wife: Person, year: int) -> list[Person]:
        rng, children = self.rng, list[Person]()
        while len(children) < rng.randint(1, 6) and year < 2018:
            male = rng.random() < 0.51
            child = self._person(husband.surname, male, year, husband.name, wife.name, husband.native)
            if rng.random() < 0.004 and male:
                child = replace(child, middle=husband.middle, given=husband.given)
            children.append(child)
            if rng.random() < self.twins:
                twin = self._person(husband.surname, male, year, husband.name, wife.name, husband.native)
                close = rng.random() < 0.6
                twin = replace(twin, born=child.born, middle=child.middle if close else twin.middle)
                if twin.given != child.given:
                    children.append(twin)
            year += rng.randint(1, 5)
        return [c for n, c in enumerate(children) if c.given not in {o.given for o in children[:n]}]

    def _young_family(self, child: Person, partner: Person, commune: int) -> None:
        man, woman = (child, partner) if child.male else (partner, child)
        children = self._children(man, woman, max(man.born[0], woman.born[0]) + 20 + self.rng.randint(0, 8))
        home = [(man, woman.name, "01"), (woman, man.name, "02"), *((c, "", "04") for c in children)]
        self._write_book(home, commune)

    def _write_book(self, home: list[tuple[Person, str, str]], commune: int) -> None:
        rng = self.rng
        self._write(home, commune)
        if rng.random() < 0.04:
            moved = rng.randrange(self.communes)
            self._write([m for m in home if rng.random() < 0.85], moved)
        if rng.random() < 0.05:
            self._write(home, commune, again=True)

    def _write(self, home: list[tuple[Person, str, str]], commune: int, again: bool = False) -> None:
        rng = self.rng
        number = f"{rng.randrange(10**9):09d}"
        if again and rng.random() < 0.6 and self.lines:
            number = self.lines[-1].household
        address = f"Thôn {rng.randint(1, 12)}, Xã {commune}, Huyện {commune // 12}"
        book = f"{commune}-{rng.randint(0, 1)}{'b' if again else ''}"
        for person, spouse, relation in home:
            self.lines.append(Line(person, spouse, relation, home[0][0].name, number, commune, book, address))


class Clerk:
    """Writes lines down as a real clerk would: some of them badly."""

    def __init__(self, seed: int, errors: float = 1.0) -> None:
        self.rng, self.errors = random.Random(seed), errors  # noqa: S311 - made-up people

    def _at(self, share: float) -> bool:
        return self.rng.random() < share * self.errors

    def name(self, name: str, bare: bool) -> str | None:
        parts = name.split()
        if len(parts) > 2 and self._at(0.04):
            parts[1:-1] = [] if self.rng.random() < 0.5 else [p[0] + "." for p in parts[1:-1]]
        if self._at(0.025):
            at = self.rng.randrange(len(parts))
            parts[at] = self._slip(parts[at])
        text = " ".join(parts)
        if self._at(0.01):
            text = text.replace("ễ", "eex").replace("ầ", "aaf").replace("ị", "ij")
        text = fold(text).title() if bare else text
        return text.upper() if self.rng.random() < 0.3 else text

    def _slip(self, word: str) -> str:
        at, rng = self.rng.randrange(len(word)), self.rng
        kind = rng.random()
        if kind < 0.3 and len(word) > 2:
            return word[:at] + word[at + 1 :]
        if kind < 0.5 and at + 1 < len(word):
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return word[:at] + rng.choice(KEYS) + word[at + (kind < 0.8) :]

    def born(self, day: tuple[int, int, int]) -> tuple[int, int | None, int | None]:
        year, month, date = day
        if self._at(0.12 if year < 1960 else 0.03):
            return (year, None, None) if self.rng.random() < 0.6 else (year, 1, 1)
        if self._at(0.015):
            return year, month, None
        if date <= 12 and self._at(0.03):
            month, date = date, month
        if self._at(0.02):
            year += self.rng.choice((-1, 1, -2, 2, 10))
        if self._at(0.02):
            date = self.rng.randint(1, 28)
        return year, month, date

    def digits(self, number: str, share: float) -> str | None:
        if self.rng.random() > share:
            return None
        if self._at(0.015):
            at = self.rng.randrange(4, len(number))
            return number[:at] + str(self.rng.randrange(10)) + number[at + 1 :]
        return number

    def sex(self, male: bool) -> str | None:
        if self.rng.random() < 0.01:
            return None
        return "1" if male != (self.rng.random() < 0.004) else "2"

    def place(self, text: str, code: int, share: float, known: float) -> tuple[str | None, str | None]:
        """Text and unit code of a place; a clerk abbreviates it now and then, and not every text gets a code."""
        if self.rng.random() > share:
            return None, None
        text = text.replace("Huyện", "H.").replace("Xã", "X.") if self._at(0.1) else text
        return text, f"{code:05d}" if self.rng.random() < known else None

    def maybe(self, text: str, share: float, bare: bool) -> str | None:
        return self.name(text, bare) if text and self.rng.random() < share else None


def province(seed: int, size: int, errors: float = 1.0, code: str = "01") -> tuple[pa.Table, pa.Table]:
    """A MATCH_RECORDS table of about `size` records in random order, and its truth (record_id, person_id)."""
    clerk, rows, truth = Clerk(seed + 1, errors), [], []
    for number, line in enumerate(Province(seed, size).lines):
        record_id = hashlib.blake2b(f"{seed}/{number}".encode(), digest_size=16).hexdigest()
        truth.append((record_id, hash_text(f"{seed}:{line.person.number}")))
        rows.append(_row(clerk, line, record_id, number, code))
    clerk.rng.shuffle(rows)
    table = pa.Table.from_pylist(rows, schema=MATCH_RECORDS.schema)
    return table, pa.table({"record_id": [r for r, _ in truth], "person_id": [p for _, p in truth]})


def _row(clerk: Clerk, line: Line, record_id: str, number: int, code: str) -> dict[str, object]:
    person, bare = line.person, clerk.rng.random() < 0.1 * clerk.errors
    year, month, day = clerk.born(person.born)
    adult = year < 2004
    household = None if clerk.rng.random() < 0.03 else line.household
    native = line.commune if clerk.rng.random() < 0.06 * clerk.errors else person.native
    home = clerk.place(line.address, 10_000 + line.commune, 0.98, 0.95)
    origin = clerk.place(f"Xã {native}, Huyện {native // 12}", 10_000 + native, 0.8, 0.7)
    return {
        "record_id": record_id, "person_id": None, "file_id": hash_text(line.file), "line": number + 1,
        "province_code": code, "household_key": household and household_key(code, household),
        "full_name": clerk.name(person.name, bare), "surname": person.surname, "middle_name": person.middle,
        "given_name": person.given, "birth_year": year, "birth_month": month, "birth_day": day,
        "sex_code": clerk.sex(person.male),
        "native_place_text": origin[0], "native_place_code": origin[1], "ethnic_group_code": "01",
        "permanent_residence_text": home[0], "permanent_residence_code": home[1],
        "father_name": clerk.maybe(person.father, 0.75, bare), "mother_name": clerk.maybe(person.mother, 0.7, bare),
        "spouse_name": clerk.maybe(line.spouse, 0.6, bare), "household_id": household,
        "head_name": clerk.maybe(line.head, 0.9, bare), "relation_code": line.relation,
        "personal_number": clerk.digits(person.personal, 0.25 if adult else 0.1),
        "old_id_number": clerk.digits(person.old, 0.5) if adult else None,
    }  # fmt: skip
