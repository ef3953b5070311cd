"""What a wrong cell may have been meant to be: values of the column's code list that are spelled nearly so."""

import numpy as np

from schemas import code_lists
from schemas.fields import ALL_FIELDS
from transforms.similarity import pairwise_distance
from transforms.text import fold

_MOST, _LETTERS = 4, 3
_SEVERAL = {"household": "relation_raw"}
"""Fields of several raw columns: the one that their code list is of."""


def proposals(raw_column: str | None, text: str) -> list[str]:
    """Labels to choose from, the nearest first; none for a column without a code list."""
    labels = _labels(raw_column)
    if not labels:
        return []
    given = fold(text)
    if not given:
        return labels[:_MOST] if len(labels) <= _MOST else []
    names = [fold(label) for label in labels]
    far = pairwise_distance([given] * len(names), names, _LETTERS, swaps=True).astype(np.int64)
    begins = np.array([not name.startswith(given) and not given.startswith(name) for name in names])
    order = sorted(range(len(names)), key=lambda at: (bool(begins[at]), int(far[at]), at))
    near = [labels[at] for at in order if not begins[at] or far[at] <= min(_LETTERS, max(1, len(given) // 2))]
    return near[:_MOST] or (labels if len(labels) <= _MOST else [])


def _labels(raw_column: str | None) -> list[str]:
    for field in ALL_FIELDS:
        is_own = raw_column == _SEVERAL.get(field.name, field.raw_columns[0])
        if field.code_list and is_own:
            return [code.label for code in code_lists.code_list(field.code_list).codes]
    return []
