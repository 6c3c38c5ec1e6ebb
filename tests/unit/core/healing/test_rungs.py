"""What each rung sends to the modem, and what is read of the network's own timer."""

from posagent.core import situation
from posagent.core.healing import budgets, rungs
from posagent.core.life.clock import Clock
from posagent.core.modem.command import Reply, Sleep
from posagent.modems import generic
from posproto import ids
from posproto.at.result import CME, OK
from talk import talk


class Holder:
    """What a rung asks of an agent; `asked` and `pins` keep what came."""

    TIMES = (1500, 500, 15000, 60000)

    def __init__(self, apn="cmnet", family=generic):
        self.config = self.card = {
            "apn": apn,
            "pdp_type": "IP",
            "apn_user": "",
            "apn_password": "",
            "apn_auth": "none",
        }
        self.family = family
        self.engine = self.ladder = self.network = self.log = self
        self.context_up = False
        self.tried = -1  # each rung is paid
        self.context_failures = self.restarts = 0
        self.rate = self.tuned = 115200
        self.set_baud = None
        self.clock = Clock()
        self.powered_down = self.dead = False
        self.situation = situation.DENIED
        self.cause = None
        self.fun = 1
        self.asked = []
        self.pins = []

    def context_is_up(self):
        self.context_up = True

    def context_refused(self, cause):
        self.cause = cause

    def flush(self):
        self.asked.append("flush")


REFUSED = {b"+CGATT?": (OK, b"+CGATT: 1"), b"+CGACT?": (OK,), b"+CGACT=1,1": (CME, 126)}


def told(answers, apn="cmnet"):
    """Seconds of back-off that the ladder is told after a refused activation."""
    holder = Holder(apn)
    asked = dict(REFUSED)
    asked.update(answers)
    taken = budgets.told
    budgets.told = lambda ladder, wait_s: ladder.asked.append(("told", wait_s))
    try:
        talk(rungs.act(holder, ids.RUNG_CONTEXT), asked)
    finally:
        budgets.told = taken
    assert holder.cause == ids.CAUSE_ESM << 8 | 26 and not holder.context_up
    return holder.asked


def test_t3396_is_read_by_the_standards_command():
    told_s = {
        b'+CABTRDP: "cmnet",1799,1,0': 1799,
        b'+CABTRDP: "cmnet",1799': 1799,
        b'+CABTRDP: "cmnet.mnc000.mcc460.gprs",60,1': 60,
        b'+CABTRDP: "",45,1,0': 45,
        b'+CABTRDP: "cmnet",0': 0,
    }
    for line in told_s:
        expected = [("told", told_s[line])] if told_s[line] else []
        assert told({b"+CABTRDP": (OK, line)}) == expected, line


def test_the_timer_of_another_apn_is_not_ours():
    lines = (b'+CABTRDP: "ims",86400,1,0', b'+CABTRDP: "cmnet",300,1,0')
    assert told({b"+CABTRDP": (OK,) + lines}) == [("told", 300)]
    assert told({b"+CABTRDP": (OK, lines[0])}) == []
    # Without an APN of ours any may be the one in use: the module chose it.
    assert told({b"+CABTRDP": (OK, b'+CABTRDP: "net.example",700')}, "") == [("told", 700)]


def test_a_deactivated_timer_ends_with_the_radios_cycle_and_holds_no_plan_up():
    for line in (b'+CABTRDP: "cmnet"', b'+CABTRDP: "cmnet",,1,0'):
        assert told({b"+CABTRDP": (OK, line)}) == [], line


def test_the_makers_own_way_is_asked_where_the_standards_is_not_known():
    assert told({b'+QNWCFG="backoff"': (OK, b'+QNWCFG: "backoff",720')}) == [("told", 720)]
    assert told({b'+QNWCFG="backoff"': (OK, b'+QNWCFG: "backoff",0')}) == []
    assert told({b'+QNWCFG="backoff"': (OK, b'+QNWCFG: "backoff",')}) == []
    assert told({}) == []


def test_noise_is_no_timer():
    for line in (b"+CABTRDP: ", b'+CABTRDP: "cmnet",x', b'+CABTRDP: "cmnet",123456789'):
        assert told({b"+CABTRDP": (OK, line)}) == [], line


def sent(rung, answers=None, **changes):
    holder = Holder()
    for name in changes:
        setattr(holder, name, changes[name])
    _, texts = talk(rungs.act(holder, rung), answers or {})
    return texts


def test_an_activation_after_a_refusal_begins_with_a_clean_end():
    up = {b"+CGATT?": (OK, b"+CGATT: 1"), b"+CGACT?": (OK,), b"+CGACT=1,1": (OK,)}
    assert b"+CGACT=0,1" not in sent(ids.RUNG_CONTEXT, up)
    assert sent(ids.RUNG_CONTEXT, up, context_failures=1)[0] == b"+CGACT=0,1"


def test_the_radio_goes_off_and_on_with_the_definition_written_between():
    define = b'+CGDCONT=1,"IP","cmnet"'
    assert sent(ids.RUNG_CFUN4) == [b"+CFUN=4", define, b"+CFUN=1"]
    assert sent(ids.RUNG_CFUN0) == [b"+CFUN=0", define, b"+CFUN=1"]
    assert sent(ids.RUNG_REREGISTER) == [define, b"+COPS=0"]
    assert sent(ids.RUNG_REREGISTER, fun=4) == [define, b"+CFUN=1", b"+COPS=0"]
    assert sent(ids.RUNG_ATTACH) == [b"+CGATT=0", b"+CGATT=1"]


def test_a_module_that_resets_is_left_alone_until_it_is_back():
    """It answers OK and goes down a second later: what is sent meanwhile is lost, and was counted
    against its budget.
    """
    holder = Holder()
    procedure = rungs.act(holder, ids.RUNG_MODULE_RESET)
    assert procedure.send(None).text == b"+CFUN=0"
    assert procedure.send(Reply()).text == b"+CFUN=1,1"  # whatever the detach came to
    reply = Reply()
    reply.result = OK
    item = procedure.send(reply)
    assert isinstance(item, Sleep) and item.ms >= generic.TIMES[2]


def test_the_last_rung_is_the_restart_of_the_agent_itself():
    holder = Holder()
    holder.dead = True
    _, texts = talk(rungs.act(holder, ids.RUNG_MCU_RESET), {})
    assert texts == [] and holder.pins == [("restart", 1)] and holder.asked == ["flush"]


def pulses(powered_down=False, starts_after=0):
    """What is pulsed; the module comes up after so many pulses, never with 0."""
    holder = Holder()
    holder.powered_down = powered_down
    for item in rungs.revive(holder, ids.RUNG_POWER_KEY):
        assert isinstance(item, Sleep) and 10000 <= item.ms <= 90000
        holder.restarts += len(holder.pins) == starts_after
    return [name for name, _ in holder.pins]


def test_the_reset_line_first_and_the_power_key_off_and_on_where_it_does_nothing():
    assert pulses() == ["reset", "power_key", "power_key"]


def test_a_module_that_starts_gets_no_second_pulse():
    """One that was off came up with the first pulse, and the second one switched it off again."""
    assert pulses(starts_after=1) == ["reset"]
    assert pulses(starts_after=2) == ["reset", "power_key"]


def test_a_module_that_said_it_is_off_is_switched_on_at_once():
    assert pulses(True, 1) == ["power_key"]
