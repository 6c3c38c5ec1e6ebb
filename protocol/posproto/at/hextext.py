"""Texts that a module may have printed as hex, whatever their data coding announces."""

from binascii import unhexlify

from .charset import GSM7, OCTETS, UCS2, gsm_text, plain, septets, ucs2_text

# High bytes of the code points that texts of operators use, as ranges: letters of living scripts,
# punctuation, CJK, full-width forms. No Hangul, no symbols: random bytes must look wrong.
_SCRIPTS = b"\x00\x06\x09\x0e\x10\x10\x12\x13\x17\x17\x1e\x1e\x20\x27\x30\x30\x4e\x9f\xff\xff"
_PLAIN = " \n.,:!?-/"


def _oddness(text, narrow):
    # Share of characters, in 64ths, that are neither letter, digit nor common; 64 when one is
    # there that no operator would send. `narrow`: accents are odd too.
    odd = 0
    for char in text:
        c = ord(char)
        if c > 0xFFFF:
            continue
        if c < 128:
            if c == 127 or (c < 32 and c not in (10, 13)):
                return 64
            if not char.isalpha() and not char.isdigit() and _PLAIN.find(char) < 0:
                odd += 1
            continue
        for i in range(0, len(_SCRIPTS), 2):
            if _SCRIPTS[i] <= c >> 8 <= _SCRIPTS[i + 1] and c >= 0xA0:
                break
        else:
            return 64
        odd += narrow
    return odd * 64 // len(text) if text else 64


def _is_hex(raw):
    for c in raw:
        if c not in b"0123456789abcdefABCDEF":
            return False
    return len(raw) > 3


def _reading(digits, scheme):
    # The best reading of hex digits as (text, way, alone); way is None when none gives a text.
    best = (16, "", None)
    likely = 0
    data = unhexlify(digits[: len(digits) & ~1])
    for way in (scheme, (scheme + 1) % 3, (scheme + 2) % 3):
        text = ""
        if way == UCS2:
            text = ucs2_text(data)
        elif way == OCTETS:
            if max(data) < 127:
                text = plain(data)[0]
        elif len(digits) & 1 == 0:
            text = gsm_text(septets(data, 999)).rstrip("@\r")
        odd = _oddness(text, way == GSM7)
        likely += odd <= 8
        if odd < best[0]:
            best = (odd, text, way)
    return best[1], best[2], likely < 2


def text_of(raw, scheme):
    """A text as the modem printed it -> (text, sure).

    `scheme` is what the data coding announces. Modules print it plain, as hex of UCS2, of octets
    or of packed septets, whatever they announce: the reading that gives a text counts, and `sure`
    is False when several do, when none does where hex was announced, or when the end is missing.
    """
    digits = raw.replace(b"\r", b"").replace(b"\n", b"")
    if not _is_hex(digits):
        return plain(raw)
    text, way, alone = _reading(digits, scheme)
    if way is None or (digits.isdigit() and scheme != UCS2):  # a word or a number like any other
        if scheme == UCS2:
            return ucs2_text(unhexlify(digits[: len(digits) & ~3])), False
        return plain(raw)[0], way is None or len(digits) & 1 == 1
    if way == UCS2:
        return text, alone and len(digits) & 3 == 0
    return text, alone
