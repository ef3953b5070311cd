"""Card numbers that a whole file bears: a number typed into every row stands for none.

One card number may belong to two people (a range was issued twice) and to one person typed several times, and parents'
numbers are written for their children; so only a number beside several names of several surnames counts.
"""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from transforms.number_text import OLD_LENGTH
from transforms.text import fold_text

_LENGTHS = pa.array([OLD_LENGTH - 1, OLD_LENGTH], pa.int32())
_OFTEN = 3
_FEWEST_NAMES, _FEWEST_SURNAMES = 4, 3
_MOST_KEPT, _MOST_NUMBERS = 16, 256

Named = dict[str, set[str]]
"""Folded names by number, a few of each; kept while a file is profiled, never written."""


def often_borne(part: pa.Table, known: Named) -> None:
    """Add the names beside the numbers that stand several times in a part of SOURCE_RECORDS, or did in one before."""
    raw = part.column("old_id_number_raw")
    numbers = pc.replace_substring_regex(raw, r"\.0+$|\D+", "")
    fits = pc.and_(pc.is_valid(numbers), pc.is_in(pc.utf8_length(numbers), _LENGTHS))
    counted = pc.value_counts(numbers.filter(fits))
    most = pa.table({"number": counted.field("values"), "rows": counted.field("counts")})
    most = most.filter(pc.greater_equal(most.column("rows"), _OFTEN)).sort_by(
        [("rows", "descending"), ("number", "ascending")]
    )
    often = most.column("number").slice(0, _MOST_NUMBERS - len(known)).to_pylist() if len(known) < _MOST_NUMBERS else []
    wanted = pa.array(sorted({*often, *known}), pa.string())
    if not len(wanted):
        return
    hit = pc.and_(fits, pc.is_in(numbers, wanted))
    names = fold_text(pc.fill_null(part.column("full_name_raw").filter(hit), "").combine_chunks())
    pairs = pa.table({"number": numbers.filter(hit), "name": names}).group_by(["number", "name"]).aggregate([])
    for number, name in zip(pairs.column("number").to_pylist(), pairs.column("name").to_pylist(), strict=True):
        kept = known.setdefault(number, set())
        if name and len(kept) < _MOST_KEPT:
            kept.add(name)


def everywhere(known: Named) -> Iterable[str]:
    """The numbers, with the zero of eight digits put back, that people of several surnames bear; ascending."""
    for number, names in sorted(known.items()):
        surnames = {name.split()[0] for name in names}
        if len(names) >= _FEWEST_NAMES and len(surnames) >= _FEWEST_SURNAMES:
            yield number.zfill(OLD_LENGTH)
