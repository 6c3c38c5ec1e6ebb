"""Is it this line of which a text tells a state, or money? Where a word stands between that nobody
knows, it is not: what is not understood is another thing's ("your Netflix account is suspended").
"""

from . import marks

_OTHERS = (marks.LINE, marks.PRODUCT)


def mine(t: str, found: list, i: int, f) -> bool:
    """Does the state found[i] of the normal text `t` speak of this line?

    From its word back to the beginning of the sentence: the first that names this line says so,
    with nothing between but the plain words of the Format `f`, those that name no thing. A
    sentence that names nothing at all is about the line it was written to.
    """
    end = found[i][0]
    for j in range(i - 1, -1, -1):
        begin, after, kind, _ = found[j]
        if kind == marks.NOT:
            continue  # a word of amounts alone: here it is text
        if not known(t[after:end], f, kind < marks.STOP):
            return False
        if kind in _OTHERS:
            return False
        if kind in (marks.OWN, marks.STOP):
            return True
        end = begin
    return known(t[:end], f, False)


def known(gap: str, f, within: bool) -> bool:
    """Are all words of `gap` plain ones? `within`: it may begin amid a word, of which the
    beginning is known.
    """
    raw = gap.encode()
    if f.joined:
        for word in f.plain.split(b"|"):
            raw = raw.replace(word, b" ")
        return not any(_in_word(byte) for byte in raw)
    word = b"" if not within else None
    for at in range(len(raw) + 1):
        byte = raw[at] if at < len(raw) else 32
        if _in_word(byte):
            if word is not None:
                word += bytes([byte])
        else:
            if word and b"|" + word + b"|" not in f.plain:
                return False
            word = b""
    return True


def _in_word(byte):
    return byte > 127 or 97 <= byte <= 122


def of_a_pack(t: str, found: list, i: int) -> bool:
    """FREE SEC BAL, PROMO BALANCE: the word before says whose balance it is; not "41 SEC BAL"."""
    before = found[i - 1]
    if not i or before[2] not in (marks.PACK, marks.BONUS) or t[before[1] : found[i][0]].strip():
        return False
    counted = i > 1 and found[i - 2][2] == marks.NUMBER and before[0] - found[i - 2][1] < 2
    return not counted
