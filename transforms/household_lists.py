"""Where a short household number counts: the commune, and the list inside a file that joins several lists.

Hand-typed lists number their households 1, 2, 3 ...; a file that joins the lists of several hamlets or communes begins
anew on the way, or mixes communes row by row. Both are seen from heads: a number that comes again with another head is
a new list where the numbers fell and the next head's number is taken as well, and a mixture where the heads that share
numbers live in different communes and the numbers follow no order. A single number typed wrongly is neither.

Where no row is a head's, the first row of each number stands for it, and a list begins anew only with a sheet or with
running number 1, where its first number comes again and the next one after it: members written at the end of a list
have numbers that were taken, too.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas import lineage
from transforms import ditto
from transforms.column import column_of
from transforms.text import fold_text

LIST, LIST_AT, MIXED = "household_list:", "household_list_at:", "household_mixed"
_SHORT = r"^\D{0,8}0*(?P<number>\d{1,5})(?:\.0+)?\s*$"
_COMMUNE = r"(?i)(?:^|[,;])\s*(?P<end>(?:x[ãa]|ph[ưu][ờo]ng|th[ịi]\s*tr[ấa]n|tt|p|x)[\s.]+[^,;]+(?:[,;][^,;]+)?)"
_LAST_PARTS = r"(?:^|[,;])\s*(?P<end>[^,;]+[,;][^,;]+(?:[,;][^,;]+)?)\s*$"
_TYPE_WORDS = r"(^|[,;])\s*(?:xa|phuong|thi ?tran|huyen|quan|thi xa|thanh pho|tinh|tp|tx|tt|p|q|x|h)[\s.]+"
_FIRST = r"^\W*0*1(?:[.,]0+)?\W*$"
_BOOK_DIGITS = 6
_BETWEEN = "\x1f"
_FEWEST_MIXED, _SEVERAL = 3, 2
_MIXED_SHARE = 0.02
"""Share of heads that must share their number with a head elsewhere: fewer are numbers typed wrongly."""

_ONE_LOCALITY = 0.5
_MOST_LOCALITIES = 20_000
_ORDERLY = 0.1
"""Share of heads whose number may fall in a list that is in order, beside the falls that begin a list."""

_Measure = tuple[str, str | None, int | None]


def localities(residences: pa.Array) -> pa.Array:
    """The commune and what follows it of each address, folded, without type words; null where none is seen."""
    ends = [pc.struct_field(pc.extract_regex(residences, pattern), "end") for pattern in (_COMMUNE, _LAST_PARTS)]
    bare = pc.replace_substring_regex(fold_text(pc.coalesce(*ends)), _TYPE_WORDS, r"\1")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(bare, r"\s*[,;]\s*", ", "))


def short_numbers(numbers: pa.Array) -> npt.NDArray[np.bool_]:
    """Rows with a number too short to be that of a book, which counts in its own list only."""
    seen = numbers.dictionary_encode()
    digits = pc.utf8_length(pc.replace_substring_regex(seen.dictionary, r"\D+", ""))
    return ditto.flags(pc.less(digits, _BOOK_DIGITS).take(seen.indices))


def keep_common(counted: Counter[str], most: int | None = None) -> None:
    """Forget the rarer half of too many localities, where each household has one of its own: none of them is the one.

    What is asked is whether most rows share one; that one is among the common ones.
    """
    most = most or _MOST_LOCALITIES
    if len(counted) > most:
        common = counted.most_common(most // 2)
        counted.clear()
        counted.update(dict(common))


@dataclass
class _List:
    """The list that heads are added to: its first head, the names of heads by number, where they live."""

    first: "_Head"
    heads: dict[int, str] = field(default_factory=dict)
    localities: Counter[str] = field(default_factory=Counter)

    def closed(self) -> "_Closed":
        """What is kept of the list when the next one begins."""
        home, rows = self.localities.most_common(1)[0] if self.localities else (None, 0)
        is_one = rows > _ONE_LOCALITY * self.localities.total()
        return _Closed(self.first.record_id, self.first.part, len(self.heads), home if is_one else None)


@dataclass(frozen=True, slots=True)
class _Closed:
    """A list by its first record: the part of the file it begins in, how many heads, where most of them live."""

    record_id: str
    part: int
    heads: int
    home: str | None


@dataclass(frozen=True)
class _Head:
    record_id: str
    part: int
    number: int
    name: str
    locality: str | None
    may_begin: bool = True


@dataclass
class HouseholdLists:
    """Running figures of the lists of one file; `add` its parts in order.

    `by_runs`: the first row of each number stands for its head.

    A list has at most 99 999 heads in memory, as its numbers are short; of each one before it a few hundred bytes stay.
    """

    before: list[_Closed] = field(default_factory=list)
    now: _List | None = None
    parts: list[str] = field(default_factory=list)
    first_homes: dict[int, tuple[str, str]] = field(default_factory=dict)
    heads: int = 0
    falls: int = 0
    shared: int = 0
    last: int = 0
    waiting: _Head | None = None
    by_runs: bool = False
    last_sheet: tuple[str | None, int | None] | None = None

    def add(self, part: pa.Table) -> None:
        """Look at the heads of a part of SOURCE_RECORDS."""
        starts = ditto.sheet_starts(part)
        starts[0] = _sheet_of(part, 0) != self.last_sheet
        self.last_sheet = _sheet_of(part, part.num_rows - 1)
        for head in _heads(part, len(self.parts), self.last if self.by_runs else None, starts):
            self._add(head)
        self.parts.append(part.column("record_id")[0].as_py())

    def measures(self, file_id: str) -> Iterator[_Measure]:
        """(measure, value, count) of the file: nothing for a single list."""
        lists = [*self.before, self.now.closed()] if self.now is not None else []
        in_order = self.falls - len(lists) + 1 <= _ORDERLY * self.heads
        is_shared = self.shared >= max(_FEWEST_MIXED, _MIXED_SHARE * self.heads)
        if is_shared and (len(lists) < _SEVERAL or not in_order):
            yield MIXED, None, self.shared
        elif len(lists) >= _SEVERAL and in_order:
            scopes, begins = _scopes(lists, file_id), [known.part for known in lists]
            for known, scope in zip(lists[1:], scopes[1:], strict=True):
                yield LIST + known.record_id, scope, known.heads
            for part, record_id in enumerate(self.parts):
                before = bisect_left(begins, part)
                yield LIST_AT + record_id, scopes[max(before - 1, 0)], None

    def _add(self, head: _Head) -> None:
        now = self.now = self.now or _List(head)
        fell, self.last = head.number < self.last, head.number
        self.heads, self.falls = self.heads + 1, self.falls + fell
        self._count_shared(head)
        if self.waiting is not None:
            begun, self.waiting = self.waiting, None
            goes_on = head.number == begun.number + 1 if self.by_runs else head.number > begun.number
            if goes_on and _is_taken(now, head):
                self.before.append(now.closed())
                now = self.now = _List(begun)
            _enter(now, begun)
        may_begin = not self.by_runs or (head.may_begin and head.number == now.first.number)
        if fell and may_begin and _is_taken(now, head):
            self.waiting = head
        else:
            _enter(now, head)

    def _count_shared(self, head: _Head) -> None:
        """Count heads whose number another head of another commune has."""
        if head.locality is not None:
            name, home = self.first_homes.setdefault(head.number, (head.name, head.locality))
            self.shared += name != head.name and home != head.locality


def scopes_of_rows(
    source: pa.Table, lists: Mapping[str, str], first: str, mixed: pa.Array | None, numbers: pa.Array
) -> pa.Array:
    """Where the short household number of each row counts.

    Args:
        source: SOURCE_RECORDS of one file, in order.
        lists: scope by the first record of each list that begins in the file.
        first: scope of the first row.
        mixed: locality of each row of a file that mixes communes; else None.
        numbers: household numbers of the rows; neighbours that share one live where their head, or the first, does.
    """
    rows = source.num_rows
    if mixed is None:
        begins = pc.index_in(source.column("record_id").combine_chunks(), pa.array(list(lists), pa.string()))
        place = pc.fill_null(begins, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        last = np.maximum.accumulate(np.where(place >= 0, np.arange(rows), -1))
        number = np.where(last >= 0, place[last] + 1, 0)
        return pa.array([first, *lists.values()], pa.string()).take(pa.array(number))
    codes = pc.fill_null(numbers.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
    begins_home = np.append(True, codes[1:] != codes[:-1])[:rows] | ditto.sheet_starts(source)
    begins_home |= ditto.is_head(column_of(source, "relation_raw"))
    home = np.cumsum(begins_home) - 1
    told = ditto.flags(pc.is_valid(mixed))
    of_home = np.full(int(home[-1]) + 1 if rows else 0, -1, np.int64)
    at = np.flatnonzero(told)[::-1]
    of_home[home[at]] = at
    return pc.fill_null(mixed.take(pa.array(of_home[home], mask=of_home[home] < 0)), first)


def household_keys(numbers: pa.Array, province_code: str, scopes: pa.Array | str) -> pa.Array:
    """Keys by folded number without spaces: "HK 0123" and "hk0123" are one household; null = no household.

    The number of a book is unique in its province; a short one ("12") counts the households of one list only, which
    `scopes` names for all rows or row by row.
    """
    folded = pc.replace_substring(fold_text(numbers), " ", "")
    if isinstance(scopes, str):
        encoded = folded.dictionary_encode()
        return _keys(encoded.dictionary.to_pylist(), province_code, scopes).take(encoded.indices)
    both = pc.binary_join_element_wise(folded, scopes, _BETWEEN).dictionary_encode()
    pairs = [text.split(_BETWEEN, 1) for text in both.dictionary.to_pylist()]
    keys = [_keys([number], province_code, scope)[0].as_py() for number, scope in pairs]
    return pa.array(keys, pa.string()).take(both.indices)


def keys_of_homes(homes: pa.Array, province_code: str) -> pa.Array:
    """Keys of households without a number, which `household_order` knows by a hash; null = no household."""
    encoded = homes.dictionary_encode()
    return _keys([f"order:{home}" for home in encoded.dictionary.to_pylist()], province_code, "").take(encoded.indices)


def _keys(numbers: list[str], province_code: str, scope: str) -> pa.Array:
    keys = [
        lineage.household_key(province_code, number, "" if sum(map(str.isdigit, number)) >= _BOOK_DIGITS else scope)
        for number in numbers
    ]
    return pa.array(keys, pa.string())


def _sheet_of(part: pa.Table, row: int) -> tuple[str | None, int | None]:
    return part.column("sheet")[row].as_py(), part.column("page")[row].as_py()


def _heads(part: pa.Table, number_of_part: int, last: int | None, starts: npt.NDArray[np.bool_]) -> Iterator[_Head]:
    """The rows of heads with a short household number of their own, in order; or of each number its first row.

    `last`: the number in the rows before, where the first rows of numbers are asked for; `starts`: sheets begin there.
    """
    columns = {n: column_of(part, n) for n in ("household_id_raw", "relation_raw", "full_name_raw", "record_id")}
    numbers = columns["household_id_raw"].dictionary_encode()
    short = pc.struct_field(pc.extract_regex(numbers.dictionary, _SHORT), "number")
    if short.null_count == len(short):
        return
    found = short.take(numbers.indices)
    is_numbered = ditto.flags(pc.is_valid(found))
    rows = np.flatnonzero(ditto.is_head(columns["relation_raw"]) & is_numbered if last is None else is_numbered)
    if last is not None:
        numbers_of_rows = found.take(pa.array(rows)).cast(pa.int64()).to_numpy(zero_copy_only=False)
        rows = rows[np.append(last, numbers_of_rows[:-1]) != numbers_of_rows]
    if not len(rows):
        return
    taken = pa.array(rows)
    number = found.take(taken).cast(pa.int64()).to_pylist()
    names = fold_text(columns["full_name_raw"].take(taken)).to_pylist()
    homes = localities(column_of(part, "permanent_residence_raw").take(taken)).to_pylist()
    ids = columns["record_id"].take(taken).to_pylist()
    first = ditto.flags(pc.match_substring_regex(pc.fill_null(column_of(part, "serial_raw"), "1"), _FIRST))
    may_begin = (first | starts)[rows].tolist()
    for record_id, n, name, home, begins in zip(ids, number, names, homes, may_begin, strict=True):
        yield _Head(record_id, number_of_part, n, name or "", home, begins)


def _is_taken(known: _List, head: _Head) -> bool:
    return known.heads.get(head.number, head.name) != head.name


def _enter(known: _List, head: _Head) -> None:
    known.heads.setdefault(head.number, head.name)
    if head.locality is not None:
        known.localities[head.locality] += 1
        keep_common(known.localities)


def _scopes(lists: list[_Closed], file_id: str) -> list[str]:
    """The commune of each list, else the file; numbered where several lists lie in one commune."""
    seen: Counter[str] = Counter()
    scopes = []
    for known in lists:
        scope = file_id if known.home is None else known.home
        seen[scope] += 1
        scopes.append(scope if seen[scope] == 1 else f"{scope}#{seen[scope]}")
    return scopes
