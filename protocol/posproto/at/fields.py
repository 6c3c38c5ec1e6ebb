"""The fields of an answer, shared by all parsers."""

from . import Unreadable


def fields(line, head):
    """The comma-separated fields after `head`, trimmed; quotes stay on and guard commas.

    Raises Unreadable: another head, or a quote without its end (the line was cut).
    """
    if not line.startswith(head):
        raise Unreadable("head")
    parts = line[len(head) :].split(b",")
    if line.find(b'"') < 0:
        return [part.strip() for part in parts]
    out = []
    held = None
    for part in parts:
        if held is not None:
            part = held + b"," + part
        held = part if part.count(b'"') & 1 else None
        if held is None:
            out.append(part.strip())
    if held is not None:
        raise Unreadable("quote")
    return out


def text(field):
    """The field without its quotes."""
    if field[:1] == b'"' and field[-1:] == b'"' and len(field) > 1:
        return field[1:-1]
    return field


def number(field, low=0, high=0x3FFFFFFF):
    """A decimal field as int; raises Unreadable when it is none or out of range."""
    field = text(field)
    digits = field[1:] if field[:1] == b"-" else field
    if not digits.isdigit() or len(digits) > 19:
        raise Unreadable("number")
    value = int(field)
    if not low <= value <= high:
        raise Unreadable("range")
    return value


def optional(parts, index, low=0, high=0x3FFFFFFF):
    """number() of a field that may be empty or missing: then None."""
    if len(parts) <= index or not text(parts[index]):
        return None
    return number(parts[index], low, high)


def hexadecimal(field):
    """A hex field with or without quotes and 0x; None when it is empty or no number."""
    field = text(field)
    if field[:2] in (b"0x", b"0X"):
        field = field[2:]
    for c in field:
        if c not in b"0123456789abcdefABCDEF":
            return None
    return int(field, 16) if 0 < len(field) <= 16 else None


def after_head(line):
    """The value alone, with or without a head, quotes and further fields."""
    return text(line[line.rfind(b":") + 1 :].split(b",")[0].strip())
