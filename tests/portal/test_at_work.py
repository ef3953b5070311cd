"""Piles in memory: what was put aside comes last, what others look at later, reasons to see in clear run out."""

from hypothesis import given
from hypothesis import strategies as st

from portal.at_work import AtWork, Thing

PILE: tuple[Thing, ...] = (("a",), ("b",), ("c",), ("d",))
THINGS = st.lists(st.sampled_from(PILE), max_size=8)


class Clock:
    def __init__(self) -> None:
        self.now = 1.0

    def __call__(self) -> float:
        return self.now


@given(THINGS, THINGS)
def test_whatever_is_aside_or_looked_at_each_thing_comes_once(aside: list[Thing], looked: list[Thing]) -> None:
    work = AtWork()
    for thing in aside:
        work.put_aside("pile", thing, "lan")
    for thing in looked:
        work.look_at("pile", thing, "minh")
    order = list(work.in_turn("pile", PILE, "lan"))
    assert sorted(order) == list(PILE)
    assert order[len(PILE) - len(set(looked)) :] == [thing for thing in PILE if thing in looked]


def test_what_was_put_aside_comes_last_in_its_order_and_is_taken_up_again() -> None:
    work = AtWork()
    work.put_aside("pile", ("c",), "lan")
    work.put_aside("pile", ("a",), "lan")
    assert list(work.in_turn("pile", PILE, "lan")) == [("b",), ("d",), ("c",), ("a",)]
    assert list(work.in_turn("pile", PILE, "minh")) == list(PILE)
    work.take_up("pile", ("c",), "lan")
    assert list(work.in_turn("pile", PILE, "lan")) == [("b",), ("c",), ("d",), ("a",)]


def test_looks_orders_and_reasons_run_out() -> None:
    clock = Clock()
    work, made = AtWork(clock), iter(range(3))
    work.look_at("pile", ("a",), "minh")
    work.see_clear("lan", "khiếu nại")
    assert work.why_clear("minh") is None
    assert work.why_clear("lan") == "khiếu nại"
    assert [work.pile("n", lambda: ((str(next(made)),),)) for _ in range(2)] == [(("0",),), (("0",),)]
    clock.now += 601
    assert work.why_clear("lan") is None
    assert next(work.in_turn("pile", PILE, "lan")) == ("a",)
    assert work.pile("n", lambda: ((str(next(made)),),)) == (("1",),)
    work.forget("n")
    assert work.pile("n", lambda: ((str(next(made)),),)) == (("2",),)
