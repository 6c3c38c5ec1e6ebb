"""The order of the duties on the modem: of two that are due the first one goes."""

from posagent.core import schedule

# A modem must be set up before it is asked, and woken before it is set up; what came by SMS may
# say that the line works again; a fresh look stands before each act; a message before healing, and
# healing before what nobody waits for: a report proves the path, so it goes before the probe, and
# the probe before the query, which may end the session.
ORDER = (
    ("_bring_up_due", "_bring_up"),
    ("_revive_due", "_revive"),
    ("_sms_due", "_read_sms"),
    ("_look_due", "look"),
    ("_send_due", "_send"),
    ("_heal_due", "_heal"),
    ("_report_due", "_report"),
    ("_probe_due", "_keep_proven"),
    ("_ask_due", "_ask"),
)


def test_duties_take_their_turn_in_one_order():
    assert tuple([(due.__name__, make.__name__) for due, make in schedule._DUTIES]) == ORDER


def test_those_of_a_modem_that_is_not_set_up_are_left_out_where_it_is():
    assert schedule._DUTIES[2:] == schedule._SET_UP
    agent = _Agent()
    agent.ready = True
    for due, _ in schedule._DUTIES[:2]:
        assert due(agent) == -1


class _Agent:
    """An agent whose duties are told here, as (seconds to wait, name)."""

    def __init__(self):
        self.running = None
        self.started = []
        self.engine = self.credit = self
        self.texts = []  # that wait to be read
        self.stages = self.next = None
        self.ready = self.dead = False

    def hear(self):
        self.started.append("hear")
        while self.texts:
            yield
            self.texts.pop()

    def start(self, name, procedure, done):
        self.started.append(name)


def _plan(waits):
    """(name of the duty that starts or None, seconds until the next one)."""
    agent = _Agent()
    duties = schedule._DUTIES
    made = []
    for at in range(len(waits)):

        def make(a, at=at):
            return at

        made.append((lambda a, at=at: waits[at], make))
    schedule._DUTIES = tuple(made)
    try:
        soonest_s = schedule.start_due(agent)
    finally:
        schedule._DUTIES = duties
    starts = [at for at in range(len(made)) if agent.running is made[at][1]]
    return (starts[0] if starts else None), soonest_s


def test_the_first_that_is_due_starts_and_one_at_a_time():
    assert _plan((0, 0, 0)) == (0, -1)
    assert _plan((5, 0, 0)) == (1, -1)
    assert _plan((-1, -1, 0)) == (2, -1)


def test_where_none_is_due_the_soonest_is_told():
    assert _plan((7, 3, 9)) == (None, 3)
    assert _plan((-1, 30, -1)) == (None, 30)
    assert _plan((-1, -1)) == (None, -1)


def test_a_text_that_came_is_read_before_any_duty_is_begun():
    agent = _Agent()
    duties = schedule._DUTIES
    schedule._DUTIES = ((lambda a: 0, lambda a: 0),)
    try:
        agent.texts = ["one"]
        for _ in range(2):
            assert schedule.start_due(agent) == -1 and agent.running is schedule._hear
        assert schedule.start_due(agent) == -1 and agent.running is None
        assert agent.stages is None and agent.started == ["hear"]
        schedule.start_due(agent)
        assert agent.running is schedule._DUTIES[0][1]
    finally:
        schedule._DUTIES = duties
