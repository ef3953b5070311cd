"""What a cell may say because other cells of its page say it: a household shares its address, its head stands twice."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from transforms.text import fold

KINDS = ("name", "place")
_COMMA = ", "
_MOST = 6
_MOST_WRONG = 0.4
"""Share of the letters that may be others in a text that says the same."""


def echoes(text: str, kind: str, others: Counter[str]) -> Iterator[str]:
    """Texts that a cell may hold beside its best one.

    Args:
        text: the best text of the cell.
        kind: of its column.
        others: texts of other cells of the page, of that kind of column, that are likely right, by how often they are.
    """
    if kind not in KINDS:
        return
    yield from islice(_alike(text, (other for other, _ in others.most_common())), _MOST)
    if kind == "place":
        tails = Counter({tail: count for other, count in others.items() for tail in _tails(other)})
        for tail in islice((tail for tail, _ in tails.most_common()), _MOST):
            yield from _with_tail(text, tail)


def _alike(text: str, others: Iterable[str]) -> Iterator[str]:
    bare = Counter(fold(text))
    for other in others:
        letters = Counter(fold(other))
        wrong = max((letters - bare).total(), (bare - letters).total())
        if wrong <= _MOST_WRONG * letters.total():
            yield other


def _tails(text: str) -> Iterator[str]:
    """The last parts of an address: its province, its district and province, from its commune on."""
    parts = text.split(_COMMA)
    yield from (_COMMA.join(parts[-count:]) for count in range(2, min(4, len(parts))))


def _with_tail(text: str, tail: str) -> Iterator[str]:
    """The address ending as another does."""
    own = text.split(_COMMA)
    count = tail.count(_COMMA) + 1
    if len(own) > count and list(_alike(_COMMA.join(own[-count:]), [tail])):
        yield _COMMA.join([*own[:-count], tail])
