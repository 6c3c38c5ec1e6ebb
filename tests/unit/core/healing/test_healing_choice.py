"""Which rung comes next, rule by rule: budgets whole, so that only time and facts decide."""

from plight import Plight
from posagent.core import situation
from posagent.core.healing import budgets, choice
from posproto import ids

ESM, EMM = ids.CAUSE_ESM << 8, ids.CAUSE_EMM << 8
_PLAIN, _CONGESTED, _NO_HOST, _NO_PATH, _SLOW = None, 20, 21, 22, 23


LAYERS = """WELL DEAD SIM_LOST SIM_LOCKED RADIO_OFF DENIED UNREGISTERED ABROAD REFUSED NO_CONTEXT
HOST_DOWN SITUATIONS"""


def test_situations_are_numbered_from_the_lowest_layer_that_can_be_broken():
    """What compares them with `<` relies on it, and what counts by situation on the last one."""
    assert [getattr(situation, name) for name in LAYERS.split()] == list(range(12))


class _Facts:
    """What choice.kind_of() asks of an agent."""

    def __init__(self, plight, slow=False, pending=0, cause=0, doubt=0):
        self.situation = plight
        self.network = self.settlement = self.path = self
        self.pending = pending
        self.cause = cause
        self._slow = slow
        self._doubt = doubt

    def slow_rat(self):
        return self._slow

    def doubt(self):
        return self._doubt


def test_the_finer_kinds_of_a_situation():
    for facts, kind in (
        (_Facts(situation.WELL), _PLAIN),
        (_Facts(situation.WELL, slow=True), _SLOW),
        (_Facts(situation.WELL, slow=True, pending=1), _PLAIN),
        (_Facts(situation.ABROAD, slow=True), _PLAIN),
        (_Facts(situation.NO_CONTEXT), _PLAIN),
        (_Facts(situation.NO_CONTEXT, cause=ESM | 26), _CONGESTED),
        (_Facts(situation.NO_CONTEXT, cause=EMM | 26), _PLAIN),
        (_Facts(situation.REFUSED, cause=ESM | 33), _PLAIN),
        (_Facts(situation.HOST_DOWN), _PLAIN),
        (_Facts(situation.HOST_DOWN, doubt=1), _NO_HOST),
        (_Facts(situation.HOST_DOWN, doubt=2), _NO_PATH),
        (_Facts(situation.UNREGISTERED, doubt=2), _PLAIN),
    ):
        expected = facts.situation if kind is None else kind
        assert choice.kind_of(facts) == expected, (facts.situation, kind)


def _after(plight, rung, after_s, lag=0, spent_s=0, pending=0, idle=False, heard_s=0, act_s=0):
    """Seconds that choice._not_before() still asks for."""
    one = Plight(plight)
    one.ladder.lag = lag
    one.ladder.spent_s[plight] = spent_s
    one.pending = pending
    one.heard_s = heard_s
    one.network.act_s = act_s
    one.network.idle = lambda: idle
    one.clock.advance(100000)
    return choice._not_before(one.ladder, one, rung, after_s)


def test_a_rung_waits_its_time_in_the_situation_and_a_lag_that_no_two_share():
    lost, rung = situation.UNREGISTERED, ids.RUNG_CFUN4
    assert _after(lost, rung, 600) == 600
    assert _after(lost, rung, 600, spent_s=250) == 350
    assert _after(lost, rung, 600, lag=255) == 750  # a quarter more at most
    assert _after(lost, rung, 600, lag=51) == 630
    assert _after(lost, rung, 4, lag=255) == 7  # three seconds at least
    assert _after(lost, rung, 0, lag=255) == 3
    assert _after(lost, rung, 0, lag=255, pending=1) == 0  # a message does not wait for it
    assert _after(lost, rung, 600, lag=255, pending=1) == 750


def test_a_module_that_does_not_search_is_told_to_soon():
    lost = situation.UNREGISTERED
    assert _after(lost, ids.RUNG_REREGISTER, 300, idle=True) == 30
    assert _after(lost, ids.RUNG_REREGISTER, 300) == 300
    assert _after(lost, ids.RUNG_CFUN4, 600, idle=True) == 600


