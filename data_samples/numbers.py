"""Old 9-digit and personal 12-digit numbers, no two people with the same one.

Structure of the 12 digits: Decree 137/2015/NĐ-CP art. 13 and Circular 07/2016/TT-BCA art. 7 (province of 63, century
and sex, two digits of the year, six random). 9 digits: province prefix + 7 (Decree 05/1999/NĐ-CP).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_samples.draw import Bools, Ints, running_rank
from data_samples.places import gazetteer, province_rows

_GROUP_SHARE = 256
"""Numbers a block may use of one province, year and sex: 390 blocks (10 million people and more) until they run out."""

_PREFIX_SHARE = 25_600


def personal_numbers(block: int, seed: int, province: Ints, birth_year: Ints, is_female: Bools) -> pa.Array:
    """12-digit numbers; null where the block's share is used up. ``province``: place in the gazetteer.

    Real numbers end in six random digits. Here the last of them is a check digit over all others, so that a number
    with one wrong digit can never be the number of another person.
    """
    first = np.asarray([int(province_rows()[c]["id_number_code"]) for c in gazetteer().province_codes])
    century_and_sex = (birth_year // 100 - 19) * 2 + is_female
    head = (first[province] * 10 + century_and_sex) * 100 + birth_year % 100
    rank = running_rank(head)
    serial = block * _GROUP_SHARE + rank
    scattered = _scatter(serial, 100_000, 41_723, seed * 7_919 + 5)
    is_free = (rank < _GROUP_SHARE) & (serial < 100_000)
    body = head * 100_000 + scattered
    return _digits(body * 10 + _check_digit(body), 12, is_free)


def old_numbers(block: int, seed: int, province: Ints, is_adult: Bools) -> pa.Array:
    """9-digit numbers of the issuing province for adults; null where the block's share is used up."""
    prefixes = np.asarray([int(province_rows()[c]["cmnd9_prefix2"]) for c in gazetteer().province_codes])
    prefix = prefixes[province]
    rank = running_rank(prefix * 2 + is_adult)
    serial = block * _PREFIX_SHARE + rank
    number = prefix * 10_000_000 + _scatter(serial, 10_000_000, 3_141_593, seed * 104_729 + 11)
    is_free = is_adult & (rank < _PREFIX_SHARE) & (serial < 10_000_000) & (number % 111_111_111 != 0)
    return _digits(number, 9, is_free)


def _scatter(serial: Ints, modulus: int, factor: int, shift: int) -> Ints:
    """A one-to-one map: distinct serials stay distinct but do not look consecutive."""
    return (serial * factor + shift) % modulus


def _check_digit(body: Ints) -> Ints:
    """Weights 3 and 1 in turn: another digit at any place asks for another check digit."""
    total = np.zeros_like(body)
    rest = body.copy()
    for place in range(11):
        total += rest % 10 * (3 if place % 2 == 0 else 1)
        rest //= 10
    return (10 - total % 10) % 10


def _digits(number: Ints, width: int, is_free: Bools) -> pa.Array:
    text = pc.utf8_lpad(pa.array(number).cast(pa.string()), width, "0")
    return pc.if_else(pa.array(is_free), text, None)
