"""AES where CPython has no library for it, with cryptolib's interface, CBC only; slow.

Written from FIPS 197; checked in test_vault.py against its vectors and, on MicroPython, cryptolib.
"""


def _times(a, b):
    """Product in GF(2**8) modulo x**8 + x**4 + x**3 + x + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _sbox():
    box = bytearray(256)
    p = q = 1  # q is always the inverse of p: 3 generates the field
    while True:
        p = _times(p, 3)
        q = _times(q, 0xF6)
        box[p] = 0x63 ^ q ^ _rotate(q, 1) ^ _rotate(q, 2) ^ _rotate(q, 3) ^ _rotate(q, 4)
        if p == 1:
            break
    box[0] = 0x63
    return bytes(box)


def _rotate(x, n):
    return (x << n | x >> 8 - n) & 0xFF


_BOX = _sbox()
_UNBOX = bytes(_BOX.index(bytes([x])) for x in range(256))
_MUL = {n: bytes(_times(x, n) for x in range(256)) for n in (2, 3, 9, 11, 13, 14)}
# Where each byte of the state (by column) comes from, forward and back.
_SHIFT = [(i + 4 * (i % 4)) % 16 for i in range(16)]
_UNSHIFT = [(i - 4 * (i % 4)) % 16 for i in range(16)]


def _schedule(key):
    words = [key[i : i + 4] for i in range(0, len(key), 4)]
    n = len(words)
    round_constant = 1
    while len(words) < 4 * (n + 7):
        word = words[-1]
        if len(words) % n == 0:
            word = bytes(_BOX[x] for x in word[1:] + word[:1])
            word = bytes([word[0] ^ round_constant]) + word[1:]
            round_constant = _times(round_constant, 2)
        elif n > 6 and len(words) % n == 4:
            word = bytes(_BOX[x] for x in word)
        words.append(bytes(a ^ b for a, b in zip(words[-n], word)))
    whole = b"".join(words)
    return [whole[i : i + 16] for i in range(0, len(whole), 16)]


def _xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def _mix(state, rows):
    out = bytearray(16)
    for c in range(0, 16, 4):
        for r in range(4):
            value = 0
            for k in range(4):
                x, n = state[c + k], rows[(k - r) % 4]
                value ^= x if n == 1 else _MUL[n][x]
            out[c + r] = value
    return bytes(out)


class aes:  # noqa: N801 - cryptolib's name
    """AES of one key in mode 2 (CBC), as cryptolib.aes. Raises ValueError for another mode."""

    def __init__(self, key, mode, iv):
        if mode != 2:
            raise ValueError("mode")
        self._keys = _schedule(key)
        self._last = bytes(iv)

    def encrypt(self, data):
        out = b""
        for i in range(0, len(data), 16):
            state = _xor(_xor(data[i : i + 16], self._last), self._keys[0])
            for key in self._keys[1:]:
                state = bytes(_BOX[state[k]] for k in _SHIFT)
                if key is not self._keys[-1]:
                    state = _mix(state, (2, 3, 1, 1))
                state = _xor(state, key)
            self._last = state
            out += state
        return out

    def decrypt(self, data):
        out = b""
        for i in range(0, len(data), 16):
            state = block = bytes(data[i : i + 16])
            for key in reversed(self._keys[1:]):
                state = _xor(state, key)
                if key is not self._keys[-1]:
                    state = _mix(state, (14, 11, 13, 9))
                state = bytes(_UNBOX[state[k]] for k in _UNSHIFT)
            out += _xor(_xor(state, self._keys[0]), self._last)
            self._last = block
        return out
