"""The people of a page: households of the ledger generator, by raw column."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import groupby

import numpy as np

from data_samples.block import Task, draw_block
from data_samples.options import GenerateOptions
from data_samples.places import gazetteer
from readers.forms import Form

_PEOPLE = 300
_DIGITS = str.maketrans("lIOo", "1100")
_MISTYPED = re.compile(r"(?=.*\d)[\dlIOo/.-]+")
Entry = Mapping[str, str]
"""Texts of one person by raw column."""


def households(seed: int) -> Iterator[list[Entry]]:
    """Households of one province, each with its members in order; more than a page holds."""
    codes = gazetteer().province_codes
    province = seed * 7_919 % len(codes)
    options = GenerateOptions(_PEOPLE, seed, (codes[province],), fault_share=0.0, notice_share=0.05)
    part = draw_block(Task(options, ("csv",), province, 0, 0, 0, _PEOPLE))[0]
    people = [{f"{name}_raw": _seen(text or "") for name, text in row.items()} for row in part.texts.to_pylist()]
    extra = np.random.default_rng([seed, 5])
    for _, members in groupby(zip(part.book.tolist(), people, strict=True), key=lambda pair: pair[0]):
        yield _completed([person for _, person in members], extra)


def _seen(text: str) -> str:
    """What of a typed text can be seen on paper: no signs without width; digits for letters typed in their place."""
    shown = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return " ".join(w.translate(_DIGITS) if _MISTYPED.fullmatch(w) else w for w in shown.split())


def people_of_page(seed: int, form: Form, stream: np.random.Generator) -> list[Entry]:
    """Who stands on a page: one household where its head stands above, else households one below the other."""
    found = list(households(seed))
    if form.layout == "blocks" or any(f.name == "head_name_raw" for f in form.header):
        by_size = sorted(range(len(found)), key=lambda i: -len(found[i]))
        return found[by_size[int(stream.random() * max(1, len(found) // 12))]]
    people = [person for members in found for person in members][: form.rows[1]]
    if stream.random() < 0.5:
        people = [{**person, "serial_raw": str(at + 1)} for at, person in enumerate(people)]
    return people


def _completed(members: list[dict[str, str]], stream: np.random.Generator) -> list[Entry]:
    """With what the ledgers of the generator do not say: other names, the head's number, birth places, schooling."""
    head = members[0]["full_name_raw"].title() if stream.random() < 0.7 else members[0]["full_name_raw"].upper()
    number = f"{int(stream.random() * 10 ** int(4 + 6 * stream.random())):04d}"
    file_number = (
        f"{int(stream.random() * 9000) + 1000}" if stream.random() < 0.6 else f"HS{int(stream.random() * 9e5)}"
    )
    done: list[Entry] = []
    for person in members:
        u = stream.random(6)
        birth = person["birth_date_raw"]
        is_female = person["sex_raw"].lower() in ("nữ", "nu")
        person |= {
            "household_id_raw": number,
            "head_name_raw": head, "residence_file_number_raw": file_number,
            "other_names_raw": person["full_name_raw"].split(" ")[-1].title() if u[0] < 0.15 else "",
            "nationality_raw": "Việt Nam" if u[1] < 0.9 else "VN",
            "birth_place_raw": person["birth_registration_place_raw"] or person["native_place_raw"],
            "current_residence_raw": person["permanent_residence_raw"],
            "education": _SCHOOLING[int(u[2] * len(_SCHOOLING))], "class_origin": _CLASSES[int(u[3] * len(_CLASSES))],
            "previous_residence": person["native_place_raw"] if u[4] < 0.5 else "",
            "id_issue_date": "" if not person["old_id_number_raw"] else _some_day(u[5]),
            "passport_number": f"B{int(u[5] * 9_000_000) + 1_000_000}" if u[4] > 0.9 else "",
            "head_number_raw": members[0]["personal_number_raw"] or members[0]["old_id_number_raw"],
            "marital_status_raw": _marital(person["relation_raw"].lower(), u[3]),
            "birth_date_raw/male": "" if is_female else birth, "birth_date_raw/female": birth if is_female else "",
        }  # fmt: skip
        done.append(person)
    return done


def _some_day(u: float) -> str:
    day = int(u * 9_000)
    return f"{day % 28 + 1:02d}/{day // 28 % 12 + 1:02d}/{1980 + day // 336}"


def _marital(relation: str, u: float) -> str:
    if relation.startswith(("con", "cháu", "em")) and "dâu" not in relation and "rể" not in relation:
        return "Chưa kết hôn" if u < 0.7 else "Độc thân" if u < 0.9 else ""
    return "Đã kết hôn" if u < 0.7 else "Có vợ" if u < 0.75 else "Góa" if u < 0.8 else "Ly hôn" if u < 0.84 else ""


_SCHOOLING = ("1/12", "5/12", "7/10", "9/12", "10/10", "12/12", "Đại học", "Mù chữ", "Trung cấp", "8/12", "")
_CLASSES = ("Bần nông", "Trung nông", "Cố nông", "Công nhân", "Viên chức", "Tiểu thương", "Nông dân", "")
