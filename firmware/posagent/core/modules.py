"""Modules that are needed for a moment: loaded, used, dropped.

Loaded code takes one and a half times its .mpy size of heap, and most of what the agent can do it
does rarely. call() is for one piece of work; a duty on the modem loads by use() what it needs from
one answer to the next, and its end drops it (begin() and end(), called for all duties in one
place). Objects made meanwhile live on, and so does the code of their classes: keep none.
"""

import gc
import sys

from posproto import const

# What a module imports beside what stays, loaded before it one by one: an import inside an import
# takes the stack of both. A modem family is there when its halves are asked for. In pieces: what
# lies in one block of a board's flash stays there. tests/host/core/test_modules.py holds each row.
_NEEDS = (
    """
credit.account_map: credit.calendar credit.forecast
credit.evidence: credit.calendar credit.forecast
credit.forecast: credit.calendar
credit.menu: credit.text.letters
credit.query: credit.calendar
credit.text.amounts: credit.text.letters credit.text.spans credit.text.subject
credit.text.dates: credit.calendar credit.text.letters
credit.text.facts: credit.text.letters credit.text.spans credit.text.subject credit.text.amounts credit.text.judge
credit.text.judge: credit.text.letters credit.text.spans
credit.text.spans: credit.text.letters
credit.text.numbers: posproto.currency credit.calendar credit.text.letters credit.text.dates credit.text.spans
""",  # noqa: E501
    """
credit.text.reader: posproto.currency credit.text.letters credit.text.spans
credit.text.subject: credit.text.letters credit.text.spans
credit.text.words: credit.text.letters credit.text.spans
healing.card_change: healing.cards
healing.choice: healing.budgets
host.device_key: posproto.cose posproto.keyed
host.requests: host.door
host.selftest: network.path_check posproto.iso8583.walker settlement.dialect settlement.proof
life.clock_set: posproto.at.time
life.config: posproto.settings
life.crash: posproto.mask
modem.trace_read: posproto.mask
network.serving_cell: posproto.at.operator network.visited_network
network.visited_network: posproto.at.operator
""",
    """
report.publish: posproto.cose report.mqtt
settlement.acquirers: posproto.settings network.paths
settlement.answers: posproto.iso8583.walker settlement.dialect settlement.sender
settlement.connection: posproto.iso8583.walker settlement.dialect settlement.sender
settlement.proof: posproto.iso8583.walker settlement.dialect
settlement.recovery: settlement.sealed
settlement.submit: settlement.sealed settlement.vault posproto.iso8583.walker settlement.dialect
settlement.summary: settlement.sealed
posagent.crash_exit: posproto.mask life.crash
posagent.io.slots: posproto.mask life.crash
""",
    """
posagent.io.trust: posproto.cose posproto.manifest
posagent.modems.fibocom_rare: posagent.modems.attach
posagent.modems.fibocom_tls: posagent.modems.tls
posagent.modems.luat_rare: posagent.modems.attach
posagent.modems.luat_tls: posagent.modems.tls
posagent.modems.ml307_rare: posagent.modems.attach
posagent.modems.ml307_tls: posagent.modems.tls
posagent.modems.neoway_rare: posagent.modems.attach
posagent.modems.quectel_rare: posagent.modems.attach
posagent.modems.quectel_tls: posagent.modems.tls
posagent.modems.sim800_rare: posagent.modems.attach
""",
    """
posagent.modems.simcom_rare: posagent.modems.attach
posagent.modems.simcom_tls: posagent.modems.tls
posagent.modems.telit_rare: posagent.modems.attach
posagent.modems.ublox_rare: posagent.modems.attach
posagent.prepare: posproto.settings life.config posproto.mask life.crash posagent.io.slots
posproto.at.sms: posproto.at.charset posproto.at.time
posproto.at.sms_write: posproto.at.charset
posproto.at.ussd: posproto.at.charset posproto.at.hextext
posproto.iso8583.ascii87b: posproto.iso8583.ascii87
posproto.iso8583.bare: posproto.iso8583.framing posproto.iso8583.walker
""",
)
# Bytes that are free before anything is loaded to be at hand; names take more on 64 bit.
NARROW = sys.maxsize <= 0x7FFFFFFF  # words of 32 bit
_ROOM = 61440 if NARROW else 98304
MANY = const(12)  # turns
# Bytes taken before a collection comes by itself: early, since code needs long free stretches.
_SOON = const(24576)
LATER = const(49152)
_DIALECT = "posagent.core.settlement.dialect"
_HANDED_IN = "settlement.submit"
_FRAMING = ("posproto.iso8583.framing", "posproto.iso8583.bare")
_threshold = getattr(gc, "threshold", None)
settler = None  # io.in_place's: lets code run where it lies, on some boards
_at_hand = []  # of at_hand()
_base = []  # of based()
_kept = []  # the one name of keep()
_dialect = []  # of dialect()
_litter = []  # dropped, and not collected
_came = []  # what _import() brought, in this order, as far as it is there
_fresh = []  # of loaded()
_wanted = []  # not empty: of what is wanted at hand something may lack
_ahead = []  # what ahead() loaded