def test_a_dead_port_counts_from_its_last_word():
    assert _after(situation.DEAD, ids.RUNG_POWER_KEY, 120, heard_s=60) == 80
    assert _after(situation.DEAD, ids.RUNG_POWER_KEY, 120, heard_s=100) == 120
    assert _after(situation.DEAD, ids.RUNG_POWER_KEY, 120, heard_s=100, lag=255) == 149
    assert _after(situation.DEAD, ids.RUNG_POWER_KEY, 120, heard_s=100, lag=128) == 135


def test_the_search_for_lte_counts_from_the_last_change_of_technology():
    assert _after(situation.WELL, ids.RUNG_FASTER, 600, act_s=40) == 540
    assert _after(situation.WELL, ids.RUNG_FASTER, 600, act_s=40, lag=255) == 690
    assert _after(situation.WELL, ids.RUNG_FASTER, 600, act_s=40, lag=102) == 600


def test_a_card_that_is_lost_anew_is_waited_for_again():
    """Twenty seconds from when it was readable last, however long the trouble is by now."""
    for ago_s, wait in ((0, 20), (5, 15), (20, 0), (900, 0)):
        one = Plight(situation.SIM_LOST)
        one.clock.advance(1000000)
        one.ladder.spent_s[situation.SIM_LOST] = 900
        one.ladder.lag = 0
        one.network.lost_s = one.clock.s - ago_s
        assert max(0, choice._let_work(one.ladder, one, ids.RUNG_CFUN0)) == wait, ago_s


def test_a_card_that_was_busy_a_moment_ago_is_not_cycled_as_a_lost_network():
    """The card fell silent amid a long trouble, a message waited: the radio was cycled within a
    tenth of a second, for the network's sake, and the card's own acts came too close behind.
    """
    for ago_s, wait in ((0, 60), (59, 1), (60, 0)):
        one = Plight(situation.UNREGISTERED)
        one.clock.advance(1000000)
        one.demand = True
        one.ladder.spent_s[situation.UNREGISTERED] = 5000
        one.network.sim = ids.SIM_BUSY
        one.network.lost_s = one.clock.s - ago_s
        assert one.next()[1] == wait, ago_s


def test_a_network_that_was_lost_a_moment_ago_is_not_asked_for_at_once():
    """A module that restarted by itself amid a long trouble was told to register in the tenth of a
    second in which it did.
    """
    for ago_s, wait in ((0, 10), (9, 1), (10, 0)):
        one = Plight(situation.REFUSED)
        one.clock.advance(1000000)
        one.ladder.spent_s[situation.UNREGISTERED] = 5000
        one.stand(situation.UNREGISTERED)
        one.clock.advance(1000000 + 1000 * ago_s)
        assert one.next()[1] == wait, ago_s


def test_a_card_that_was_just_lost_has_its_time_though_a_message_waits():
    one = Plight(situation.SIM_LOST)
    one.clock.advance(1000000)
    one.demand, one.network.lost_s = True, one.clock.s
    one.network.stat = [1, 1, 1]  # a network holds it still: a cycle costs a detach
    one.ladder.spent_s[situation.SIM_LOST] = 900
    assert one.next()[:2] == (ids.RUNG_CFUN0, 20)


def _next(plight, spent_s, **facts):
    """(rung, seconds to wait, class) of a trouble that has lasted for so long, and no lag."""
    one = Plight(plight)
    one.clock.advance(1000)
    one.pass_s(90000)  # a day: every budget is whole
    one.ladder.trouble_s = one.clock.s - max(spent_s, 601)
    one.ladder.lag = 0
    one.ladder.spent_s = [0] * situation.SITUATIONS
    one.ladder.spent_s[plight] = spent_s
    for name in facts:
        if name in ("tried", "cycled", "hold_s", "early"):
            setattr(one.ladder, name, facts[name])
        elif name == "idle":
            one.network.idle = lambda: facts["idle"]
        elif name == "held":
            one.network.held = lambda: facts["held"]
        elif name == "rise_ago_s":
            one.rise_s = one.clock.s - facts[name]
        elif name == "doubt":
            one.path.doubt = lambda: facts["doubt"]
        elif name == "index":
            one.path.index = facts[name]
        elif name in ("boot_in_s", "spread_in_s"):
            field = {"boot_in_s": "boot_wait_s", "spread_in_s": "spread_s"}[name]
            setattr(one, field, one.clock.s + facts[name])
        else:
            setattr(one, name, facts[name])
    if "hold_s" in facts:
        one.ladder.hold_s = one.clock.s + facts["hold_s"]
    return choice.choose(one.ladder, one)


