"""Rules on whole households: one head, one spouse, ages, sexes, parents and deaths that go together.

None of them keeps a row out: ledgers are full of step-children, second wives, adopted heirs and copied lines, so what
looks wrong waits for someone who knows the family. Ages are compared by year, the part that ledgers have nearly always.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.chunk import HEAD, HUSBAND, MALE, WIFE, Chunk, Households, is_someone_else
from transforms.similarity import pairwise_similarity
from transforms.text import fold_text

_CHILD, _FATHER, _MOTHER, _ELDER_BROTHER, _ELDER_SISTER, _YOUNGER_SIBLING = 4, 6, 7, 14, 15, 16
_YOUNGEST_PARENT = 12
_OLDEST_MOTHER, _OLDEST_FATHER = 55, 80
"""Births to mothers over 55 are a few in a million; fathers over 80 are as rare."""
_MOST_BETWEEN_SPOUSES = 40
_YOUNGEST_SPOUSE = 13
_LARGEST_HOUSEHOLD = 60
"""Dormitories and barracks have collective households; a family ledger has none of that size."""
_KINH = "01"
_NEVER_MARRIED, _HAS_SPOUSE, _FORMER_SPOUSE = "1", "2", "3"
_SAME_NAME = 0.9


def _head_gone(chunk: Chunk, kind: str) -> np.ndarray:
    """Heads of households whose every head is gone for that reason, while others live there."""
    homes = chunk.households
    living = homes.count(chunk.is_alive) > 0
    is_missing = chunk.equals("death_kind", "missing")
    gone = ~chunk.is_alive & (is_missing if kind == "missing" else ~is_missing)
    head = homes.head
    found: np.ndarray = head[(head >= 0) & living & gone[head]]
    return found


def _head_inferred(chunk: Chunk) -> np.ndarray:
    """The one whom the household names as its head though no line says so."""
    homes = chunk.households
    unsaid = ~homes.having(chunk.relation == HEAD)
    named = chunk.equals_column("record_id", "head_record_id")
    return np.flatnonzero(homes.with_value(named & unsaid[homes.group]))


def _two_spouses(chunk: Chunk) -> np.ndarray:
    homes = chunk.households
    spouses = homes.with_value(_are_spouses(chunk) & chunk.is_alive)
    first = homes.first_of(spouses, chunk.number("line"))
    return np.flatnonzero(spouses & (first[homes.group] >= 0) & is_someone_else(chunk, first[homes.group]))


def _too_large(chunk: Chunk) -> np.ndarray:
    homes = chunk.households
    found: np.ndarray = homes.first[homes.count(chunk.is_alive) > _LARGEST_HOUSEHOLD]
    return found


def _sibling_order(chunk: Chunk) -> np.ndarray:
    gap = _after_head(chunk)
    elder = (chunk.relation == _ELDER_BROTHER) | (chunk.relation == _ELDER_SISTER)
    return np.flatnonzero((elder & (gap > 0)) | ((chunk.relation == _YOUNGER_SIBLING) & (gap < 0)))


def _ages_apart(chunk: Chunk) -> np.ndarray:
    gap, relation = _after_head(chunk), chunk.relation
    oldest = np.where(chunk.sex[_heads(chunk)] == MALE, _OLDEST_FATHER, _OLDEST_MOTHER)
    apart = _are_spouses(chunk) & (np.abs(gap) > _MOST_BETWEEN_SPOUSES)
    late = (relation == _CHILD) & (gap > oldest)
    early = ((relation == _FATHER) & (gap < -_OLDEST_FATHER)) | ((relation == _MOTHER) & (gap < -_OLDEST_MOTHER))
    return np.flatnonzero(apart | late | early)


def _child_near_spouse(chunk: Chunk) -> np.ndarray:
    homes, born = chunk.households, chunk.year("birth")
    spouse = _only(homes, _are_spouses(chunk), chunk)[homes.group]
    known = homes.with_value((chunk.relation == _CHILD) & (spouse >= 0) & (born > 0)) & (born[spouse] > 0)
    # a child too near the head is told by household.child_older
    near_head = (_heads(chunk) >= 0) & (_after_head(chunk) < _YOUNGEST_PARENT)
    return np.flatnonzero(known & ~near_head & (born - born[spouse] < _YOUNGEST_PARENT))


def _born_after_parent_died(chunk: Chunk) -> np.ndarray:
    """A child may be born in the year after its father died, but not after its mother did."""
    head, born = _heads(chunk), chunk.year("birth")
    died = np.where(chunk.equals("death_kind", "missing"), 0, chunk.year("death"))[head]
    last = died + (chunk.sex[head] == MALE)
    is_child = chunk.relation == _CHILD
    return np.flatnonzero(is_child & (head >= 0) & (born > 0) & (died > 0) & (born > last))


def _parent_differs(chunk: Chunk) -> np.ndarray:
    """Children of the head whose own line names another father or mother than the head; parents of the head alike."""
    head, relation = _heads(chunk), chunk.relation
    is_father, is_mother = (relation == _CHILD) & (chunk.sex[head] == 1), (relation == _CHILD) & (chunk.sex[head] == 2)
    return np.sort(
        np.concatenate(
            [
                _named_otherwise(chunk, np.flatnonzero((head >= 0) & is_father), "father_name", head),
                _named_otherwise(chunk, np.flatnonzero((head >= 0) & is_mother), "mother_name", head),
                _names_otherwise(chunk, np.flatnonzero((head >= 0) & (relation == _FATHER)), "father_name", head),
                _names_otherwise(chunk, np.flatnonzero((head >= 0) & (relation == _MOTHER)), "mother_name", head),
            ]
        )
    )


def _other_parent_differs(chunk: Chunk) -> np.ndarray:
    """Children of the head whose line names another mother than his only wife, or another father than her husband."""
    homes, relation = chunk.households, chunk.relation
    found = []
    for spouse_relation, name in ((WIFE, "mother_name"), (HUSBAND, "father_name")):
        spouse = _only(homes, relation == spouse_relation, chunk)[homes.group]
        children = np.flatnonzero(homes.with_value((relation == _CHILD) & (spouse >= 0)))
        found.append(_named_otherwise(chunk, children, name, spouse))
    return np.unique(np.concatenate(found))


def _spouse_differs(chunk: Chunk) -> np.ndarray:
    """The spouse whose line names another husband or wife than the head, or whom the head's line does not name."""
    head = _heads(chunk)
    spouses = np.flatnonzero((head >= 0) & _are_spouses(chunk) & chunk.is_alive)
    named = _named_otherwise(chunk, spouses, "spouse_name", head)
    return np.union1d(named, _names_otherwise(chunk, spouses, "spouse_name", head))


