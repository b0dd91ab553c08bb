"""Snappy's block format, unpacked: https://github.com/google/snappy/blob/main/format_description.txt."""


def unpacked(packed: bytes) -> bytes:
    """What was packed, by a program that can be trusted: the file's hash is known."""
    size, at = _size(packed)
    found = bytearray()
    while at < len(packed):
        tag = packed[at]
        at += 1
        if not tag & 3:
            length = tag >> 2
            if length >= 60:
                wide = length - 59
                length = int.from_bytes(packed[at : at + wide], "little")
                at += wide
            found += packed[at : at + length + 1]
            at += length + 1
            continue
        if tag & 3 == 1:
            length, back = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | packed[at]
            at += 1
        else:
            wide = 2 if tag & 3 == 2 else 4
            length, back = (tag >> 2) + 1, int.from_bytes(packed[at : at + wide], "little")
            at += wide
        start = len(found) - back
        if back >= length:
            found += found[start : start + length]
        else:  # it goes on with what it has just written
            found += (found[start:] * (length // back + 1))[:length]
    if len(found) != size:
        raise ValueError("a block does not have the length that it says")
    return bytes(found)


def _size(packed: bytes) -> tuple[int, int]:
    size = at = 0
    while True:
        byte = packed[at]
        size |= (byte & 0x7F) << 7 * at
        at += 1
        if byte < 0x80:
            return size, at