R, B = ids, budgets
LOST, DENIED, GONE = situation.UNREGISTERED, situation.DENIED, situation.SIM_LOST
CASES = (
    # Cheapest first, each when its time has come
    (LOST, 0, {}, (R.RUNG_REREGISTER, 300, B.REREGISTER)),
    (LOST, 299, {}, (R.RUNG_REREGISTER, 1, B.REREGISTER)),
    (LOST, 300, {}, (R.RUNG_REREGISTER, 0, B.REREGISTER)),
    (LOST, 600, {}, (R.RUNG_REREGISTER, 0, B.REREGISTER)),
    # Of those that may act the first untried one, else the strongest
    (LOST, 600, {"tried": 1 << R.RUNG_REREGISTER}, (R.RUNG_CFUN4, 0, B.CYCLE)),
    (LOST, 599, {"tried": 1 << R.RUNG_REREGISTER}, (R.RUNG_REREGISTER, 0, B.REREGISTER)),
    (
        LOST,
        1200,
        {"tried": 1 << R.RUNG_REREGISTER | 1 << R.RUNG_CFUN4},
        (R.RUNG_CFUN0, 0, B.CYCLE),
    ),
    (LOST, 3600, {"tried": 0xFFFF}, (R.RUNG_MODULE_RESET, 0, B.CYCLE)),
    # What just came back, or was just set to work, is not reset
    (LOST, 300, {"rise_ago_s": 20}, (R.RUNG_REREGISTER, 40, B.REREGISTER)),
    (LOST, 300, {"rise_ago_s": 60}, (R.RUNG_REREGISTER, 0, B.REREGISTER)),
    (LOST, 300, {"hold_s": 77}, (R.RUNG_REREGISTER, 77, B.REREGISTER)),
    (LOST, 5000, {"hold_s": 77}, (R.RUNG_REREGISTER, 77, B.REREGISTER)),  # of equals the cheapest
    # but a module that does not search a minute on: nothing of its work is cut short
    (LOST, 300, {"hold_s": 241, "idle": True}, (R.RUNG_REREGISTER, 1, B.REREGISTER)),
    (LOST, 300, {"hold_s": 240, "idle": True}, (R.RUNG_REREGISTER, 0, B.REREGISTER)),
    (
        situation.NO_CONTEXT,
        300,
        {"tried": 1 << R.RUNG_CONTEXT, "rise_ago_s": 20},
        (R.RUNG_CONTEXT, 0, B.ACTIVATE_TEMPORARY),  # asks anew; an attach would reset
    ),
    (
        situation.NO_CONTEXT,
        300,
        {"tried": 1 << R.RUNG_CONTEXT, "rise_ago_s": 60},
        (R.RUNG_ATTACH, 0, B.ATTACH),
    ),
    (situation.NO_CONTEXT, 0, {"hold_s": 77}, (R.RUNG_CONTEXT, 0, B.ACTIVATE_TEMPORARY)),
    # A module that hangs in what was set to work is woken all the same, and given its time then
    (situation.DEAD, 1000, {"hold_s": 77}, (R.RUNG_POWER_KEY, 0, B.DEAD)),
    (
        situation.DEAD,
        5000,
        {"hold_s": 77, "tried": 1 << R.RUNG_POWER_KEY},
        (R.RUNG_POWER_KEY, 0, B.DEAD),
    ),
    # After a start nothing begins that nobody waits for
    (LOST, 300, {"boot_in_s": 50}, (R.RUNG_REREGISTER, 50, B.REREGISTER)),
    (LOST, 300, {"boot_in_s": 50, "demand": True}, (R.RUNG_REREGISTER, 0, B.REREGISTER)),
    (LOST, 300, {"boot_in_s": 50, "pending": 1}, (R.RUNG_REREGISTER, 0, B.REREGISTER)),
    (
        LOST,
        300,
        {"boot_in_s": 50, "pending": 1, "spread_in_s": 0},
        (R.RUNG_REREGISTER, 0, B.REREGISTER),
    ),
    # After an outage that many shared a message that was kept meanwhile waits for its turn, too
    (
        LOST,
        300,
        {"boot_in_s": 50, "pending": 1, "spread_in_s": 1},
        (R.RUNG_REREGISTER, 50, B.REREGISTER),
    ),
    (LOST, 300, {"boot_in_s": 50, "spread_in_s": -1}, (R.RUNG_REREGISTER, 50, B.REREGISTER)),
    # A no is cured by the radio; the module's restart follows a cycle that did not help
    (DENIED, 600, {}, (R.RUNG_CFUN0, 0, B.CYCLE)),
    (DENIED, 3600, {"tried": 1 << R.RUNG_CFUN0}, (R.RUNG_CFUN0, 0, B.CYCLE)),
    (
        DENIED,
        3600,
        {"tried": 1 << R.RUNG_CFUN0, "cycled": R.RUNG_CFUN0},
        (R.RUNG_MODULE_RESET, 0, B.CYCLE),
    ),
    (
        DENIED,
        3600,
        {"tried": 1 << R.RUNG_CFUN0, "cycled": R.RUNG_MODULE_RESET},
        (R.RUNG_CFUN0, 0, B.CYCLE),
    ),
    # A demand may cycle the radio early, where it is silent until then
    (DENIED, 29, {"demand": True}, (R.RUNG_CFUN0, 1, B.CYCLE_DEMAND)),
    (DENIED, 30, {"demand": True}, (R.RUNG_CFUN0, 0, B.CYCLE_DEMAND)),
    (DENIED, 30, {}, (R.RUNG_CFUN0, 570, B.CYCLE)),
    (LOST, 30, {"demand": True}, (R.RUNG_REREGISTER, 270, B.REREGISTER)),
    (LOST, 30, {"advised": True}, (R.RUNG_CFUN0, 0, B.CYCLE_DEMAND)),
    (DENIED, 600, {"demand": True}, (R.RUNG_CFUN0, 0, B.CYCLE)),  # due anyway: not the demand's
    (GONE, 19, {"demand": True}, (R.RUNG_CFUN0, 1, B.CARD)),
    # The card: its supply, at no cost on the air, unless the network still holds the terminal
    (GONE, 19, {}, (R.RUNG_CFUN0, 1, B.CARD)),
    (GONE, 20, {}, (R.RUNG_CFUN0, 0, B.CARD)),
    (GONE, 20, {"held": True}, (R.RUNG_CFUN0, 0, B.CYCLE)),
    (GONE, 20, {"tray_empty": True}, (R.RUNG_NONE, -1, -1)),
    (DENIED, 600, {"tray_empty": True}, (R.RUNG_CFUN0, 0, B.CYCLE)),
    # The data connection
    (situation.NO_CONTEXT, 0, {}, (R.RUNG_CONTEXT, 0, B.ACTIVATE_TEMPORARY)),
    (situation.REFUSED, 0, {}, (R.RUNG_CONTEXT, 0, B.ACTIVATE_PERMANENT)),
    (
        situation.REFUSED,
        100,
        {"tried": 1 << R.RUNG_CONTEXT},
        (R.RUNG_CONTEXT, 0, B.ACTIVATE_PERMANENT),
    ),
    (DENIED, 100, {"early": 2}, (R.RUNG_CFUN0, 500, B.CYCLE)),
    (situation.ABROAD, 1799, {}, (R.RUNG_REREGISTER, 1, B.REREGISTER)),
    (situation.RADIO_OFF, 5, {}, (R.RUNG_REREGISTER, 0, B.ACTIVATE_TEMPORARY)),
    (situation.WELL, 5000, {}, (R.RUNG_NONE, -1, -1)),
    (situation.SIM_LOCKED, 5000, {}, (R.RUNG_NONE, -1, -1)),
    # A technician's order stands before the plan
    (situation.WELL, 0, {"ordered": R.RUNG_CFUN0}, (R.RUNG_CFUN0, 0, B.CYCLE_DEMAND)),
    (situation.WELL, 0, {"ordered": R.RUNG_SOCKET}, (R.RUNG_SOCKET, 0, -1)),
    (GONE, 0, {"ordered": R.RUNG_CFUN0}, (R.RUNG_CFUN0, 0, B.CARD)),
    (GONE, 0, {"ordered": R.RUNG_CFUN0, "held": True}, (R.RUNG_CFUN0, 0, B.CYCLE_DEMAND)),
)


