"""The card's PIN: one wrong try in the life of a card, and none where it may be the last."""

from memory_storage import MemoryStorage
from posagent.core.modem.command import Reply
from posagent.core.network import sim_pin
from posproto import ids
from posproto.at.result import CME, ERROR, OK, TIMEOUT
from talk import talk

CARD = b"89860025128306012474"
OTHER = b"89860025128306099999"
ENTER = b'+CPIN="4711"'


class Holder:
    """What pin.enter() asks of an agent."""

    def __init__(self, storage=None, code="4711"):
        self.config = self.card = {"sim_pin": code, "sim2": False, "sim2_pin": ""}
        self.storage = storage or MemoryStorage()
        self.counters = [0] * 32
        self.pin_refused = False
        self.events = []

    def event(self, event_id, severity, args=None):
        self.events.append(event_id)


def tries(left):
    return (OK, b"+CPINR: SIM PIN,%d,3" % left, b"+CPINR: SIM PUK,10,10")


def enter(holder, answers, card=CARD):
    """(taken, how often a PIN was sent)."""
    taken, sent = talk(sim_pin.enter(holder, card), answers)
    return taken, len([text for text in sent if text.startswith(b"+CPIN=")])


def test_an_accepted_pin_is_entered_after_every_restart_of_the_modem():
    holder = Holder()
    for _ in range(5):
        assert enter(holder, {b"+CPINR": tries(3), ENTER: (OK,)}) == (True, 1)
    assert holder.events == [ids.E_PIN_ENTERED] * 5 and not holder.pin_refused


def test_a_rejected_pin_is_never_tried_again_whatever_restarts():
    holder = Holder()
    answers = {b"+CPINR": tries(3), ENTER: (CME, 16)}
    assert enter(holder, answers) == (False, 1)
    assert holder.pin_refused and holder.events == [ids.E_PIN_REFUSED]
    for _ in range(3):
        again = Holder(holder.storage)  # agent and modem restarted
        answers[ENTER] = (OK,)
        assert enter(again, answers) == (False, 0)
        assert again.pin_refused and again.events == []  # told once


def test_another_card_gets_its_own_try_and_another_pin_too():
    holder = Holder()
    refused = {b"+CPINR": tries(3), ENTER: (CME, 16)}
    assert enter(holder, refused) == (False, 1)
    assert enter(holder, refused, OTHER) == (False, 1)
    assert enter(holder, refused, OTHER) == (False, 0)
    changed = Holder(holder.storage, "1234")
    assert enter(changed, {b"+CPINR": tries(2), b'+CPIN="1234"': (OK,)}) == (True, 1)
    assert enter(holder, refused) == (False, 0)  # the old one stays refused


def test_no_pin_is_tried_where_the_count_is_unreadable_or_one():
    holder = Holder()
    for answers in (
        {ENTER: (OK,)},  # no command tells the count
        {b"+CPINR": (OK,), ENTER: (OK,)},
        {b"+CPINR": (OK, b"+CPINR: SIM PUK,10,10"), ENTER: (OK,)},
        {b"+CPINR": (OK, b"+CPINR: SIM PIN,x"), ENTER: (OK,)},
        {b"+CPINR": tries(256), ENTER: (OK,)},  # ended the agent: no byte holds it
        {b"+CPINR": tries(10**40), ENTER: (OK,)},
        {b"+CPINR": tries(1), ENTER: (OK,)},
        {b"+CPINR": tries(0), ENTER: (OK,)},
    ):
        taken, sent = enter(holder, answers)
        assert not taken and sent == 0
    assert holder.storage.files == {} and not holder.pin_refused


def test_a_count_that_the_wire_spoiled_leaves_it_open():
    garbled = {b"+CPINR": (OK, b"+CPINR: SIM PI,3,3"), ENTER: (OK,)}
    assert enter(Holder(), garbled) == (None, 0)
    assert enter(Holder(), {b"+CPINR": tries(1), ENTER: (OK,)}) == (False, 0)  # that is decided


def test_the_count_is_read_in_the_ways_of_the_makers():
    for command, line in (
        (b"+CPINR", b"+CPINR: SIM PIN,3,3"),
        (b'+QPINC="SC"', b'+QPINC: "SC",3,10'),
        (b"+SPIC", b"+SPIC: 3,10,3,10"),
        (b"+UPINCNT", b"+UPINCNT: 3,3,10,10"),
    ):
        assert enter(Holder(), {command: (OK, line), ENTER: (OK,)}) == (True, 1), command


def test_without_a_pin_in_the_configuration_nothing_is_asked():
    assert talk(sim_pin.enter(Holder(code=""), CARD), {}) == (False, [])


