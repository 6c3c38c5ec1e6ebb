"""The world's own random numbers: the same sequence for a seed on CPython and MicroPython."""

_MASK = 0xFFFFFFFF


class Rng:
    """xorshift32 with a multiplicative output step. Not for secrets: for repeatable worlds."""

    def __init__(self, seed):
        # Seeds that differ in one bit must not start alike, and the state must not be zero.
        state = (seed * 2654435761 + 0x9E3779B9) & _MASK
        self._state = state or 0x6D2B79F5
        for _ in range(4):
            self.word()

    def word(self):
        """The next number of 32 bits."""
        x = self._state
        x ^= (x << 13) & _MASK
        x ^= x >> 17
        x ^= (x << 5) & _MASK
        self._state = x
        return (x * 0x9E3779B1) & _MASK

    def below(self, n):
        """A number in [0, n); 0 where n is 0 or 1."""
        if n <= 1:
            return 0
        return (self.word() >> 1) % n

    def between(self, low, high):
        """A number in [low, high]."""
        return low + self.below(high - low + 1)

    def chance(self, permille):
        """True in permille of a thousand cases; draws nothing where the odds are nil."""
        return permille > 0 and self.below(1000) < permille

    def kept(self, data, permille):
        """The bytes of `data` but those that chance(permille) takes, as if asked for each."""
        if permille <= 0:
            return data
        x = self._state
        kept = bytearray()
        for byte in data:  # word() and below() once more: half of a noisy day is spent here
            x ^= (x << 13) & _MASK
            x ^= x >> 17
            x ^= (x << 5) & _MASK
            if (((x * 0x9E3779B1) & _MASK) >> 1) % 1000 >= permille:
                kept.append(byte)
        self._state = x
        return bytes(kept)

    def pick(self, items):
        return items[self.below(len(items))]

    def shuffled(self, items):
        """A new list in random order (Fisher-Yates)."""
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = self.below(i + 1)
            out[i], out[j] = out[j], out[i]
        return out

    def fork(self, label):
        """A generator of its own for one part of the world: draws there move nothing here."""
        seed = self.word()
        for c in label:
            seed = (seed * 31 + ord(c)) & _MASK
        return Rng(seed)