def test_the_next_rung_of_each_plight():
    for plight, spent_s, facts, expected in CASES:
        found = _next(plight, spent_s, **facts)
        assert found == expected, (plight, spent_s, facts, found)


def test_the_host_s_rung_is_the_path_s_own_and_names_the_other_host():
    for index, rung in ((0, ids.RUNG_SOCKET), (1, ids.RUNG_SECOND_HOST)):
        found = _next(situation.HOST_DOWN, 0, index=index, doubt=0)
        assert found[0] == rung and found[2] == -1
    one = Plight(situation.HOST_DOWN)
    one.clock.advance(1000)
    one.path.due = lambda: 44
    assert choice.choose(one.ladder, one) == (ids.RUNG_SOCKET, 44, -1)


def test_a_module_that_was_told_no_restarts_early_for_a_demand_after_a_cycle_that_did_not_help():
    """A cycle 700 s ago: the hourly slot is gone, a demand's ten minutes are over."""
    restart = (ids.RUNG_MODULE_RESET, 0, budgets.CYCLE_DEMAND)
    cycle = (ids.RUNG_CFUN0, 0, budgets.CYCLE_DEMAND)
    for plight, lasted_s, demand, advised, expected in (
        (DENIED, 4000, True, False, restart),
        (DENIED, 3590, True, False, cycle),  # its own hour in this situation holds
        (LOST, 4000, False, True, cycle),  # nobody said no: no restart before its slot
    ):
        one = Plight(plight)
        one.pass_s(lasted_s - 700)
        one.ladder.lag = 0
        one.ladder.take(ids.RUNG_CFUN0, budgets.CYCLE_DEMAND)
        one.pass_s(700)
        one.ladder.cycled = ids.RUNG_CFUN0
        one.ladder.tried = 0xFFFF
        one.ladder.hold_s = 0
        one.ladder.spent_s = [0] * situation.SITUATIONS
        one.ladder.spent_s[plight] = lasted_s
        one.demand, one.advised = demand, advised
        one.ladder.take(ids.RUNG_NONE, budgets.REREGISTER)  # so that only the two are left
        found = choice.choose(one.ladder, one)
        assert found == expected, (plight, lasted_s, found)


