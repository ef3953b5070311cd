"""Check standardised rows and whole households: each rule is one small function over columns.

Ledgers are re-issued: a new head takes over, the dead stay on the page, a family is typed twice. The rules about
households therefore look at living heads, treat a head typed twice as one person, and put one finding on one row
of the household instead of one on each member.
"""

from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa

from quality import check_households
from quality.chunk import HEAD, SPOUSE_SEX, Chunk, relation_sexes
from quality.findings import Fired, check_results, judged_rows, kept_out, quarantine, without
from schemas import lineage
from schemas.judged import NOTHING_JUDGED, Judged
from schemas.outcome import Outcome
from transforms.names import name_contradicts_sex

_YOUNGEST_HEAD = 10
_CONFLICT, _EVERYWHERE = "number_conflict", "number_everywhere"

_YEARS_AFTER_HEAD: dict[int, int] = {4: 12, 5: 1, 25: 36}
"""Least years by which a child, an adopted child, a great-grandchild is born after the head. Twelve years are the
youngest parents that civil registers hold; adoption needs only a younger child (Law 52/2010/QH12 art. 14 asks for 20,
older ledgers do not keep to it). Grandchild (17) also means nephew, who may be older, and is left out."""

_YEARS_BEFORE_HEAD: dict[int, int] = {
    6: 12, 7: 12, 8: 1, 9: 1, 10: 24, 11: 24, 12: 24, 13: 24, 18: 36, 19: 36, 47: 24, 48: 24, 49: 36,
}  # fmt: skip
"""The same for parents, adoptive parents, grandparents, great-grandparents."""

_RULES: dict[str, Callable[[Chunk], np.ndarray]] = {}


def check_records(
    records: pa.Table, profile: pa.Table, *, received_on: date, judged: Judged = NOTHING_JUDGED
) -> Outcome:
    """Apply the rules that need several fields of a row, several rows of a household, or the profile of the file.

    Args:
        records: RECORDS; all rows of a household of a file lie in this chunk.
        profile: PROFILE of the files in the chunk; measure ``number_conflict`` names numbers of two people.
        received_on: day of delivery, the latest day that anything can have happened.
        judged: what persons decided about rows that were kept out; rules that were overruled give notices.

    Returns:
        accepted = RECORDS unchanged, less the rows that a blocking rule keeps out; quarantined = QUARANTINE;
        findings = CHECK_RESULTS, only those of this step. Rows in = accepted + quarantined.
    """
    chunk = Chunk(records, profile, received_on)
    rules = {**_RULES, **check_households.RULES} if records.num_rows else {}
    fired = [Fired(rule_id, rows) for rule_id, find in rules.items() if (rows := find(chunk)).size]
    fired = judged_rows(records, fired, judged) if judged != NOTHING_JUDGED else fired
    headless = _head_kept_out(chunk, kept_out(records.num_rows, fired)) if fired else np.empty(0, np.int64)
    fired += [Fired("household.head_kept_out", headless)] if headless.size else []
    return Outcome(without(records, fired), quarantine(records, profile, fired), check_results(records, fired))


def _finds(rule_id: str) -> Callable[[Callable[[Chunk], np.ndarray]], Callable[[Chunk], np.ndarray]]:
    def register(function: Callable[[Chunk], np.ndarray]) -> Callable[[Chunk], np.ndarray]:
        _RULES[rule_id] = function
        return function

    return register


@_finds("row.repeated")
def _said_before(chunk: Chunk) -> np.ndarray:
    """Rows that say what an earlier row of the chunk says: the lowest line of each content speaks for all."""
    same = chunk.codes_of("content_id")
    order = np.lexsort((chunk.records.column("line").to_numpy(), same))
    repeats = np.flatnonzero(np.diff(same[order]) == 0) + 1
    return np.sort(order[repeats])


@_finds("birth_date.after_entry")
def _born_after_entry(chunk: Chunk) -> np.ndarray:
    entry = chunk.days("entry_date")
    return np.flatnonzero(_is_after(chunk.partial_date("birth"), entry))


@_finds("death_date.before_birth")
def _died_before_birth(chunk: Chunk) -> np.ndarray:
    return np.flatnonzero(_is_after(chunk.partial_date("birth"), chunk.partial_date("death")))


@_finds("sex.name_contradicts")
def _name_against_sex(chunk: Chunk) -> np.ndarray:
    return np.flatnonzero(name_contradicts_sex(*map(chunk.column, ("full_name", "sex_code", "ethnic_group_code"))))


@_finds("sex.relation_contradicts")
def _relation_against_sex(chunk: Chunk) -> np.ndarray:
    wanted = relation_sexes()[chunk.relation]
    wrong = (wanted != 0) & (chunk.sex != 0) & (wanted != chunk.sex)
    return np.union1d(np.flatnonzero(wrong), _heads_of_their_own_sex(chunk, wrong))


def _heads_of_their_own_sex(chunk: Chunk, wrong: np.ndarray) -> np.ndarray:
    """Heads whose wife or husband in the household is of their own sex: one of the two was written wrongly."""
    homes = chunk.households
    found = []
    for relation, spouse_sex in SPOUSE_SEX.items():
        sure = (chunk.relation == relation) & (chunk.sex == spouse_sex) & ~wrong & chunk.is_alive
        heads = homes.head[homes.having(sure)]
        heads = heads[heads >= 0]
        found.append(heads[(chunk.sex[heads] == spouse_sex)])
    return np.concatenate(found)


