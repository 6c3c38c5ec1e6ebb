"""Short messages that wait, while the module that holds them has troubles of its own."""

from posagent.core.credit import sms_read
from posagent.core.modem.command import Reply
from posproto.at import result
from whole_host import WholeHost


def reply(code, lines=()):
    made = Reply()
    made.result = code
    made.lines = list(lines)
    return made


def test_a_module_that_restarts_while_a_message_is_read_ends_nothing():
    """What waited is void then, and was taken off its list a second time: the agent crashed."""
    agent = WholeHost().agent
    agent.inbox.all = False
    assert agent.inbox.add(3) and agent.inbox.add(4)
    reading = sms_read.read(agent)
    assert next(reading).text == b"+CMGF=0"
    assert reading.send(reply(result.OK)).text == b"+CMGR=3"
    agent.inbox.reset()
    asked = reading.send(reply(result.RESTARTED))
    while asked.text != b"+CPMS?":
        asked = reading.send(reply(result.RESTARTED))
    assert agent.inbox.news and agent.inbox.all  # it is read anew


# The second of two parts.
PDU = (
    b"0891683108100005F04405810180F600085260309013622330050003290202767B5F55638C4E0A84254E1A5385FF0C"
    b"611F8C2260A876844F7F7528300230104E2D56FD79FB52A83011"
)


class Store:
    """A module's store: what is in it by index, [status, PDU]. A list calls all of it read."""

    def __init__(self, texts):
        self.texts = texts
        self.asked = []

    def run(self, agent):
        """One reading to its end, and what it asked."""
        reading = sms_read.read(agent)
        self.asked = []
        asked = next(reading)
        try:
            while True:
                asked = reading.send(self.answer(asked.text))
        except StopIteration:
            pass
        return self.asked

    def answer(self, text):
        self.asked.append(text)
        if text == b"+CPMS?":
            used = len(self.texts)
            return reply(
                result.OK, [b'+CPMS: "ME",%d,99,"ME",%d,99,"ME",%d,99' % (used, used, used)]
            )
        lines = []
        if text == b"+CMGL=4":
            for at in sorted(self.texts):
                status, pdu = self.texts[at]
                lines += [b"+CMGL: %d,%d,,30" % (at, status), pdu]
                self.texts[at] = [1, pdu]
        elif text[:6] == b"+CMGR=":
            status, pdu = self.texts[int(text[6:])]
            lines = [b"+CMGR: %d,,30" % status, pdu]
        elif text[:6] == b"+CMGD=":
            del self.texts[int(text[6:])]
        return reply(result.OK, lines)


def test_a_text_that_the_wire_took_a_byte_from_is_read_again():
    agent = WholeHost().agent
    agent.inbox.all = False
    agent.inbox.on_line(b'+CMTI: "ME",5')
    store = Store({5: [0, PDU[:-1]]})
    for _ in range(2):
        assert b"+CMGR=5" in store.run(agent)
        assert agent.inbox.pending()  # it is not given up
    store.run(agent)
    assert not agent.inbox.indexes  # three times the same: nobody can read it


def test_the_power_went_while_texts_were_read_that_the_module_calls_read_since_then():
    """What paid the line was among them, and was never looked at again."""
    agent = WholeHost().agent
    store = Store({2: [0, PDU]})
    assert b"+CMGR=2" in store.run(agent)  # it waits for its other part
    assert agent.storage.size("texts")
    again = WholeHost(storage=agent.storage).agent
    assert b"+CMGR=2" in store.run(again)
    assert [entry[0] for entry in again.inbox.indexes] == [2]


def test_what_was_heard_before_a_start_is_not_heard_again():
    agent = WholeHost().agent
    store = Store({2: [1, PDU]})
    assert b"+CMGR=2" not in store.run(agent)
    assert not agent.storage.size("texts")


def test_an_empty_store_costs_no_write():
    agent = WholeHost().agent
    before = agent.storage.changes
    Store({}).run(agent)
    assert agent.storage.changes == before


def test_of_thirty_texts_that_came_while_it_was_off_none_is_left_unread():
    """The list calls all of them read, and there is room to note 24."""
    agent = WholeHost().agent
    store = Store({at: [0, PDU[:-1]] for at in range(30)})
    seen = set()
    for _ in range(8):
        seen |= {text for text in store.run(agent) if text[:6] == b"+CMGR="}
        if not agent.inbox.pending():
            break
    assert len(seen) == 30
    assert not agent.inbox.pending() and not agent.storage.size("texts")


def test_parts_of_messages_that_never_come_whole_keep_it_from_nothing_else():
    """With 25 of them it read the store again in each turn, for ten minutes."""
    agent = WholeHost().agent
    texts = {at: [0, PDU.replace(b"03290202", b"03%02d0202" % at)] for at in range(25)}
    store = Store(texts)
    store.run(agent)
    assert len(agent.inbox.indexes) == 24 and not agent.inbox.pending()
    agent.clock.s += 601
    agent.inbox.on_line(b'+CMTI: "ME",99')
    store.texts[99] = [0, PDU]
    for _ in range(4):
        store.run(agent)
    assert sorted(entry[0] for entry in agent.inbox.indexes) == [24, 99]


# One of no parts, of 2025-06-03 09:31:26 in UTC+8.
ALONE = b"0891683108100005F00405810180F600085260309013622304" + b"4F59989D"
SENT_S = 1748914286


def _age_s(announced, clock_s, sure=False):
    """How old a text is that came, or lay in the store, with the calendar at `clock_s`."""
    agent = WholeHost().agent
    agent.clock.set_unix(clock_s)
    agent.clock.sure = sure
    if announced:
        agent.inbox.all = False
        agent.inbox.on_line(b'+CMTI: "ME",5')
    Store({5: [0, ALONE]}).run(agent)
    return agent.credit.texts[0][3]


def test_an_answer_that_comes_now_is_not_a_year_old_because_the_tills_clock_is_ahead():
    """The balance was asked for, answered, and thrown away as an old one, each time."""
    day_s = 86400
    assert _age_s(True, SENT_S + 400 * day_s) == 0
    assert _age_s(True, SENT_S - 400 * day_s) == 0
    assert _age_s(True, SENT_S + 7 * day_s) == 7 * day_s  # so long the network may have kept it
    assert _age_s(True, SENT_S + 400 * day_s, sure=True) == 400 * day_s
    assert _age_s(False, SENT_S + 400 * day_s) == 400 * day_s  # it lay there while it was off
