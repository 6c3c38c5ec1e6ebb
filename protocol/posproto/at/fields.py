"""The fields of an answer, shared by all parsers."""

from . import Unreadable


def fields(line, head):
    """The comma-separated fields after `head`, trimmed; quotes stay on and guard commas.

    Raises Unreadable: another head, or a quote without its end (the line was cut).
    """
    if not line.startswith(head):
        raise Unreadable("head")
    parts = line[len(head) :].split(b",")
    i = 0
    while i < len(parts):
        part = parts[i]
        if 34 in part and part.count(b'"') & 1:
            if i + 1 == len(parts):
                raise Unreadable("quote")
            parts[i] = part + b"," + parts.pop(i + 1)
        else:
            parts[i] = part.strip()
            i += 1
    return parts


def text(field):
    """The field without its quotes."""
    if len(field) > 1 and field[0] == 34 and field[-1] == 34:
        return field[1:-1]
    return field


def number(field, low=0, high=0x3FFFFFFF):
    """A decimal field as int; raises Unreadable when it is none or out of range."""
    if not field.isdigit():
        field = text(field)
        if not (field[1:] if field[:1] == b"-" else field).isdigit():
            raise Unreadable("number")
    if len(field) > 19:
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
    if len(field) > 2 and field[0] == 48 and field[1] in b"xX":
        field = field[2:]
    # int() would also take a sign, blanks and `_`.
    if not 0 < len(field) <= 16 or field[0] < 48 or field[-1] < 48 or 95 in field:
        return None
    try:
        return int(field, 16)
    except ValueError:
        return None


def after_head(line):
    """The value alone, with or without a head, quotes and further fields."""
    return text(line[line.rfind(b":") + 1 :].split(b",")[0].strip())
