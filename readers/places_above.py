"""The place of the rows of a sheet, by its title and by lines between them; what rows say themselves counts before it.

A row without a residence lives in the place of the lines above; one that names a hamlet alone, in that hamlet of the
commune above. Each such row is told.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers.household_lines import is_mark
from readers.labelled_cells import ADDRESS, HOME, told_by
from readers.place_lines import COMMUNE, HAMLET, Units, is_hamlet_alone, is_place_line, joined, units_above, units_of
from readers.source_rows import SourceRows, check_results

RULE = "place.line_above"
PLACE, AROUND = "place", "around"
"""In what is said of a block of rows: its place, and the commune around hamlets that rows name."""
Block = Mapping[str, str]


class PlacesAbove:
    """The place of the rows to come; changes with each line of a hamlet or commune."""

    def __init__(self, titles: Sequence[Sequence[str]]) -> None:
        """`titles`: filled cells of each line above the heading; one that labels a household's residence is none."""
        free = [cells for cells in titles if not told_by(cells, is_whole=False).keys() & {HOME, ADDRESS}]
        self._units: Units = units_above(free)
        self._place = joined(self._units) if COMMUNE in self._units else None

    def tell(self, texts: Sequence[str]) -> bool:
        """Is it a line that names a hamlet or a commune for the rows below?"""
        is_apart = len(texts) == 1 or (len(texts) == 2 and is_mark(texts[0]))
        if not is_apart or not is_place_line(texts):
            return False
        units = dict(units_of(texts[-1]))
        self._place = self.address(units)
        if HAMLET not in units:
            self._units = units | self._larger(units)
        return True

    def address(self, units: Units) -> str:
        """Units with the larger ones that the title, or the last line of a commune, names."""
        return joined({**self._larger(units), **units})

    def of(self, block: Block) -> Block:
        """What a block of rows has of the place, where it has none of its own."""
        around = joined({level: text for level, text in self._units.items() if level > HAMLET})
        found = {AROUND: around} if around else {}
        return found | ({PLACE: self._place} if self._place and PLACE not in block else {})

    def _larger(self, units: Units) -> dict[int, str]:
        return {level: text for level, text in self._units.items() if level > max(units)}


def placed(rows: SourceRows, blocks: Sequence[Block], above: npt.NDArray[np.int64]) -> SourceRows:
    """The rows with the places of their blocks, and a finding on each that was given one.

    Args:
        rows: of a grid.
        blocks: what was said of each block.
        above: the block of each row; -1 = none.
    """
    if not any(PLACE in block or AROUND in block for block in blocks):
        return rows
    at_block = pa.array(np.maximum(above, 0), mask=above < 0)
    place, around = (pa.array([block.get(k) for block in blocks], pa.string()).take(at_block) for k in (PLACE, AROUND))
    own = rows.records.column(HOME).combine_chunks()
    texts = own.dictionary_encode()
    is_hamlet = pa.array([is_hamlet_alone(t) for t in texts.dictionary.to_pylist()], pa.bool_()).take(texts.indices)
    whole = pc.if_else(is_hamlet, pc.binary_join_element_wise(own, around, ", "), pa.scalar(None, pa.string()))
    made = pc.coalesce(whole, own, place)
    is_told = pc.and_(pc.is_valid(made), pc.or_(pc.is_null(own), pc.is_valid(whole)))
    told = np.flatnonzero(is_told.to_numpy(zero_copy_only=False))
    if not len(told):
        return rows
    at = rows.records.schema.get_field_index(HOME)
    records = rows.records.set_column(at, rows.records.schema.field(at), made)
    found = check_results(records.column("record_id").combine_chunks(), [(RULE, told)], "permanent_residence")
    return SourceRows(records, pa.concat_tables([rows.findings, found]))
