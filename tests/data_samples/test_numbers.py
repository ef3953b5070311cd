"""The 12 digits say province, century and sex, and year; nobody shares a number."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_samples.numbers import old_numbers, personal_numbers
from data_samples.places import gazetteer, province_rows
from tests.data_samples.drawn import truth


def test_numbers_agree_with_province_sex_and_year():
    block = truth()
    people, known = block.people, block.identities
    codes = gazetteer().province_codes
    place = gazetteer().province[known.birthplace]
    for i, number in enumerate(known.personal_number.to_pylist()):
        year = int(people.birth_year[i])
        assert number[:3] == province_rows()[codes[place[i]]]["id_number_code"]
        assert int(number[3]) == (year // 100 - 19) * 2 + int(people.is_female[i])
        assert int(number[4:6]) == year % 100
        assert len(number) == 12


def test_a_woman_of_hanoi_born_in_2001():
    number = personal_numbers(0, 1, np.asarray([0]), np.asarray([2001]), np.asarray([True]))[0].as_py()
    assert number.startswith("001301")


def test_no_two_people_share_a_number_over_blocks_and_provinces():
    for numbers in ([truth(i).identities.personal_number for i in range(3)],
                    [truth(i).identities.old_number for i in range(3)]):  # fmt: skip
        every = pa.concat_arrays(numbers).drop_null()
        assert len(every) > 5_000
        assert len(pc.unique(every)) == len(every)


def test_a_wrong_digit_makes_the_number_of_nobody():
    shape = np.zeros(256, dtype=np.int64)
    made = [personal_numbers(b, 5, shape, shape + 1980, shape > 0).to_pylist() for b in range(8)]
    numbers = {n for block in made for n in block}
    assert len(numbers) == 8 * 256
    for number in list(numbers)[:200]:
        for place in range(6, 12):
            others = {f"{number[:place]}{d}{number[place + 1 :]}" for d in "0123456789"} - {number}
            assert not others & numbers


def test_a_block_that_used_up_its_share_leaves_people_without():
    shape = np.zeros(300, dtype=np.int64)
    numbers = personal_numbers(0, 5, shape, shape + 1980, shape > 0)
    assert numbers.null_count == 300 - 256


def test_old_numbers_begin_with_the_province_and_are_for_adults():
    place = np.asarray([gazetteer().province_codes.index("40")] * 2)
    first, second = old_numbers(0, 1, place, np.asarray([True, False])).to_pylist()
    assert len(first) == 9
    assert first.startswith("18")
    assert second is None
