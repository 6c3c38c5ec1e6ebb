"""Two cards: whose budgets hold, what stands on flash, when the other one is tried."""

from binascii import crc32

from memory_storage import MemoryStorage
from plight import Plight, most_within
from posagent.core import situation
from posagent.core.healing import budgets, card_change, cards, choice
from posagent.modems import generic
from posproto import ids

A, B = b"89860025128306012474", b"89860117831000045678"


class _TwoCards(Plight):
    """A plight of a terminal with two cards."""

    verdict = ids.V_DENIED
    slot = left = 0
    two_cards = True

    def __init__(self, plight, storage=None):
        Plight.__init__(self, plight, storage=storage)
        self.config = self.card = {"sim2_after_min": 10}
        self.credit = self

    def busy_s(self):
        return 0

    def on_flash(self, write):
        write()


def _of(plight, slot=0):
    """Seconds until the change, None where there is none."""
    one = _TwoCards(plight)
    one.slot = slot
    found = cards.rung(one, choice.kind_of(one))
    assert not found or found[0][0] == ids.RUNG_OTHER_CARD
    return found[0][1] if found else None


def test_each_card_has_activations_of_its_own_through_changes_and_power_cuts():
    one = Plight(situation.REFUSED)
    budgets.card(one.ladder, crc32(A))
    for _ in range(5):
        one.take(budgets.ACTIVATE_PERMANENT)
        one.pass_s(20)
    spent_s = one.wait_s(budgets.ACTIVATE_PERMANENT)
    assert spent_s > 3000
    budgets.card(one.ladder, crc32(B))
    assert one.wait_s(budgets.ACTIVATE_PERMANENT) == 0
    one.take(budgets.ATTACH)
    one = one.restart()
    assert one.wait_s(budgets.ATTACH) > 0
    budgets.card(one.ladder, crc32(A))
    assert spent_s - 10 <= one.wait_s(budgets.ACTIVATE_PERMANENT) <= spent_s
    assert one.wait_s(budgets.ATTACH) == 0
    budgets.card(one.ladder, crc32(A))  # read once more: nothing changes
    again = one.restart()
    assert spent_s - 10 <= again.wait_s(budgets.ACTIVATE_PERMANENT) <= spent_s


def test_what_the_module_costs_is_counted_once_for_both():
    one = Plight(situation.DENIED)
    budgets.card(one.ladder, crc32(A))
    one.pass_s(700)
    one.take(budgets.CYCLE, ids.RUNG_CFUN0)
    one.take(budgets.SWITCH, ids.RUNG_OTHER_CARD)
    held = one.wait_s(budgets.CYCLE), one.wait_s(budgets.SWITCH)
    budgets.card(one.ladder, crc32(B))
    assert (one.wait_s(budgets.CYCLE), one.wait_s(budgets.SWITCH)) == held


def test_changes_that_starts_make_good_are_of_the_same_budget():
    """A module that forgot its card, or told the wrong place, was changed over at each start."""
    for every_s in (60, 600, 1800, 5000):
        one = Plight(situation.DENIED)
        times = []
        for now_s in range(0, 2 * 86400, every_s):
            if budgets.changes(one.ladder):
                times.append(now_s)
            elif one.wait_s(budgets.SWITCH) == 0:
                one.take(budgets.SWITCH, ids.RUNG_OTHER_CARD)
                times.append(now_s)
            one.pass_s(every_s)
            if now_s % 7200 == 0:
                budgets.save(one.ladder)
                one = one.restart()
        assert most_within(times, 3600) <= 2 and most_within(times, 86400) <= 8, every_s
        assert len(times) >= 12, every_s
    one = Plight(situation.DENIED)
    one.take(budgets.SWITCH, ids.RUNG_OTHER_CARD)
    assert one.wait_s(budgets.SWITCH) > 0 and budgets.changes(one.ladder)  # the cut came amid it
    assert not budgets.changes(one.ladder)


