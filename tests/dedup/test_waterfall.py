"""The steps of a weight add up to it, and are what the model says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.compare import Compared
from dedup.model import load_model
from dedup.waterfall import reasons, waterfall
from dedup.weights import class_logs
from schemas.tables import LEVEL_NAMES

MODEL = load_model()
LEVELS = st.fixed_dictionaries({n: st.integers(0, len(MODEL.levels[n]["match"])) for n in LEVEL_NAMES})


@given(LEVELS, st.floats(-60, 80))
def test_the_steps_add_up_to_the_weight(levels: dict[str, int], weight: float) -> None:
    steps = waterfall(levels, weight, MODEL)
    assert [s.name for s in steps] == ["prior", *LEVEL_NAMES, "names"]
    assert sum(s.gain for s in steps) == pytest.approx(weight)
    assert steps[-1].total == weight
    assert [s.level for s in steps[1:-1]] == [levels[n] for n in LEVEL_NAMES]
    assert all(s.gain == pytest.approx(0) for s in steps[1:-1] if not s.level)


@given(LEVELS)
def test_before_the_names_the_sum_is_the_weight_of_the_levels_alone(levels: dict[str, int]) -> None:
    found = Compared(np.array([[levels[n] for n in LEVEL_NAMES]], np.int8), np.zeros((1, 3), np.int8))
    logs = class_logs(found, MODEL)
    alone = float((logs["match"] - np.logaddexp2(logs["relative"], logs["chance"]))[0])
    assert waterfall(levels, 0.0, MODEL)[-2].total == pytest.approx(alone)


def test_the_strongest_reasons_come_first_and_speak_for_one_person() -> None:
    levels = dict.fromkeys(LEVEL_NAMES, 0) | {"name_level": 9, "birth_level": 9, "sex_level": 1, "number_level": 4}
    steps = waterfall(levels, 10.0, MODEL)
    found = reasons(steps)
    assert {s.name for s in found} == {"name_level", "birth_level", "number_level"}
    assert [s.gain for s in found] == sorted((s.gain for s in found), reverse=True)
    assert len(reasons(steps, 1)) == 1
