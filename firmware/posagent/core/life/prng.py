"""Random numbers, equal on every runtime for equal seeds: for jitter, never for secrets."""

from posproto import const

_MASK = const(0xFFFFFFFF)


class Prng:
    """Marsaglia's xorshift32, period 2**32 - 1."""

    def __init__(self, seed: int) -> None:
        # Spread neighbouring seeds (boot numbers, test seeds) over the period; 0 would stay 0.
        self._x = ((seed + 1) * 0x9E3779B1) & _MASK or 1
        for _ in range(8):
            self.u32()

    def u32(self):
        """The next number, 1 .. 2**32 - 1."""
        x = self._x
        x ^= (x << 13) & _MASK
        x ^= x >> 17
        x ^= (x << 5) & _MASK
        assert x > 0  # 0 would stay
        self._x = x
        return x

    def below(self, n: int):
        """A number in [0, n), n >= 1."""
        assert n > 0
        return self.u32() % n
