"""The watchdog is fed by progress alone."""

from dual import raises
from posagent.core.life.clock import Clock
from posagent.io.watchdog import Stuck, Watch
from posproto import ids


class Pairing:
    heard_s = 0


class Engine:
    dead = False

    def __init__(self):
        self.pairing = Pairing()


class Agent:
    def __init__(self):
        self.engine = Engine()
        self.counters = [0] * 32
        self.running = None
        self.status_s = self.look_s = 30
        self.ready = True
        self.safe_mode = False
        self.storage = None


class Dog:
    def __init__(self):
        self.fed = 0

    def feed(self):
        self.fed += 1


def look():
    pass


def life(agent, seconds, each=None):
    """So many seconds of turns; returns (uptime, name) at which something stood still."""
    clock, dog = Clock(0), Dog()
    watch = Watch(agent, clock, dog)
    watch._proof_s = 1 << 29
    for s in range(seconds):
        clock.advance(clock.ms + 1000)
        agent.status_s = clock.s + 30
        if each:
            each(clock.s)
        try:
            watch()
        except Stuck as stuck:
            assert dog.fed == s
            return clock.s, stuck.args[0]
    assert dog.fed == seconds
    return None


def test_an_agent_that_looks_each_half_minute_is_fed():
    agent = Agent()

    def looks(s):
        agent.look_s = s + 30 - s % 30
        agent.engine.pairing.heard_s = s - s % 30

    assert life(agent, 4000, looks) is None


def test_a_duty_that_never_ends_is_named_after_a_quarter_of_an_hour():
    agent = Agent()
    agent.running = look
    assert life(agent, 2000) == (902, "look")


def test_no_duty_at_all_is_a_stop_too():
    assert life(Agent(), 2000) == (902, "plan")


def test_a_slow_answer_of_five_minutes_is_none():
    agent = Agent()
    agent.running = look

    def answers(s):
        if s % 300 == 0:
            agent.engine.pairing.heard_s = s
            agent.look_s = s

    assert life(agent, 4000, answers) is None


def test_chatter_of_the_modem_does_not_hide_that_nothing_gets_on():
    agent = Agent()
    agent.running = look

    def chatters(s):
        agent.engine.pairing.heard_s = s

    assert life(agent, 5000, chatters) == (3631, "look")


def test_a_dead_modem_is_no_stop():
    agent = Agent()
    agent.engine.dead = True
    agent.look_s = 0
    assert life(agent, 5000) is None


def test_time_outs_are_progress():
    agent = Agent()
    agent.running = look

    def misses(s):
        agent.counters[ids.C_MODEM_TIMEOUTS] = s // 60
        agent.look_s = s

    assert life(agent, 2000, misses) is None


def test_a_status_that_does_not_come_is_a_stop():
    agent, clock = Agent(), Clock(0)
    watch = Watch(agent, clock, None)
    clock.advance(91_000)
    assert raises(Stuck, watch).args[0] == "report"


def test_safe_mode_is_fed_without_a_modem():
    agent = Agent()
    agent.engine = None
    assert life(agent, 2000) is None
