"""The steps that a policy yields: At(line, limit), Wait(ms), Pin(name). It gets back the answer's
lines, [] where none came in time. And what several of them ask in the same way.
"""


class At:
    """One command line, without `AT` and CR."""

    def __init__(self, text, limit_ms=5000):
        self.text = text
        self.limit_ms = limit_ms


class Wait:
    """A pause of so many milliseconds."""

    def __init__(self, ms):
        self.ms = ms


class Pin:
    """A pulse on "reset" or "power_key"."""

    def __init__(self, name, ms=1500):
        self.name = name
        self.ms = ms


def registered():
    """Some packet domain says home or roaming."""
    for read in ("+CEREG?", "+CGREG?"):
        for line in (yield At(read)):
            fields = line.split(":")[-1].split(",")
            if len(fields) > 1 and fields[1].strip() in ("1", "5"):
                return True
    return False


def online():
    """Registered, and context 1 has an address."""
    if not (yield from registered()):
        return False
    for line in (yield At("+CGPADDR=1")):
        head, _, address = line.partition(",")
        if head.startswith("+CGPADDR:") and address.strip('"0. '):
            return True
    return False


def card():
    """The card answers."""
    return "+CPIN: READY" in (yield At("+CPIN?"))


def radio(off, pause_ms):
    """CFUN=`off`, a pause, CFUN=1."""
    yield At("+CFUN=%d" % off, 15000)
    yield Wait(pause_ms)
    yield At("+CFUN=1", 15000)


def until(check, limit_ms, step_ms=1000):
    """Ask again and again; whether it became true within the limit."""
    for _ in range(max(1, limit_ms // step_ms)):
        if (yield from check()):
            return True
        yield Wait(step_ms)
    return False
