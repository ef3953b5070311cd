"""What a bound on memory means: refused beforehand, or slower and the same."""

import pytest

from dedup.memory import BASE, FREE, MIB, MOST_AT_ONCE, MOST_THREADS, Memory, needed
from schemas.errors import UsageError

MANY = 1_000_000


def test_without_a_bound_nothing_is_held_back() -> None:
    assert Memory().pace(10**9) is FREE
    Memory().demand(10**9, 10**10)


def test_records_that_do_not_fit_are_refused_with_what_they_need() -> None:
    with pytest.raises(UsageError) as error:
        Memory(600).pace(MANY)
    assert error.value.code == "match.memory"
    told = error.value.details
    assert (told["given"], told["records"], told["pairs"]) == ("600 MiB", MANY, None)
    least = int(str(told["needed"]).split()[0])
    assert (least - 1) * MIB < needed(MANY) <= least * MIB
    Memory(least).pace(MANY)
    with pytest.raises(UsageError):
        Memory(least - 1).pace(MANY)


def test_pairs_that_do_not_fit_are_refused_too() -> None:
    given = Memory(1400)
    given.demand(MANY, 1_000_000)
    with pytest.raises(UsageError) as error:
        given.demand(MANY, 100_000_000)
    assert error.value.details["pairs"] == 100_000_000


def test_the_less_there_is_the_fewer_threads_and_the_smaller_the_slabs() -> None:
    paces = [Memory(mib).pace(MANY) for mib in (1200, 1240, 1300, 1400, 4000)]
    assert all(pace.spills for pace in paces)
    assert [p.threads for p in paces] == sorted(p.threads for p in paces)
    assert (paces[0].threads, paces[-1].threads) == (1, MOST_THREADS)
    assert paces[0].pairs_at_once < paces[-1].pairs_at_once == MOST_AT_ONCE
    assert all(pace.pairs_at_once >= 1000 for pace in paces)


def test_no_records_need_the_program_alone() -> None:
    assert BASE < needed(0) < BASE + 10 * MIB