def test_what_is_torn_or_strange_on_flash_is_no_card_at_all():
    storage = MemoryStorage()
    kept = cards.Cards(storage)
    kept.wanted = 1
    kept.rows[0][:] = A, ids.LEFT_UNPAID, 2, 77
    kept.save()
    again = cards.Cards(storage)
    assert again.wanted == 1 and again.rows[0] == [A, ids.LEFT_UNPAID, 2, 77]
    whole = storage.read("cards")
    turned = whole[:9] + b"7" + whole[10:]
    for spoilt in (whole[:-1], b"", whole + b"0", b"\x02" + whole[1:], turned):
        storage.write("cards", spoilt)
        again = cards.Cards(storage)
        assert again.wanted == 0 and again.rows[0] == [b"", 0, 0, 0]


def test_when_the_other_card_is_tried():
    for plight, wait in (
        (situation.DENIED, 120),
        (situation.REFUSED, 120),
        (situation.SIM_LOST, 120),
        (situation.SIM_LOCKED, 120),
        (situation.UNREGISTERED, 600),
        (situation.NO_CONTEXT, 600),
    ):
        found = _of(plight)
        assert wait <= found <= wait * 5 // 4, plight
    for plight in (situation.DEAD, situation.RADIO_OFF, situation.HOST_DOWN, situation.WELL):
        assert _of(plight) is None, plight


def test_somebody_waits_and_half_a_minute_is_enough_after_a_plain_no():
    one = _TwoCards(situation.DENIED)
    one.pending = 1
    assert cards.rung(one, situation.DENIED) == ((ids.RUNG_OTHER_CARD, 30),)
    one.stand(situation.UNREGISTERED)
    assert cards.rung(one, situation.UNREGISTERED)[0][1] >= 600


def test_a_card_that_failed_is_tried_ever_more_seldom_and_at_once_when_it_is_paid():
    for tries, wait_s in ((1, 14400), (2, 43200), (3, 86400), (9, 86400)):
        one = _TwoCards(situation.DENIED)
        kept = cards.Cards(one.storage)
        kept.rows[1][:] = B, ids.LEFT_DENIED, tries, cards.powered_s(one)
        kept.save()
        assert cards.rung(one, situation.DENIED)[0][1] == wait_s
        assert cards.is_other(one, B[-6:]) and not cards.is_other(one, A[-6:])
        cards.paid(one)
        assert cards.rung(one, situation.DENIED)[0][1] <= 150


def test_the_second_card_that_fails_gives_way_to_the_first_whatever_that_was_left_for():
    one = _TwoCards(situation.DENIED)
    one.slot = 1
    kept = cards.Cards(one.storage)
    kept.rows[0][:] = A, ids.LEFT_DENIED, 3, cards.powered_s(one)
    kept.save()
    assert cards.rung(one, situation.DENIED)[0][1] <= 150


def test_the_second_card_that_works_stays_while_something_waits_to_be_sent():
    one = _TwoCards(situation.WELL)
    one.slot = 1
    assert cards.rung(one, situation.WELL) == ((ids.RUNG_OTHER_CARD, 0),)
    one.pending = 1
    assert cards.rung(one, situation.WELL) == ()


def test_where_there_are_two_cards_the_change_is_among_what_may_come_next():
    one = _TwoCards(situation.SIM_LOCKED)  # no other rung would cure that
    one.two_cards = True
    one.pass_s(3600)
    assert choice.choose(one.ladder, one)[0] == ids.RUNG_OTHER_CARD
    one.two_cards = False
    assert choice.choose(one.ladder, one)[0] != ids.RUNG_OTHER_CARD


def test_an_order_to_change_over_ends_where_the_module_shows_no_second_slot():
    """It waited behind a duty, the module restarted as one that nobody knows, and was asked for
    what its family has not."""

    class Terminal:
        slot = 0
        ordered = ids.RUNG_OTHER_CARD
        two_cards = True

    terminal = Terminal()
    terminal.engine = terminal
    terminal.family = generic
    assert list(card_change.settle(terminal)) == []
    assert not terminal.two_cards and terminal.ordered == ids.RUNG_NONE
