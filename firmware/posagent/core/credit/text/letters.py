"""One form of each letter, digit, dash and space, so that a word needs to be listed once."""

from posproto import const

from ... import modules

TEXT_MAX = 1600
_MASK_MAX = const(60)
_STAGE = const(1024)  # bytes of one stage; where words are looked at letter by letter, letters
_LETTERS = const(160)

# Latin letters with marks as the letter below them: U+00C0 to U+017F, U+1EA0 to U+1EF9.
_LATIN = (
    "aaaaaaaceeeeiiiidnoooooxouuuuytsaaaaaaaceeeeiiiidnooooo-ouuuuytyaaaaaaccccccccdddd"
    "eeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuu"
    "uuuuuuuuwwyyyzzzzzzs"
)
_VIETNAMESE = (
    "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy"
)
# First code points of digits 0 to 9: Arabic, Persian, Devanagari, Bengali, Thai.
_DIGITS = (0x660, 0x6F0, 0x966, 0x9E6, 0xE50)
_FROM = "\u3000\xa0\u202f\u2009\t\r、’‘ʼ`´“”„«»–—−‐‑…ơưƠƯșțȘȚёىیک٫٬‚"
_TO = "      ,'''''\"\"\"\"\"-----;ououststеييك.,,"
_TWINS = "aeopcxykbhmti"  # Latin letters that look like
_CYRILLIC = "аеорсхуквнмті"


def normal(text: str):
    """At most 1600 characters of a text in small letters without marks, in ASCII digits and signs,
    with one space between words.

    Cyrillic and other scripts stay what they are; a Latin letter inside a Cyrillic word becomes
    the letter that it looks like.
    """
    return modules.finish(normalised(text))


def normalised(text: str):
    """normal() as a procedure of stages."""
    t = text[:TEXT_MAX]
    while "  " in t:
        t = t.replace("  ", " ")
    # By bytes: a board looks for each character of a string among all names that it knows.
    seen = []
    c = more = done = 0
    raw = t.encode()
    for byte in raw:
        done += 1
        if done % _STAGE == 0:
            yield
        if byte < 128:
            if byte < 127 and not 65 <= byte <= 90 and byte not in (9, 13, 96):
                continue
            c = byte
        elif byte >= 192:
            more = 1 if byte < 224 else 2 if byte < 240 else 3
            c = byte & (63 >> more)
            continue
        else:
            c = c << 6 | byte & 63
            more -= 1
            if more or 0x4E00 <= c <= 0x9FFF:
                continue
        if c not in seen:
            seen.append(c)
            # chr() would make it a name that is kept for ever.
            size = 1 + (c > 0x7F) + (c > 0x7FF) + (c > 0xFFFF)
            char = str(raw[done - size : done], "utf-8")
            small = _one(char, c)
            if small != char:
                t = t.replace(char, small)
    for c in seen:
        if 0x400 <= c < 0x500:
            return (yield from _twins(t))
    return t


def _one(char, c):
    """The normal form of a character with the code `c`: small, of half width, without accents, its
    digits ASCII; "" for what is only a sign at the one before. "É" is "e", "５" is "5".
    """
    if 65 <= c <= 90:
        return chr(c + 32)
    if 0xFF01 <= c <= 0xFF5E:  # full width
        c -= 0xFEE0
        return chr(c + 32) if 65 <= c <= 90 else chr(c)
    if 0x410 <= c <= 0x42F:
        c += 32
        char = chr(c)
    elif 0x400 <= c <= 0x40F:
        c += 80
        char = chr(c)
    if 0xC0 <= c <= 0x17F:
        return _LATIN[c - 0xC0]
    if 0x1EA0 <= c <= 0x1EF9:
        return _VIETNAMESE[c - 0x1EA0]
    for zero in _DIGITS:
        if zero <= c <= zero + 9:
            return chr(48 + c - zero)
    if 0x300 <= c <= 0x36F or 0x200B <= c <= 0x200F or c in (0xFEFF, 0xAD, 0x640):
        return ""
    if 0x64B <= c <= 0x652:  # vowel signs
        return ""
    if c == 0xFFE5:
        return "¥"
    if c in (0x490, 0x491):
        return "г"
    at = _FROM.find(char)
    return char if at < 0 else _TO[at]


def _twins(t):
    """Each word of Cyrillic letters and Latin twins wholly in Cyrillic."""
    parts = []
    begin = at = 0
    stage = _LETTERS
    while at < len(t):
        if at >= stage:
            stage = at + _LETTERS
            yield
        end = at
        scripts = 0
        while letter(t[end : end + 1]):
            char = t[end : end + 1]
            scripts |= 1 if cyrillic(char) else 2 if char in _TWINS else 4
            end += 1
        if scripts == 3:
            parts.append(t[begin:at])
            for c in t[at:end]:
                parts.append(_CYRILLIC[_TWINS.find(c)] if latin(c) else c)
            begin = end
        at = end + 1
    return "".join(parts) + t[begin:] if parts else t


def cyrillic(c: str) -> bool:
    return "а" <= c <= "ӿ"


def digit(c: str) -> bool:
    return "0" <= c <= "9"


def latin(c: str) -> bool:
    return "a" <= c <= "z"


def letter(c: str) -> bool:
    """Is it a letter of a script that writes words apart? "" is none."""
    return "a" <= c <= "z" or "а" <= c <= "ӿ"


def mask(text: str):
    """Evidence for a log: digits hidden, cut to 60 characters."""
    kept = normal(text[:_MASK_MAX])
    assert len(kept) <= _MASK_MAX  # no letter becomes two
    parts = [kept[i : i + 1] for i in range(len(kept))]
    return "".join(["#" if digit(c) else c if shown(c) else "." for c in parts])


def shown(c: str) -> bool:
    """Is it no control character? What is kept of a text must not move a cursor or turn a line
    around.
    """
    c = ord(c)
    if c < 0x2000:
        return 31 < c < 127 or (c > 159 and c not in (0xAD, 0x61C))
    return not (
        0x200B <= c <= 0x200F or 0x2028 <= c <= 0x202E or 0x2060 <= c <= 0x206F or c == 0xFEFF
    )
