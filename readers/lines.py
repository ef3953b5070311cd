"""The lines of a block of UTF-8 text, where they lie: none is made a string of its own before it is asked for."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_NEWLINE = ord("\n")


class Lines:
    """Lines of a block, each ended by a newline.

    Args:
        data: UTF-8, ended by a newline or empty.
        bounds: where the lines begin, and where the last one ends; found out if not given.
    """

    def __init__(self, data: bytes, bounds: npt.NDArray[np.int64] | None = None) -> None:
        self._data = data
        if bounds is None:
            ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _NEWLINE) + 1
            bounds = np.concatenate(([0], ends))
        self._bounds = bounds

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def __getitem__(self, at: int) -> str:
        """The text of one line, without its end."""
        return self._data[self._bounds[at] : self._bounds[at + 1] - 1].decode("utf-8", "replace")

    def part(self, first: int, count: int) -> "Lines":
        """That many lines from a place on, or those that there are."""
        return Lines(self._data, self._bounds[first : first + count + 1])

    def rest(self, first: int) -> bytes:
        """The bytes of all lines from a place on."""
        return self._data[self._bounds[first] :]

    def array(self) -> pa.Array:
        """The lines with their ends, as strings over the same bytes."""
        offsets = pa.py_buffer(self._bounds.astype(np.int32))
        return pa.StringArray.from_buffers(len(self), offsets, pa.py_buffer(self._data))

    def lengths(self) -> npt.NDArray[np.int64]:
        """Bytes of each line without its end."""
        return np.diff(self._bounds) - 1

    def pieces(self, left_out: Sequence[int]) -> list[memoryview]:
        """The bytes of the lines but for those left out (ascending), in as few pieces as may be."""
        first = [0, *(at + 1 for at in left_out)]
        after = [*left_out, len(self)]
        whole = memoryview(self._data)
        starts, ends = self._bounds[first].tolist(), self._bounds[after].tolist()
        return [whole[start:end] for start, end in zip(starts, ends, strict=True) if end > start]
