"""Which columns a page has, where its form leaves them free: any order that a clerk might rule."""

from dataclasses import replace

import numpy as np

from readers.forms import Form, FormColumn

_MALE_FEMALE = ("birth_date_raw/male", "birth_date_raw/female")
_OFTEN = {
    "serial_raw": 0.85, "sex_raw": 0.75, "relation_raw": 0.8, "native_place_raw": 0.8, "ethnic_group_raw": 0.6,
    "religion_raw": 0.5, "old_id_number_raw": 0.6, "occupation_raw": 0.5, "notes_raw": 0.55, "entry_date_raw": 0.45,
}  # fmt: skip
_SELDOM = 0.22
_MOST_COLUMNS, _LEAST_COLUMNS = 13, 5


def draw_form(form: Form, stream: np.random.Generator) -> Form:
    """The form as it stands; of a form with free order, one that has some of its columns in some order."""
    if not form.free_order:
        return form
    columns = _draw_columns(form, stream)
    has_households = any(c.name == "household_id_raw" for c in columns)
    landscape = len(columns) > 7 or stream.random() < 0.3
    drops = {line for line in {f.line for f in form.header} if stream.random() < 0.3}
    fields = [
        f
        for f in form.header
        if f.line not in drops and not (has_households and f.name in ("household_id_raw", "head_name_raw"))
    ]
    lines = sorted({f.line for f in fields})
    header = tuple(replace(f, line=lines.index(f.line)) for f in fields)
    whole = sum(c.share for c in columns)
    return replace(
        form, columns=tuple(replace(c, share=c.share / whole) for c in columns), header=header, landscape=landscape
    )


def _draw_columns(form: Form, stream: np.random.Generator) -> list[FormColumn]:
    by_name = {c.name: c for c in form.columns}
    u = dict(zip(by_name, stream.random(len(by_name)).tolist(), strict=True))
    splits_birth = u["birth_date_raw"] < 0.15
    taken = [n for n in by_name if u[n] < _OFTEN.get(n, _SELDOM) and n not in (*_MALE_FEMALE, "birth_date_raw")]
    taken = ["full_name_raw", *(n for n in taken if n not in ("full_name_raw", "sex_raw" if splits_birth else ""))]
    births = list(_MALE_FEMALE) if splits_birth else ["birth_date_raw"]
    taken = taken[: _MOST_COLUMNS - 2]
    while len(taken) + len(births) < _LEAST_COLUMNS:
        taken.append(next(n for n in _OFTEN if n not in taken))
    order = sorted(taken, key=lambda n: _place(n, list(by_name), stream.random()))
    after = order.index("full_name_raw") + 1
    if stream.random() < 0.3:
        after = min(len(order), after + int(stream.random() * 3))
    return [by_name[n] for n in (*order[:after], *births, *order[after:])]


def _place(name: str, usual: list[str], u: float) -> float:
    """Numbers and households come first, then names; the rest stands anywhere, remarks at the end."""
    if name in ("serial_raw", "household_id_raw"):
        return u
    if name == "full_name_raw":
        return 2.0
    return 100.0 if name == "notes_raw" else 3 + usual.index(name) * 0.3 + u * 14
