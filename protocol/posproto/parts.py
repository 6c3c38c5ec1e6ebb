"""Messages longer than a frame: handed over in parts, valid only at their commit."""

from binascii import crc32


class PartError(ValueError):
    """A part or commit that does not fit. `reason`: gap, overlap, too long, length, crc."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Assembler:
    """Takes the parts of one message in order into a buffer made at start.

    A part that came before is taken again without effect; anything else out of place is refused,
    and what was taken so far stays.
    """

    def __init__(self, size_max: int):
        self._buf = bytearray(size_max)
        self.size = 0  # bytes taken so far: the offset of the next part
        self.owner = -1  # the message whose parts they are, for whoever uses it

    def clear(self) -> None:
        """Forgets what was taken."""
        self.size = 0

    def put(self, offset: int, data: bytes) -> int:
        """Takes `data` at `offset`; returns the offset of the next part.

        Raises PartError: gap (a part is missing before this one), overlap (it differs from what
        was taken, or reaches beyond it), too long (no room).
        """
        end = offset + len(data)
        if not 0 <= offset <= self.size:
            raise PartError("gap")
        if end > len(self._buf):
            raise PartError("too long")
        if offset < self.size:
            if end > self.size or self._buf[offset:end] != data:
                raise PartError("overlap")
        else:
            self._buf[offset:end] = data
            self.size = end
        assert end <= self.size <= len(self._buf)
        return self.size

    def commit(self, length: int, crc: int) -> bytes:
        """The whole message, if it has `length` bytes and the CRC-32 `crc`; clears on success.

        Raises PartError: length or crc.
        """
        if length != self.size:
            raise PartError("length")
        data = bytes(self._buf[:length])
        if crc32(data) != crc:
            raise PartError("crc")
        self.clear()
        return data


def split(data: bytes, part_max: int):
    """Yields (offset, part) for the message `data`, parts of at most `part_max` bytes."""
    for offset in range(0, len(data), part_max):
        yield offset, data[offset : offset + part_max]
