"""Synthetic households whose rows raise no finding at all: whatever is found in a case, the case put there."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

FIELDS: tuple[str, ...] = (
    "household", "name", "relation", "birth", "sex", "ethnic", "native", "residence", "old_id", "personal",
)  # fmt: skip
HEADINGS: Mapping[str, str] = {
    "household": "Số sổ hộ khẩu", "name": "Họ và tên", "relation": "Quan hệ với chủ hộ", "birth": "Ngày sinh",
    "sex": "Giới tính", "ethnic": "Dân tộc", "native": "Quê quán", "residence": "Nơi thường trú", "old_id": "Số CMND",
    "personal": "Số định danh cá nhân",
}  # fmt: skip
RAW: Mapping[str, str] = {
    "household": "household_id_raw", "name": "full_name_raw", "relation": "relation_raw", "birth": "birth_date_raw",
    "sex": "sex_raw", "ethnic": "ethnic_group_raw", "native": "native_place_raw",
    "residence": "permanent_residence_raw", "old_id": "old_id_number_raw", "personal": "personal_number_raw",
}  # fmt: skip
FAMILY_NAMES = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Đỗ", "Vũ", "Hoàng", "Đặng", "Bùi", "Ngô", "Dương", "Phan", "Đinh", "Hồ", "Trịnh",
    "Lương", "Mai", "Tạ", "Chu", "Đoàn",
)  # fmt: skip
_MEN = ("Văn", "Hữu", "Đức", "Quang", "Đình", "Xuân", "Công", "Trọng")
_MEN_GIVEN = ("Bình", "Thắng", "Phước", "Khoa", "Thạch", "Hùng", "Dũng", "Sửu", "Cường", "Nghĩa", "Toản", "Quyết",
              "Luyện", "Vượng", "Đạt", "Hiển")  # fmt: skip
_WOMEN = ("Thị", "Thị Ngọc", "Thị Thu", "Thị Kim")
_WOMEN_GIVEN = ("Tuyết", "Mận", "Ngoãn", "Lan", "Hoa", "Bưởi", "Nhình", "Phượng", "Huệ", "Lựu", "Thảo", "Yến", "Quế",
                "Nhạn", "Sợi", "Hằng")  # fmt: skip
_NATIVE = ("Nam Định", "Hưng Yên", "Thái Bình", "Nghệ An", "Hải Dương", "Thanh Hóa", "Bắc Ninh", "Phú Thọ")
_HOMES = (
    "Thôn 2, xã Minh Châu, huyện Ba Vì, Hà Nội", "Xóm 5, xã Cổ Loa, huyện Đông Anh, Hà Nội",
    "Thôn 7, xã Kim Sơn, huyện Gia Lâm, Hà Nội", "Xóm 3, xã Phù Đổng, huyện Gia Lâm, Hà Nội",
    "Thôn 4, xã Tản Hồng, huyện Ba Vì, Hà Nội",
)  # fmt: skip
_RELATION_CODES = {"Chủ hộ": "01", "Vợ": "02", "Con": "04"}
_ETHNIC_CODES = {"Kinh": "01", "Tày": "02"}


@dataclass(frozen=True)
class Person:
    """One clean row, text as a clerk writes it; `values` is what must come out of it, exactly."""

    household: str
    name: str
    relation: str
    birth: str
    sex: str
    ethnic: str
    native: str
    residence: str
    old_id: str
    personal: str

    def cells(self) -> list[str]:
        """The row's cells in the order of FIELDS."""
        return [getattr(self, f) for f in FIELDS]

    def values(self, *without: str) -> dict[str, object]:
        """Columns of RECORDS with their values; the fields named in `without` left out."""
        day, month, year = (int(part) for part in self.birth.split("/"))
        by_field: dict[str, dict[str, object]] = {
            "household": {"household_id": self.household},
            "name": {"full_name": self.name},
            "relation": {"relation_code": _RELATION_CODES[self.relation]},
            "birth": {"birth_year": year, "birth_month": month, "birth_day": day},
            "sex": {"sex_code": "1" if self.sex == "Nam" else "2"},
            "ethnic": {"ethnic_group_code": _ETHNIC_CODES[self.ethnic]},
            "native": {"native_place_text": self.native},
            "residence": {"permanent_residence_text": self.residence},
            "old_id": {"old_id_number": self.old_id or None},
            "personal": {"personal_number": self.personal or None},
        }
        return {c: v for f, columns in by_field.items() if f not in without for c, v in columns.items()}


def people(rng: Random, count: int = 8) -> list[Person]:
    """At least `count` people in households of three or four, each with its head, in the order of the book."""
    found: list[Person] = []
    books = set[str]()
    while len(found) < count:
        family = _family(rng)
        if family[0].household not in books:
            books.add(family[0].household)
            found += family
    return found


def person(rng: Random) -> Person:
    """One head of a household."""
    return _family(rng)[0]


def _family(rng: Random) -> list[Person]:
    surname, ethnic = rng.choice(FAMILY_NAMES), rng.choice(("Kinh", "Kinh", "Tày"))
    home, book, born = rng.choice(_HOMES), f"0101{rng.randrange(10**5):05d}", rng.randrange(1935, 1962)
    native = rng.choice(_NATIVE)
    members = [("Chủ hộ", "Nam", surname, born), ("Vợ", "Nữ", rng.choice(FAMILY_NAMES), born + rng.randrange(1, 5))]
    for _ in range(rng.choice((1, 2))):
        members.append(("Con", rng.choice(("Nam", "Nữ")), surname, born + rng.randrange(22, 33)))
    return [
        Person(book, f"{family} {_given(rng, sex)}", relation, _day(rng, year), sex, ethnic, native, home,
               f"01{rng.choice('2345678')}{rng.randrange(10**6):06d}", _number(rng, sex, year))
        for relation, sex, family, year in members
    ]  # fmt: skip


def _given(rng: Random, sex: str) -> str:
    middle, given = (_MEN, _MEN_GIVEN) if sex == "Nam" else (_WOMEN, _WOMEN_GIVEN)
    return f"{rng.choice(middle)} {rng.choice(given)}"


def _day(rng: Random, year: int) -> str:
    """A day after the twelfth: no question of order, none of 1 January."""
    return f"{rng.randrange(13, 29)}/{rng.randrange(1, 13):02d}/{year}"


def _number(rng: Random, sex: str, year: int) -> str:
    return f"001{'0' if sex == 'Nam' else '1'}{year % 100:02d}{rng.choice('123456789')}{rng.randrange(10**5):05d}"
