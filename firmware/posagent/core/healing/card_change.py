"""From one card of a terminal to the other: what is done on the modem. Loaded when it is."""

from posproto import const, ids

from .. import modules, situation
from ..modem.command import Command, Sleep
from . import cards

_PAUSE_MS = const(2000)  # between radio off, the other card and radio on
_TRIES_MAX = const(250)
_ASKS = const(3)


def change(a):
    """Procedure: to the other card; its budget is taken."""
    assert a.two_cards and a.ladder.last == ids.RUNG_OTHER_CARD
    kept = cards.Cards(a.storage)
    why = 0
    if a.situation != situation.WELL:
        why = cards.why(a, modules.call("healing.choice", "kind_of", a))
    if a.ordered:
        why = why or ids.LEFT_ORDERED
    row = kept.rows[a.slot]
    trouble_s = a.ladder.trouble_s
    worked = a.arrived_s is None or trouble_s is None or trouble_s > a.arrived_s
    tries = 0 if not why else 1 if worked else min(row[2] + 1, _TRIES_MAX)
    if why == ids.LEFT_ORDERED:
        tries = len(cards.AGAIN_S)
    row[1:] = why, tries, cards.powered_s(a)
    assert 0 <= why <= ids.LEFT_ORDERED and (tries > 0) == (why > 0)
    kept.wanted = 1 - a.slot
    kept.save()  # a flash that refuses keeps the card
    yield from select(a, kept.wanted)
    if a.slot != kept.wanted:  # refused: it is not asked again in this life
        a.two_cards = False
        kept.wanted = a.slot
        a.on_flash(kept.save)


def select(a, slot: int):
    """Procedure: card `slot` in, the radio off meanwhile: no module changes it otherwise."""
    family = a.engine.family
    network = a.network
    yield Command(b"+CFUN=0", timeout_ms=15000)
    yield Sleep(_PAUSE_MS)
    taken = yield from family.select_card(slot)
    if taken:
        why = cards.Cards(a.storage).rows[1 - slot][1]
        a.context_lost()
        a.cause = a.context_failures = 0
        a.identity.pop("iccid", None)
        a.identity.pop("imsi", None)
        a.pin_refused = False
        cards.use(a, slot)
        a.credit = a.account()
        a.ladder.spent_s = [0] * situation.SITUATIONS
        a.ladder.tried = a.ladder.cycled = 0
        a.arrived_s = a.clock.s
        args = {ids.A_CARD: slot + 1}
        if why:
            args[ids.A_REASON] = why
        a.event(ids.E_CARD, ids.SEV_WARNING if slot else ids.SEV_INFO, args)
        network.reset()
        a.inbox.reset()
    yield from modules.use("healing.rungs", "write_context", a)
    yield Sleep(_PAUSE_MS)
    yield Command(b"+CFUN=1", timeout_ms=15000)
    if taken:
        yield from modules.use("network.card_start", "wait", network)
    a.look_s = a.clock.s


def settle(a):
    """Procedure: the modem was set up; is the wanted card in it? A cut, or a module that forgets
    it with its supply, may have left the other one there: changed by the budget of all changes,
    and lived with where that is spent. One that does not say which it uses has no second slot.
    """
    family = a.engine.family
    slot = None
    if hasattr(family, "select_card"):
        for _ in range(_ASKS):  # the wire may lose a byte
            slot = yield from family.selected_card()
            if slot is not None:
                break
    assert slot in (None, 0, 1)
    a.two_cards = slot is not None
    if not a.two_cards and a.ordered == ids.RUNG_OTHER_CARD:
        a.ordered = ids.RUNG_NONE  # there is none to change to any more
    if a.two_cards and slot != a.slot:
        if modules.call("healing.budgets", "changes", a.ladder):
            yield from select(a, a.slot)
            return
        kept = cards.Cards(a.storage)
        kept.wanted = slot
        a.on_flash(kept.save)
    elif a.two_cards or not a.slot:
        return
    cards.use(a, slot or 0)
    a.credit = a.account()
