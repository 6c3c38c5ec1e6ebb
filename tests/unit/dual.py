"""What the tests of both runtimes share: MicroPython has no pytest."""

import json

_HERE = __file__.replace("\\", "/")
TESTS = (_HERE.rsplit("/", 1)[0] if "/" in _HERE else ".") + "/.."


def raises(kind, function, *args):
    """Calls function(*args), which must raise `kind`; returns the exception."""
    try:
        result = function(*args)
    except kind as error:
        return error
    raise AssertionError("no %s, but %r" % (kind.__name__, result))


def vectors(name):
    """The parsed JSON file tests/vectors/`name`; "protocol/..." is the folder protocol/vectors."""
    folder = TESTS + "/vectors/"
    if name.startswith("protocol/"):
        folder = TESTS + "/../protocol/vectors/"
        name = name[9:]
    with open(folder + name, "rb") as file:
        return json.loads(str(file.read(), "utf-8"))