def _head_name_differs(chunk: Chunk) -> np.ndarray:
    """The first line of a household whose column of heads names another one than its head."""
    homes, head = chunk.households, _heads(chunk)
    rows = _named_otherwise(chunk, np.flatnonzero(head >= 0), "head_name", head)
    mask = np.zeros(chunk.records.num_rows, bool)
    mask[rows] = True
    first = homes.first_of(mask, chunk.number("line"))
    return np.sort(first[first >= 0])


def _surname_differs(chunk: Chunk) -> np.ndarray:
    """Kinh children with the surname of neither parent; other peoples may pass on no surname at all."""
    homes, head = chunk.households, _heads(chunk)
    spouse = _only(homes, _are_spouses(chunk), chunk)[homes.group]
    surname = chunk.folded_codes_of("surname")
    # without a father in the household the surname is his and cannot be compared
    has_father = (head >= 0) & ((chunk.sex[head] == MALE) | ((spouse >= 0) & (chunk.sex[spouse] == MALE)))
    children = homes.with_value(has_father & (chunk.relation == _CHILD) & chunk.equals("ethnic_group_code", _KINH))
    mine = children & (surname >= 0) & (surname[head] >= 0) & (surname != surname[head])
    return np.flatnonzero(mine & ((spouse < 0) | ((surname[spouse] >= 0) & (surname != surname[spouse]))))


def _marital_status_contradicts(chunk: Chunk) -> np.ndarray:
    spouse = _are_spouses(chunk) & chunk.is_alive
    never = spouse & chunk.equals("marital_status_code", _NEVER_MARRIED)
    married = spouse | chunk.equals("marital_status_code", _HAS_SPOUSE, _FORMER_SPOUSE)
    year = np.where(chunk.entry_year > 0, chunk.entry_year, chunk.received_on.year)
    born = chunk.year("birth")
    return np.flatnonzero(never | (married & (born > 0) & (year - born < _YOUNGEST_SPOUSE)))


