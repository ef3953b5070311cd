"""The people of a page: households of the ledger generator, by raw column."""

from collections.abc import Iterator, Mapping
from itertools import groupby

import numpy as np

from data_samples.block import Task, draw_block
from data_samples.options import GenerateOptions
from data_samples.places import gazetteer
from readers.forms import KIND_OF

_PEOPLE = 120
Entry = Mapping[str, str]
"""Texts of one person by raw column."""


def households(seed: int) -> Iterator[list[Entry]]:
    """Households of one province, each with its members in order; more than a page holds."""
    codes = gazetteer().province_codes
    province = seed * 7_919 % len(codes)
    options = GenerateOptions(_PEOPLE, seed, (codes[province],), fault_share=0.0, notice_share=0.05)
    part = draw_block(Task(options, ("csv",), province, 0, 0, 0, _PEOPLE))[0]
    people = [{f"{name}_raw": text or "" for name, text in row.items()} for row in part.texts.to_pylist()]
    extra = np.random.default_rng([seed, 5])
    for _, members in groupby(zip(part.book.tolist(), people, strict=True), key=lambda pair: pair[0]):
        yield _completed([person for _, person in members], extra)


def _completed(members: list[dict[str, str]], stream: np.random.Generator) -> list[Entry]:
    """With what the ledgers of the generator do not say: other names, the head's number, birth places, schooling."""
    head = members[0]["full_name_raw"].title() if stream.random() < 0.7 else members[0]["full_name_raw"].upper()
    file_number = f"{int(stream.random() * 9000) + 1000}" if stream.random() < 0.6 else f"HS{int(stream.random() * 9e5)}"
    done: list[Entry] = []
    for person in members:
        u = stream.random(6)
        birth = person["birth_date_raw"]
        is_female = person["sex_raw"].lower() in ("nữ", "nu")
        person |= {
            "head_name_raw": head, "residence_file_number_raw": file_number,
            "other_names_raw": person["full_name_raw"].split(" ")[-1].title() if u[0] < 0.15 else "",
            "nationality_raw": "Việt Nam" if u[1] < 0.9 else "VN",
            "birth_place_raw": person["birth_registration_place_raw"] or person["native_place_raw"],
            "current_residence_raw": person["permanent_residence_raw"],
            "education": _SCHOOLING[int(u[2] * len(_SCHOOLING))], "class_origin": _CLASSES[int(u[3] * len(_CLASSES))],
            "previous_residence": person["native_place_raw"] if u[4] < 0.5 else "",
            "birth_date_raw/male": "" if is_female else birth, "birth_date_raw/female": birth if is_female else "",
        }  # fmt: skip
        done.append(person)
    return done


_SCHOOLING = ("1/12", "5/12", "7/10", "9/12", "10/10", "12/12", "Đại học", "Mù chữ", "Trung cấp", "8/12", "")
_CLASSES = ("Bần nông", "Trung nông", "Cố nông", "Công nhân", "Viên chức", "Tiểu thương", "Nông dân", "")


def kind_of(column: str) -> str:
    """Kind of value of a column's name, as forms have it."""
    return KIND_OF.get(column.partition("/")[0], "text")
