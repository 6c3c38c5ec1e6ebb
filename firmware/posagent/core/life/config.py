"""The configuration: one JSON file by the schema of posproto.settings. A wrong key or value is
refused by its name.

A refused value leaves its key at the default; a file that is cut or no JSON leaves all keys there.
Names are final: the host tool's help texts and people's files use them.
"""

import gc
from json import dumps, loads

from posproto import const, settings
from posproto.settings import rows, too_much

from .. import modules

FILE = "config.json"
_FILE_MAX = const(12288)  # the settings of four acquirers at their longest, and more


def _default(row):
    kind = row[1]
    if kind == "b":
        return row[2] == "1"
    if kind == "i":
        return int(row[4])
    if kind == "c":
        return row[2]
    return row[3] if len(row) > 3 else ""


def _refusal(row, value):
    """Why `value` cannot stand under the row's key, or None."""
    kind = row[1]
    if kind == "b":
        return None if value is True or value is False else "type"
    if kind == "i":
        if value is True or value is False or not isinstance(value, int):
            return "type"
        return None if int(row[2]) <= value <= int(row[3]) else "range"
    if not isinstance(value, str):
        return "type"
    if kind == "c":
        return None if value in row[2:] else "choice"
    if len(value) > int(row[2]):
        return "too long"
    for c in value:
        # Texts end up between quotes in AT commands and on screens.
        if not " " <= c <= "~" or c == '"':
            return "character"
    if kind == "p":
        for pair in value.split():
            code, _, meaning = pair.partition("=")
            if not code or "=" in meaning or not 1 <= len(meaning) <= 3:
                return "pairs"
    return None


def update(values: dict, changes: dict) -> list:
    """Takes what is right of `changes` into `values`; returns [(name, reason)] of what is not.

    Reasons: unknown, type, range, choice, too long, character, pairs; "memory N": the board has
    memory for N.
    """
    errors = []
    left = dict(changes)
    before = dict(values)
    for row in rows(changes):
        if row[0] in left:
            value = left.pop(row[0])
            reason = _refusal(row, value)
            if reason:
                errors.append((row[0], reason))
            else:
                values[row[0]] = value
    for name in sorted(str(name) for name in left):
        errors.append((name[:32], "unknown"))
    heap_bytes = heap()
    for name, most in too_much(values, heap_bytes) if heap_bytes else ():
        errors.append((name, "memory %d" % most))
        if isinstance(before.get(name), int):
            values[name] = min(before[name], most)  # 2,048 bytes are too many for two acquirers
        else:
            values[name] = before.get(name, "")
    return errors


def of_acquirer(values: dict, number: int) -> dict:
    """All values as a further acquirer has them: its own ones, the defaults where it has none."""
    own = dict(values)
    prefix = settings.further(number)
    for row in rows(values, {prefix: 0}):
        if row[0].startswith(prefix):
            own[row[0][len(prefix) :]] = values.get(row[0], _default(row))
    return own


def load(data: bytes | None):
    """(values, [(name, reason)]) of the file's bytes; None is no file, and no error.

    A file that is no JSON object at all is refused under the file's own name.
    """
    values = {row[0]: _default(row) for row in rows()}
    if data is None:
        return values, []
    if data[:3] == b"\xef\xbb\xbf":  # a mark that Windows' editors put in front
        data = data[3:]
    try:
        if len(data) > _FILE_MAX:
            raise ValueError
        text = str(data, "utf-8")
        changes = loads(text)
        # Before 1.23 a cut object was read as whole.
        if not isinstance(changes, dict) or text.rstrip()[-1:] != "}":
            raise ValueError
    except (ValueError, RuntimeError):  # RuntimeError: nested deeper than the stack
        return values, [(FILE, "not JSON")]
    return values, update(values, changes)


def store(values: dict) -> bytes:
    """The file for `values`: what differs from the defaults, in the schema's order."""
    lines = []
    for row in rows(values):
        value = values.get(row[0], _default(row))
        if value != _default(row):
            assert _refusal(row, value) is None  # or the next start would not take it
            lines.append("%s: %s" % (dumps(row[0]), dumps(value)))
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def public(values: dict) -> dict:
    """What differs from the defaults, with a set secret shown as true."""
    shown = {}
    for row in rows(values):
        value = values.get(row[0], _default(row))
        if value != _default(row):
            shown[row[0]] = True if row[1] == "s" else value
    return shown


def heap():
    """Bytes of heap, as on 32 bit; 0 where there is no end of them."""
    if not hasattr(gc, "mem_free"):
        return 0
    total = gc.mem_free() + gc.mem_alloc()
    return total if modules.NARROW else total * 100 // 179


def stored(storage, values: dict) -> dict:
    """What will be in force after a restart; `values` are."""
    data = storage.read(FILE)
    return values if data is None else load(data)[0]


def change(storage, values: dict, changes: dict) -> list:
    """Writes the file with `changes`, which come into force at the next start; returns [(name,
    reason)] where one of them is wrong: nothing is written then. Raises OSError.
    """
    changed = dict(stored(storage, values))
    errors = update(changed, changes)
    if not errors:
        data = store(changed)
        assert len(data) <= _FILE_MAX  # or the next start would know none of it
        storage.write(FILE, data)
    return errors
