"""As much of the Parquet format as a published history needs: columns of numbers, Snappy, dictionaries."""

from collections.abc import Iterator
from struct import iter_unpack, unpack_from
from typing import Any

from plugin.published.snappy import unpacked

_MAGIC = b"PAR1"
_INT64, _INT96, _DOUBLE = 2, 3, 5
_SHAPES = {_INT64: "<q", _DOUBLE: "<d", _INT96: "<QI"}  # INT96 is a moment: nanoseconds of a day, and its Julian day
_PLAIN, _DICTIONARY_OF_OLD, _DICTIONARY = 0, 2, 8
_SNAPPY = 1
_DATA_PAGE, _DICTIONARY_PAGE = 0, 2


class UnreadableError(ValueError):
    """The file is another sort of Parquet than is read here."""


def column(file: bytes, name: str) -> list[Any]:
    """The values of a column: whole numbers, floats, or pairs of nanoseconds and Julian day; none may be missing."""
    if file[:4] != _MAGIC or file[-4:] != _MAGIC:
        raise UnreadableError("this is no Parquet file")
    (size,) = unpack_from("<I", file, len(file) - 8)
    footer = _Thrift(file, len(file) - 8 - size).struct()
    found: list[Any] = []
    for group in footer[4]:  # row groups
        for chunk in group[1]:
            described = chunk[3]
            if described[3] == [name.encode()]:
                found += _chunk(file, described)
    if len(found) != footer[3]:
        raise UnreadableError(f"column {name} has {len(found)} values of {footer[3]}")
    return found


def _chunk(file: bytes, described: dict[int, Any]) -> Iterator[Any]:
    kind, packing, many = described[1], described[4], described[5]
    if kind not in _SHAPES or packing != _SNAPPY:
        raise UnreadableError(f"values of type {kind} in compression {packing} are not read here")
    at = described.get(11, described[9])  # where the dictionary is, else the first page
    known: list[Any] = []
    while many > 0:
        reader = _Thrift(file, at)
        page = reader.struct()
        at = reader.at + page[3]
        body = unpacked(file[reader.at : at])
        if page[1] == _DICTIONARY_PAGE:
            known = _plain(body, kind)
        elif page[1] == _DATA_PAGE:
            many -= page[5][1]
            yield from _page(body, page[5], known, kind)
        else:
            raise UnreadableError(f"pages of type {page[1]} are not read here")


def _page(body: bytes, header: dict[int, Any], known: list[Any], kind: int) -> list[Any]:
    many, encoding = header[1], header[2]
    (levels,) = unpack_from("<I", body)
    if sum(hybrid(body[4 : 4 + levels], 1, many)) != many:
        raise UnreadableError("a value is missing")
    values = body[4 + levels :]
    if encoding == _PLAIN:
        return _plain(values, kind)
    if encoding not in (_DICTIONARY, _DICTIONARY_OF_OLD):
        raise UnreadableError(f"encoding {encoding} is not read here")
    return [known[at] for at in hybrid(values[1:], values[0], many)]


def _plain(values: bytes, kind: int) -> list[Any]:
    rows = iter_unpack(_SHAPES[kind], values)
    return list(rows) if kind == _INT96 else [value for (value,) in rows]


def hybrid(packed: bytes, width: int, many: int) -> list[int]:
    """Runs of one value, and groups of eight in as many bits as they need."""
    found: list[int] = []
    at, mask, wide = 0, (1 << width) - 1, (width + 7) // 8
    while len(found) < many:
        header, at = _varint(packed, at)
        if header & 1:
            size = (header >> 1) * width
            for start in range(at, at + size, width):
                bits = int.from_bytes(packed[start : start + width], "little")
                found += [bits >> (place * width) & mask for place in range(8)]
            at += size
        else:
            found += [int.from_bytes(packed[at : at + wide], "little")] * (header >> 1)
            at += wide
    return found[:many]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


class _Thrift:
    """Reads Thrift's compact protocol, in which Parquet describes itself: structs as dicts by field number."""

    _TRUE, _FALSE, _BYTE, _BINARY, _LIST, _SET, _STRUCT, _DOUBLE = 1, 2, 3, 8, 9, 10, 12, 7

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self.at = at

    def struct(self) -> dict[int, Any]:
        """The struct that begins here."""
        found: dict[int, Any] = {}
        field = 0
        while head := self._byte():
            step, kind = head >> 4, head & 15
            field = field + step if step else self._signed()
            found[field] = kind == self._TRUE if kind in (self._TRUE, self._FALSE) else self._value(kind)
        return found

    def _value(self, kind: int) -> Any:
        if kind == self._STRUCT:
            return self.struct()
        if kind in (self._LIST, self._SET):
            head = self._byte()
            many = head >> 4 if head >> 4 != 15 else self._unsigned()
            return [self._value(head & 15) for _ in range(many)]
        if kind == self._BINARY:
            many = self._unsigned()
            return self._taken(many)
        if kind == self._DOUBLE:
            return unpack_from("<d", self._taken(8))[0]
        return self._byte() if kind in (self._TRUE, self._FALSE, self._BYTE) else self._signed()

    def _byte(self) -> int:
        return self._taken(1)[0]

    def _taken(self, many: int) -> bytes:
        self.at += many
        return self._data[self.at - many : self.at]

    def _unsigned(self) -> int:
        value, self.at = _varint(self._data, self.at)
        return value

    def _signed(self) -> int:
        value = self._unsigned()
        return value >> 1 ^ -(value & 1)
