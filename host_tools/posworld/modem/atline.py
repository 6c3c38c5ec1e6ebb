"""An AT command line taken apart as V.250 cl. 5.4 has it."""

_reads: dict = {}  # what was split before, of lines that only read: there are few of these


def split_commands(body):
    """[(name, operation, arguments)] of a line without its AT; operation "", "?", "=" or "=?"."""
    if "=" in body or len(body) > 80:
        return _split(body)
    known = _reads.get(body)
    if known is None:
        known = _split(body)
        if len(_reads) < 64:
            _reads[body] = known
    return list(known)


def _split(body):
    out = []
    at = 0
    while at < len(body):
        c = body[at].upper()
        if c in " ;":
            at += 1
        elif c in "+*%^$#":
            end, quoted = at, False
            while end < len(body) and (quoted or body[end] != ";"):
                if body[end] == '"':
                    quoted = not quoted
                end += 1
            out.append(_extended(body[at:end]))
            at = end + 1
        elif c == "D":
            out.append(("D", "", body[at + 1 :]))
            break
        else:
            name = c
            at += 1
            if c in "&\\" and at < len(body):
                name += body[at].upper()
                at += 1
            start = at
            while at < len(body) and body[at].isdigit():
                at += 1
            out.append((name, "=" if at > start else "", body[start:at]))
    return out


def _extended(text):
    for i, c in enumerate(text):
        if c in "=?":
            name = text[:i].upper().strip()
            rest = text[i:].strip()
            if rest == "=?" or rest == "?":
                return name, rest, ""
            if c == "?":
                break  # two lines run into one: no such command
            return name, "=", rest[1:]
    return text.upper().strip(), "", ""


def split_arguments(text):
    """Values between commas; quotes are taken off, a quoted comma stays."""
    if not text:
        return []
    out, value, quoted = [], [], False
    for c in text:
        if c == '"':
            quoted = not quoted
        elif c == "," and not quoted:
            out.append("".join(value).strip())
            value = []
        else:
            value.append(c)
    out.append("".join(value).strip())
    return out