def call(name: str, function, *args):
    """What `function` of the module `name` returns for `args`; the module is there for this call
    only, unless it was before: then who loaded it drops what it loads, too, but for what is at
    hand. `name` is below posagent.core, or whole.
    """
    whole = _whole(name)
    if whole in sys.modules and whole not in _at_hand and whole not in _ahead:
        return getattr(sys.modules[whole], function)(*args)
    count = len(_came)
    try:
        return getattr(load(name), function)(*args)
    finally:
        if len(_came) > count:
            drop(_came[count:])


def ahead(names: str) -> bool:
    """True where `names` ("a.b c.d") and what they need are loaded. Else one of them is now, and
    the next turn asks again: none loads many. past() drops them, or the end of the next duty.
    """
    for name in names.split(" "):
        whole = _whole(name)
        if whole not in sys.modules:
            for first in _before(name) + [whole]:
                if first not in sys.modules:
                    _import(first)
                    _ahead.append(first)
                    return False
    return True


def past() -> None:
    """What ahead() loaded for is over."""
    if _ahead:
        drop(_take_ahead())


def taken() -> list:
    """begin() for a duty that ahead() loaded for: what it did is dropped at the end, too."""
    taken = _take_ahead()
    return [name for name in begin() if name not in taken]


def _take_ahead():
    names = list(_ahead)
    _ahead.clear()
    return names


def loaded() -> bool:
    """Was something loaded since this was asked? Then the turn has lasted long enough."""
    if _fresh:
        _fresh.clear()
        return True
    return False


def use(name: str, function, *args):
    """The same for a duty's procedures: the module stays until the duty ends."""
    return getattr(load(name), function)(*args)


def stages(name: str, function, *args):
    """call() for a procedure of stages, a generator that yields where the turn should end; loading
    yields behind each module, too. What is loaded stays until the procedure is over or closed.
    """
    whole = _whole(name)
    if whole in sys.modules and whole not in _at_hand:
        return (yield from getattr(sys.modules[whole], function)(*args))
    before = begin()
    try:
        for first in _before(name) + [whole]:
            if first not in sys.modules:
                _import(first)
                yield
        return (yield from getattr(sys.modules[whole], function)(*args))
    finally:
        end(before)


def finish(procedure):
    """What a procedure of stages returns, all of them at once: where nothing else waits."""
    try:
        while True:
            next(procedure)
    except StopIteration as stop:
        return stop.value


def learn(names) -> None:
    """Load each once: MicroPython keeps the names of all code that was ever loaded."""
    for name in names:
        before = begin()
        load(name)
        end(before)


def at_hand(names) -> None:
    """What is wanted all the time: ready() loads it, and it stays until spare() or relieve(). For
    boards where code takes little of the heap, see settle(); elsewhere it is loaded each time.
    """
    if settler is not None:
        for name in names:
            _at_hand.extend(_before(name) + [_whole(name)])
        _wanted[:] = (0,)


def ready() -> bool:
    """Is all at hand that there is room for? If not, one more is now: where nothing waits."""
    if _wanted:
        for name in _at_hand:
            if name not in sys.modules:
                if _free() < _ROOM:
                    break  # there may be some when the next duty is over
                _import(name)
                return False
        _wanted.clear()
    return True


def spare(much) -> None:
    """Something begins: where it takes `much`, or little is free, what is at hand makes room."""
    if not _at_hand:
        return
    if not much and _free() < _ROOM:
        gc.collect()
        much = _free() < _ROOM
    if much:
        for name in _at_hand:
            if name not in _base:
                _forget(name)
        _litter[:] = (0,)
        tidy()