def test_an_attach_that_stands_in_for_an_activation_waits_half_a_minute():
    assert choice._WITHOUT == ((ids.RUNG_ATTACH, 30),)


def _refused(plight=situation.REFUSED, spent_s=4000):
    """A line that was refused for so long, and asked for a context a moment ago."""
    one = Plight(plight)
    one.pass_s(spent_s)
    one.ladder.take(ids.RUNG_CONTEXT, budgets.ACTIVATE_PERMANENT)
    one.wait_s = budgets.Book(one.ladder).wait_s(budgets.ACTIVATE_PERMANENT)
    assert 880 <= one.wait_s <= 900
    return one


def test_a_cycle_of_the_radio_stands_right_before_the_activation_that_shows_what_it_did():
    one = _refused()
    found = choice.choose(one.ladder, one)
    assert found == (ids.RUNG_CFUN0, one.wait_s - 25, budgets.CYCLE)
    # Elsewhere no activation follows a cycle: it goes when its own time has come.
    one = _refused(situation.DENIED)
    assert choice.choose(one.ladder, one) == (ids.RUNG_CFUN0, 0, budgets.CYCLE)


def test_what_an_operator_advised_is_the_cycle_and_never_one_more_activation():
    one = _refused(spent_s=100)
    one.advised = True
    assert choice.choose(one.ladder, one) == (ids.RUNG_CFUN0, 0, budgets.CYCLE_DEMAND)
    one.advised = False
    assert choice.choose(one.ladder, one)[0] == ids.RUNG_CONTEXT


def test_a_payment_whose_hour_is_used_up_brings_an_attach_where_it_would_wait_over_a_minute():
    for ago_s, wait_s in ((874, 61), (875, 60)):
        one = Plight(situation.REFUSED)
        one.pass_s(2000)
        book = budgets.Book(one.ladder)
        book.recent = [0, 0, 0, book.now - ago_s, 0]  # two more of the hour are kept free
        book.pack(False)
        one.ladder.early = 2
        found = choice.choose(one.ladder, one)
        if wait_s > 60:
            assert found == (ids.RUNG_ATTACH, 0, budgets.ATTACH), found
        else:
            assert found == (ids.RUNG_CONTEXT, 60, budgets.ACTIVATE_PERMANENT), found
        one.ladder.early = 1  # a message alone has no such claim
        assert choice.choose(one.ladder, one)[0] == ids.RUNG_CONTEXT
