from io import BytesIO

import numpy as np

from transforms.shelves import SHELVES, Shelves

PAIR = np.dtype([("key", np.int64), ("place", np.int32)])


def test_the_rows_of_a_key_are_on_one_shelf_in_their_order() -> None:
    keys = np.random.default_rng(7).integers(0, 2_000, 10_000)
    rows = np.zeros(len(keys), PAIR)
    rows["key"], rows["place"] = keys, np.arange(len(keys))
    shelves = Shelves(BytesIO(), PAIR)
    for start in range(0, len(rows), 700):
        shelves.write(rows[start : start + 700], keys[start : start + 700])
    shown = [np.concatenate(list(shelves.pieces(shelf, 20))) for shelf in range(SHELVES)]
    assert sum(map(len, shown)) == len(rows)
    assert sum(len(np.unique(each["key"])) for each in shown) == len(np.unique(keys))
    assert all((np.diff(each["place"]) > 0).all() for each in shown)


def test_a_shelf_is_read_in_pieces() -> None:
    rows = np.arange(10_000)
    shelves = Shelves(BytesIO(), rows.dtype)
    for start in range(0, len(rows), 500):
        shelves.write(rows[start : start + 500], np.ones(500, np.int64))
    pieces = [piece for shelf in range(SHELVES) for piece in shelves.pieces(shelf, 1_200) if len(piece)]
    assert [len(piece) for piece in pieces] == [1_500] * 6 + [1_000]
    assert np.concatenate(pieces).tolist() == rows.tolist()
