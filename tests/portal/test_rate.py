"""So many tries in so long, each key by itself."""

from hypothesis import given
from hypothesis import strategies as st

from portal.rate import Rate


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40)), max_size=60))
def test_law_a_try_is_allowed_if_few_enough_came_before_it_in_the_window(tries: list[tuple[str, int]]) -> None:
    time, most, seconds = [0.0], 3, 60.0
    rate = Rate(most, seconds, lambda: time[0])
    seen: dict[str, list[float]] = {"a": [], "b": []}
    for key, pause in tries:
        time[0] += pause
        seen[key].append(time[0])
        within = sum(then > time[0] - seconds for then in seen[key])
        assert rate.allows(key) == (within <= most)


def test_many_keys_do_not_fill_the_memory() -> None:
    rate = Rate(1)
    for number in range(10_050):
        assert rate.allows(str(number))
    assert len(rate._tries) <= 10_001