def _still_absent(chunk: Chunk) -> np.ndarray:
    """The dead who are away: an absence that ended before the death is history, one declared missing is away."""
    dead = ~chunk.is_alive & ~chunk.equals("death_kind", "missing")
    back, died = chunk.days("temporary_absence_to")[0], chunk.year("death")
    is_over = (back > 0) & ((died == 0) | (back <= died))
    return np.flatnonzero(dead & chunk.equals("temporary_absence_status", "absent") & ~is_over)


def _died_before_entry(chunk: Chunk) -> np.ndarray:
    died, entered = chunk.year("death"), chunk.entry_year
    return np.flatnonzero((died > 0) & (entered > died))


RULES: Mapping[str, Callable[[Chunk], np.ndarray]] = {
    "household.head_dead": lambda chunk: _head_gone(chunk, "dead"),
    "household.head_missing": lambda chunk: _head_gone(chunk, "missing"),
    "household.head_inferred": _head_inferred,
    "household.two_spouses": _two_spouses,
    "household.too_large": _too_large,
    "household.sibling_order": _sibling_order,
    "household.ages_apart": _ages_apart,
    "household.child_near_spouse": _child_near_spouse,
    "household.born_after_parent_died": _born_after_parent_died,
    "household.parent_differs": _parent_differs,
    "household.other_parent_differs": _other_parent_differs,
    "household.spouse_differs": _spouse_differs,
    "household.head_name_differs": _head_name_differs,
    "household.surname_differs": _surname_differs,
    "marital_status.relation_contradicts": _marital_status_contradicts,
    "death.still_absent": _still_absent,
    "death_date.before_entry": _died_before_entry,
}
"""Rows on which each rule fires: int64, ascending, each once."""


def _are_spouses(chunk: Chunk) -> np.ndarray:
    spouses: np.ndarray = (chunk.relation == WIFE) | (chunk.relation == HUSBAND)
    return spouses


def _heads(chunk: Chunk) -> np.ndarray:
    """Row of the only head of each row's household, -1 = none or more than one."""
    homes = chunk.households
    found: np.ndarray = np.where(homes.second_head >= 0, -1, homes.head)[homes.group]
    return found


def _after_head(chunk: Chunk) -> np.ndarray:
    """Years by which each row was born after its head; 0 where either is unknown."""
    head, born = _heads(chunk), chunk.year("birth")
    known = (head >= 0) & (born > 0) & (born[head] > 0)
    return np.where(known, born - born[head], 0)


def _only(homes: Households, mask: np.ndarray, chunk: Chunk) -> np.ndarray:
    """The only row of the mask in each household, -1 = none or several."""
    first = homes.first_of(mask, chunk.number("line"))
    return np.where(homes.count(mask) == 1, first, -1)


def _named_otherwise(chunk: Chunk, rows: np.ndarray, column: str, other: np.ndarray) -> np.ndarray:
    """Rows whose column names someone else than the person of row `other`."""
    found: np.ndarray = rows[_differ(_taken(chunk, column, rows), _taken(chunk, "full_name", other[rows]))]
    return found


def _names_otherwise(chunk: Chunk, rows: np.ndarray, column: str, other: np.ndarray) -> np.ndarray:
    """Rows whose person is someone else than the column of row `other` names."""
    found: np.ndarray = rows[_differ(_taken(chunk, "full_name", rows), _taken(chunk, column, other[rows]))]
    return found


def _taken(chunk: Chunk, column: str, rows: np.ndarray) -> pa.Array:
    return chunk.column(column).take(pa.array(rows))


def _differ(left: pa.Array, right: pa.Array) -> np.ndarray:
    """Where both are names and hardly those of one person: the given names differ by more than a slip of the pen.

    An abbreviated name ("Ng. V. Hung") is compared by its given name as well.
    """
    unequal = _unequal(left, right)
    texts = [fold_text(names.take(pa.array(unequal))) for names in (left, right)]
    given = [pc.replace_substring_regex(names, r"^.*[\s.]", "") for names in texts]
    still = _unequal(*given)
    unequal = unequal[still]
    pairs = [names.take(pa.array(still)).to_pylist() for names in given]
    found: np.ndarray = unequal[pairwise_similarity(*pairs) < _SAME_NAME]
    return found


def _unequal(left: pa.Array, right: pa.Array) -> np.ndarray:
    found: np.ndarray = np.flatnonzero(pc.fill_null(pc.not_equal(left, right), False).to_numpy(zero_copy_only=False))
    return found