def test_an_unclear_end_is_cleared_up_by_the_count():
    # No answer to the PIN, and one try fewer afterwards: it was wrong.
    holder = Holder()
    wrong = {b"+CPINR": [tries(3), tries(2)], ENTER: (TIMEOUT,)}
    assert enter(holder, wrong) == (False, 1) and holder.pin_refused
    # No answer, and the count is as before: it never came there, so it may be tried again.
    holder = Holder()
    lost = {b"+CPINR": tries(3), ENTER: [(ERROR,), (OK,)]}
    assert enter(holder, lost) == (None, 1) and not holder.pin_refused
    assert enter(holder, lost) == (True, 1)


def cut_amid_its_try():
    """A holder whose power went with the PIN on its way; the card counted a wrong one."""
    holder = Holder()
    procedure = sim_pin.enter(holder, CARD)
    procedure.send(None)
    counted = Reply()
    counted.result = OK
    counted.lines = [b"+CPINR: SIM PIN,3,3"]
    assert procedure.send(counted).text == ENTER
    procedure.close()
    return holder


def test_a_power_cut_between_the_pin_and_its_answer_gives_no_second_wrong_try():
    holder = cut_amid_its_try()
    again = Holder(holder.storage)
    assert enter(again, {b"+CPINR": tries(2), ENTER: (CME, 16)}) == (False, 0)
    assert again.pin_refused and again.events == [ids.E_PIN_REFUSED]


def test_a_flash_that_refuses_sends_no_pin():
    storage = MemoryStorage()
    storage.fail_at = 1
    holder = Holder(storage)
    assert enter(holder, {b"+CPINR": tries(3), ENTER: (OK,)}) == (False, 0)
    assert holder.counters[ids.C_FLASH_ERRORS] == 1


def test_eight_cards_are_remembered_and_the_pin_itself_is_not():
    holder = Holder()
    refused = {b"+CPINR": tries(3), ENTER: (CME, 16)}
    for n in range(8):
        assert enter(holder, refused, b"%020d" % n) == (False, 1)
    for n in range(8):
        assert enter(holder, refused, b"%020d" % n) == (False, 0)
    assert b"4711" not in holder.storage.files["pin"] and len(holder.storage.files["pin"]) == 81


def test_a_module_that_tells_another_number_of_the_same_card_costs_it_no_second_try():
    """Its number flipped between two; the second of three tries went to the card that refused."""
    holder = Holder()
    assert enter(holder, {b"+CPINR": tries(3), ENTER: (CME, 16)}) == (False, 1)
    assert enter(holder, {b"+CPINR": tries(2), ENTER: (CME, 16)}, OTHER) == (False, 0)
    assert holder.pin_refused
    # A card with all its tries is another one for sure, and takes the PIN at each of its starts.
    for _ in range(3):
        assert enter(holder, {b"+CPINR": tries(3), ENTER: (OK,)}, OTHER) == (True, 1)
    for card in (CARD, b"", b"%020d" % 7):
        assert enter(holder, {b"+CPINR": tries(2), ENTER: (OK,)}, card) == (False, 0)
    # Whoever sets another PIN has seen that the old one was wrong.
    changed = Holder(holder.storage, "1234")
    assert enter(changed, {b"+CPINR": tries(2), b'+CPIN="1234"': (OK,)}) == (True, 1)


def test_the_pin_of_the_other_place_is_the_second_try_of_a_card_that_is_told_in_both():
    first, second = Holder(), Holder()
    second.storage = first.storage
    second.card = {"sim_pin": "0815"}
    for holder in (first, second):
        holder.config = {"sim_pin": "4711", "sim2": False, "sim2_pin": "0815"}
    assert enter(first, {b"+CPINR": tries(3), ENTER: (CME, 16)}) == (False, 1)
    other = b'+CPIN="0815"'
    assert enter(second, {b"+CPINR": tries(2), other: (CME, 16)}) == (False, 0)
    assert enter(second, {b"+CPINR": tries(3), other: (OK,)}, OTHER) == (True, 1)


def test_a_power_cut_amid_the_try_and_another_number_afterwards_give_no_second_one():
    holder = cut_amid_its_try()
    again = Holder(holder.storage)
    assert enter(again, {b"+CPINR": tries(2), ENTER: (CME, 16)}, OTHER) == (False, 0)


def test_where_the_number_of_the_card_is_unreadable_the_last_known_one_is_meant():
    holder = Holder()
    holder.storage.write("iccid", CARD)
    refused = {b"+CPINR": tries(3), ENTER: (CME, 16)}
    assert enter(holder, refused) == (False, 1)
    assert enter(holder, refused, b"") == (False, 0)