@_finds("household.no_head")
def _no_head(chunk: Chunk) -> np.ndarray:
    homes = chunk.households
    # Where no relation at all is known, nothing can be said of the head: relation.missing stands on each row.
    known = homes.having(chunk.relation > 0)
    headed = homes.having((chunk.relation == HEAD) | chunk.filled("head_record_id"))
    found: np.ndarray = homes.first[known & ~headed]
    return found


def _head_kept_out(chunk: Chunk, is_out: np.ndarray) -> np.ndarray:
    """The first line that stays of each household whose head, or every head, another rule keeps out here.

    Without it the store would count more households without a head than there are findings.
    """
    homes = chunk.households
    heads = (chunk.relation == HEAD) | chunk.equals_column("record_id", "head_record_id")
    lost = homes.having(heads & is_out) & ~homes.having(heads & ~is_out)
    first = homes.first_of(~is_out & chunk.is_alive & lost[homes.group], chunk.number("line"))
    return np.sort(first[first >= 0])


@_finds("household.two_heads")
def _two_heads(chunk: Chunk) -> np.ndarray:
    return chunk.households.second_head[chunk.households.second_head >= 0]


@_finds("household.head_too_young")
def _head_too_young(chunk: Chunk) -> np.ndarray:
    """A head is as old as at the last entry of the household, since relations are written anew with each entry.

    The head's own entry would make every heir too young who was entered at birth; the day of delivery would make
    nobody too young in a ledger of 1990. Without any entry date the day of delivery is all there is.
    """
    homes = chunk.households
    has_head = homes.head >= 0
    heads = homes.head[has_head]
    born = chunk.year("birth")[heads]
    age = homes.latest(chunk.entry_year, chunk.received_on.year)[has_head] - born
    found: np.ndarray = heads[(born > 0) & (age >= 0) & (age < _YOUNGEST_HEAD)]
    return found


@_finds("household.child_older")
def _child_older(chunk: Chunk) -> np.ndarray:
    """The younger generation whose birth year contradicts the head's; the head itself where several members do."""
    homes = chunk.households
    wrong = homes.with_value(_contradicts_head(chunk))
    younger = wrong & ~_is_elder(chunk)
    several = homes.count(wrong) > 1
    return np.union1d(np.flatnonzero(younger & ~several[homes.group]), homes.head[several & homes.having(younger)])


@_finds("household.parent_younger")
def _parent_younger(chunk: Chunk) -> np.ndarray:
    """The same for parents and grandparents; the head itself where several of them, and nobody else, contradict it."""
    homes = chunk.households
    wrong = homes.with_value(_contradicts_head(chunk))
    elder = _is_elder(chunk)
    several = homes.count(wrong) > 1
    only_elders = several & ~homes.having(wrong & ~elder)
    return np.union1d(np.flatnonzero(wrong & elder & ~several[homes.group]), homes.head[only_elders])


def _is_elder(chunk: Chunk) -> np.ndarray:
    return np.isin(chunk.relation, list(_YEARS_BEFORE_HEAD))


def _contradicts_head(chunk: Chunk) -> np.ndarray:
    homes, born = chunk.households, chunk.year("birth")
    sure_head = np.where(homes.second_head >= 0, -1, homes.head)
    head = sure_head[homes.group]
    gap = born - born[head]
    after, before = np.full(100, -32768), np.full(100, 32767)
    after[list(_YEARS_AFTER_HEAD)] = list(_YEARS_AFTER_HEAD.values())
    before[list(_YEARS_BEFORE_HEAD)] = [-years for years in _YEARS_BEFORE_HEAD.values()]
    wrong = (gap < after[chunk.relation]) | (gap > before[chunk.relation])
    contradicts: np.ndarray = wrong & (head >= 0) & (born > 0) & (born[head] > 0)
    return contradicts


@_finds("personal_number.two_people")
def _number_of_two_people(chunk: Chunk) -> np.ndarray:
    return _measured_numbers(chunk, "personal_number", _CONFLICT)


@_finds("old_id_number.placeholder")
def _one_card_for_all(chunk: Chunk) -> np.ndarray:
    return _measured_numbers(chunk, "old_id_number", _EVERYWHERE)


def _measured_numbers(chunk: Chunk, column: str, measure: str) -> np.ndarray:
    """Rows whose number is one of those that the profile of the file names, by their hashes."""
    named = chunk.measured(measure)
    if not named:
        return np.empty(0, np.int64)
    encoded = chunk.column(column).dictionary_encode()
    shared = np.array([lineage.hash_text(number) in named for number in encoded.dictionary.to_pylist()] + [False])
    return np.flatnonzero(shared[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)])


def _is_after(left: tuple[np.ndarray, ...], right: tuple[np.ndarray, ...]) -> np.ndarray:
    """Is the left date surely after the right one? Parts are compared as far as both know them (0 = unknown)."""
    after = np.zeros(left[0].size, bool)
    open_ = np.ones(left[0].size, bool)
    for mine, other in zip(left, right, strict=True):
        open_ &= (mine > 0) & (other > 0)
        after |= open_ & (mine > other)
        open_ &= mine == other
    return after