def _free():
    return gc.mem_free() if hasattr(gc, "mem_free") else _ROOM


def relieve() -> None:
    """Memory ran out: forget what was loaded for a moment, or is at hand, and collect."""
    _at_hand.clear()
    _ahead.clear()
    if _base:
        end(list(_base))
    gc.collect()


def based() -> None:
    """What is loaded now stays for the agent's life."""
    _base[:] = begin()
    _came.clear()


def settle() -> None:
    """Let all code run where it lies that is loaded now, where a board can."""
    if settler is not None:
        for name in begin():
            settler.settle(name, sys.modules[name])


def settled() -> None:
    """What ran while settle() did has returned."""
    if settler is not None:
        settler.settled()


def keep(name: str) -> None:
    """The one module that is loaded on demand and stays: the modem family; the last one goes."""
    if name not in _kept:
        for last in _kept:
            _forget(last)
        _kept[:] = [name]


def begin():
    """Our own modules that are loaded now: hand them to end()."""
    return [
        name
        for name in sys.modules  # as _is_whole() does, without its call
        if name.startswith("posagent.") or name.startswith("posproto.")  # noqa: PIE810
    ]


def end(before):
    """Forget our own modules that came since `before`."""
    before = set(before)
    before.update(_kept)
    dropped = [name for name in begin() if name not in before]
    if dropped:
        drop(dropped)


def drop(names) -> None:
    """Forget these; what is wanted at hand stays where there is room, or would be loaded again."""
    room = None
    for name in names:
        if name in _at_hand:
            if room is None:
                room = _free() >= _ROOM
            if room:
                continue
        _forget(name)
    _litter[:] = (0,)


def collect_each(size: int = _SOON) -> None:
    """A collection, 25 ms, comes LATER while what the modem said is on its way to somebody."""
    if _threshold is not None:
        _threshold(size)


def tidy(turns: int = 0):
    """Collect memory, where nobody waits: if modules were dropped, on a small board after MANY
    turns. `turns`: since the last time, which it returns, this one counted."""
    if _threshold is not None:
        _threshold(_SOON)
    if _litter or (settler is not None and turns >= MANY):
        _litter.clear()
        gc.collect()
        return 0
    return turns + 1


def load(name: str):
    """The module `name`, for as long as the call or the duty lasts that asks."""
    name = _whole(name)
    if name not in sys.modules:
        for first in _before(name) + [name]:
            _import(first)
    return sys.modules[name]


def needs(name: str):
    """What the module `name` imports beside what stays, in the order to load it."""
    row = "\n" + name.replace("posagent.core.", "") + ":"
    for piece in _NEEDS:
        at = piece.find(row)
        if at >= 0:
            names = piece[at + len(row) : piece.find("\n", at + 1)]
            return [_whole(first) for first in names.split()]
    return []


def dialect(names) -> None:
    """What settlement.dialect loads by the configuration: whoever loads that loads these first,
    since it would do so inside an object's making, where the stack has no room for an import.
    """
    _dialect.clear()
    for name in names:
        _dialect.extend(needs(name) + [name])


def _before(name):
    found = needs(name)
    if _DIALECT in found:
        is_read = name.endswith(_HANDED_IN)  # and not framed, and somebody waits
        found += [one for one in _dialect if not (is_read and one in _FRAMING)]
    return found


def _import(name):
    if name not in sys.modules:
        collect_each()
        package = name[: name.rfind(".")]
        if package not in sys.modules:
            _came.append(package)
        __import__(name)
        _came.append(name)
        _fresh[:] = (name,)
        if settler is not None:
            settler.settle(name, sys.modules[name])


def _is_whole(name):
    # A slice would be a new string, half a millisecond: it is looked for among all names that were
    # ever loaded. (A tuple is taken from MicroPython 1.25 on.)
    return name.startswith("posagent.") or name.startswith("posproto.")  # noqa: PIE810


def _whole(name):
    return name if _is_whole(name) else "posagent.core." + name


def _forget(name):
    sys.modules.pop(name, None)
    if name in _came:
        _came.remove(name)
    _wanted[:] = (0,)
    at = name.rfind(".")
    package = sys.modules.get(name[:at])
    if package is not None and hasattr(package, name[at + 1 :]):
        delattr(package, name[at + 1 :])
