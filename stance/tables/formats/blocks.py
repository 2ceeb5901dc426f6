"""Blocks of whole records, cut out of a CSV in UTF-8 and read by pyarrow as long as there is no doubt about a quote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from stance.tables.formats.rewound import RewindableStream

BLOCK_BYTES = (
    1 << 20
)  # bytes: fits the cache of a processor, which makes it twice as fast as 4 MB; some thousand comments
UTF8_BOM = b"\xef\xbb\xbf"
QUOTE = ord('"')


class Blocks:
    r"""Reads what is written by the book; puts back what needs a careful look.

    By the book, a quote opens a cell right behind a delimiter or line end, and closes it right before one; those
    between are doubled. Then an even number of quotes comes before every end of a record, and any two readers see the
    same cells. A block in which a quote, a row or a byte is otherwise is put back with all that follows it.

    Parameters
    ----------
    stream : Rewound
        UTF-8, without byte order mark.
    delimiter : str
        One character of ASCII.

    Attributes
    ----------
    lines : int
        Number of lines in the blocks read.
    doubtful : int
        Offset in the stream at which the block that was put back ends.

    Examples
    --------
    >>> import io
    >>> blocks = Blocks(RewindableStream(io.BytesIO(b'1,"so, what"\n')), ",")
    >>> next(blocks.tables(["id", "text"])).to_pydict()
    {'id': ['1'], 'text': ['so, what']}
    """

    def __init__(self, stream: RewindableStream, delimiter: str, size: int = 0) -> None:
        self.lines = 0
        self.doubtful_until = 0
        self._stream = stream
        self._size = size or BLOCK_BYTES
        self._parsing = {"delimiter": delimiter, "newlines_in_values": True}
        self._may_touch_quotes = np.zeros(256, bool)
        self._may_touch_quotes[list(f'{delimiter}\r\n"'.encode())] = True

    def tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Read blocks until the end or the first doubt.

        Parameters
        ----------
        columns : sequence of str
            Names.

        Yields
        ------
        pyarrow.Table
            All columns are strings.
        """
        rest = bytearray()
        while data := self._stream.take(self._size, rest):
            quotes = find_quotes(data)
            end = len(data) if self._stream.ended else last_record_end(data, quotes)
            block = memoryview(data)[:end]
            plain = self._is_well_formed(block, quotes[: np.searchsorted(quotes, end)])
            table = self._parsed(block, columns) if plain else None
            if table is None:
                self._stream.put_back(data)
                self.doubtful_until = self._stream.position + max(end, 1)
                return
            self.lines += count_lines(block)
            rest = data[end:]
            yield table
        self.doubtful_until = self._stream.position + 1  # where there is damage, and no block

    def _is_well_formed(self, block: memoryview, quotes: NDArray[np.intp]) -> bool:
        values = np.frombuffer(block, np.uint8)
        if not block or block[:3] == UTF8_BOM or not values.all():  # the mark pyarrow would drop; a NUL
            return False
        before, behind = quotes[::2] - 1, quotes[1::2] + 1
        beside = np.concatenate([before[before >= 0], behind[behind < len(block)]])
        return len(quotes) % 2 == 0 and bool(self._may_touch_quotes[values[beside]].all())

    def _parsed(self, block: memoryview, columns: Sequence[str]) -> pa.Table | None:
        reading = pa.csv.ReadOptions(column_names=columns, use_threads=False, block_size=len(block) + 1)
        parsing = pa.csv.ParseOptions(**self._parsing, ignore_empty_lines=len(columns) > 1)
        converting = pa.csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False)
        try:
            return pa.csv.read_csv(pa.BufferReader(block), reading, parsing, converting)
        except pa.ArrowInvalid:  # rows of other lengths, bytes that are not UTF-8
            return None


def last_record_end(data: bytearray, quotes: NDArray[np.intp]) -> int:
    r"""Find the end of the last whole record.

    Parameters
    ----------
    data : bytearray
        Records by the book, and the beginning of one more.
    quotes : ndarray of shape (Q,)
        Where the double quotes stand.

    Returns
    -------
    int
        Where the next one begins; 0 if none is whole.

    Examples
    --------
    >>> last_record_end(bytearray(b'a,b\nc,"d\ne"'), np.array([6, 10]))
    4
    """
    end = len(data)
    while end := data.rfind(b"\n", 0, end) + 1:
        opened = int(np.searchsorted(quotes, end))
        if opened % 2 == 0:
            break
        end = int(quotes[opened - 1])
    return end


def find_quotes(data: bytes | bytearray) -> NDArray[np.intp]:
    """Find the double quotes.

    Parameters
    ----------
    data : bytes or bytearray

    Returns
    -------
    ndarray of shape (Q,)
        Where they stand.
    """
    return np.flatnonzero(np.frombuffer(data, np.uint8) == QUOTE)


def count_lines(data: bytes | memoryview) -> int:
    r"""Count the line ends.

    Parameters
    ----------
    data : bytes or memoryview

    Returns
    -------
    int

    Examples
    --------
    >>> count_lines(b"a\r\nb\rc\n\n")
    4
    """
    values = np.frombuffer(data, np.uint8)
    feeds, returns = values == ord("\n"), values == ord("\r")
    both = returns[:-1] & feeds[1:]
    return int(np.count_nonzero(feeds) + np.count_nonzero(returns) - np.count_nonzero(both))


def rebatch(tables: Iterator[pa.Table], rows: int) -> Iterator[pa.Table]:
    """Give tables anew, all but the last with the same number of rows.

    Parameters
    ----------
    tables : iterator of pyarrow.Table
    rows : int

    Yields
    ------
    pyarrow.Table
        Each column in one piece.

    Examples
    --------
    >>> [len(batch) for batch in rebatch(iter([pa.table({"n": [1, 2, 3]}), pa.table({"n": [4]})]), 2)]
    [2, 2]
    """
    waiting = None
    for table in tables:
        waiting = table if waiting is None else pa.concat_tables([waiting, table])
        whole = len(waiting) - len(waiting) % rows
        for first in range(0, whole, rows):
            yield waiting.slice(first, rows).combine_chunks()
        waiting = waiting.slice(whole)
    if waiting:
        yield waiting.combine_chunks()
