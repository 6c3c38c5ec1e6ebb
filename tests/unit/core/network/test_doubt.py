"""One odd answer of the modem changes nothing; two looks that agree do, and news at once."""

from heard import Heard
from posproto import ids
from posproto.at.result import CME, OK
from talk import talk

DOMAINS = b"+CREG?;+CGREG?;+CEREG?"
HOME = (b"+CREG: 2,1", b"+CGREG: 2,0", b'+CEREG: 2,1,"1A","2B",7')


class Looked(Heard):
    def told(self, event_id):
        return [args for told, args in self.events if told == event_id]

    def sees(self, lines, power=b"+CESQ: 99,99,255,255,20,46", **more):
        """One look that is answered so."""
        answers = {
            b"+CSQ;" + DOMAINS: (OK, b"+CSQ: 20,99") + lines,
            b"+CESQ;" + DOMAINS: (OK, power) + lines,
            b"+CESQ": (OK, power),
            b"+CSQ": (OK, b"+CSQ: 20,99"),
            b"+CFUN?": (OK, b"+CFUN: 1"),
        }
        answers.update({name.encode(): more[name] for name in more})
        talk(self.look(), answers)
        return self


def at_home():
    return Looked().sees(HOME).sees(HOME)


def level(net, rsrp_dbm):
    """(weak, seconds to a second look) after a look with this RSRP."""
    net.sees(HOME, b"+CESQ: 99,99,255,255,20,%d" % (rsrp_dbm + 141))
    return net.weak, net.doubt.again_s()


def test_a_lost_digit_made_minus_137_dbm_and_a_weak_signal_of_a_good_one():
    net = at_home()
    assert level(net, -137) == (False, 4)
    assert net.signal_dbm == -95  # as it stands until the second look
    assert level(net, -95) == (False, 0)
    assert net.told(ids.E_SIGNAL) == []


def test_a_signal_that_is_weak_at_the_second_look_too_is_weak():
    net = at_home()
    assert [level(net, dbm) for dbm in (-113, -112)] == [(False, 4), (True, 0)]
    assert net.told(ids.E_SIGNAL) == [{ids.A_SIGNAL_DBM: -112}] and net.signal_dbm == -112
    # And it stays so until two looks say that it is clearly better.
    told = [level(net, dbm) for dbm in (-109, -105, -104, -111, -104, -103)]
    assert told == [(True, 0), (True, 0), (True, 4), (True, 0), (True, 4), (False, 0)]


def test_a_signal_that_is_weak_stays_so_when_the_module_restarts():
    net = at_home()
    level(net, -115), level(net, -115)
    net.reset()
    assert net.weak and level(net.sees(HOME), -115) == (True, 0)


def test_a_level_that_flickers_around_the_limit_is_one_change_at_most():
    net = at_home()
    for dbm in (-111, -109, -111, -112, -108, -112, -107) * 20:
        level(net, dbm)
    assert len(net.told(ids.E_SIGNAL)) == 1


def test_a_registered_module_was_called_denied_for_a_byte_that_the_wire_lost():
    """`3,1,"1A"` is an answer, `3,"1A"` or `3,,"1A"` would be news of a denial."""
    for odd in (
        b'+CEREG: 2,3,"1A","2B",7',  # a bit turned: the answer's own stat
        b'+CEREG: 3,,"1A","2B",7',
        b'+CEREG: 3,1"1A","2B",7',
        b"+CEREG: 3,",
    ):
        net = at_home()
        for asked in (True, False):
            net.on_line(odd, asked)
            assert net.registered() and not net.denied() and net.doubt.again_s(), odd
            net.sees(HOME)
            assert net.registered() and not net.doubt.again_s(), odd
        assert len(net.told(ids.E_REGISTRATION)) == 2, odd  # that it came home, for calls and data


def test_a_loss_that_no_line_told_counts_at_the_second_look_and_a_line_at_once():
    searching = (b"+CREG: 2,2", b"+CGREG: 2,0", b"+CEREG: 2,2")
    net = at_home().sees(searching)
    assert net.registered() and net.doubt.again_s()
    assert not net.sees(searching).registered()
    net.sees(HOME)
    assert net.registered()  # what comes back needs no second look
    net.on_line(b"+CEREG: 2", False)
    assert not net.registered()
    net = at_home()
    net.on_line(b'+CEREG: 3,"1A","2B",7,0,15', False)
    assert net.denied() and net.reject_cause == ids.CAUSE_EMM << 8 | 15
    net.on_line(b"+CEREG: 3,,,,0,17", False)  # no place, but a cause
    assert net.reject_cause == ids.CAUSE_EMM << 8 | 17


def test_congestion_that_lost_a_digit_is_no_barred_device():
    """Cause 15 without its 1 is 5: IMEI not accepted."""
    net = Looked()
    denied = (b"+CREG: 2,3", b"+CGREG: 2,3", b'+CEREG: 3,3,"1A","2B",7,0,%d')
    for number, cause in ((15, 15), (5, 15), (15, 15), (5, 15), (5, 5)):
        net.sees(denied[:2] + (denied[2] % number,))
        assert net.reject_cause == ids.CAUSE_EMM << 8 | cause
        assert net.denied()


def test_one_look_makes_no_terminal_roam_nor_its_line_slow():
    net = Looked("deny").sees(HOME)
    net.sees(HOME[:2] + (b'+CEREG: 2,5,"1A","2B",7',))
    assert net.registered() and not net.abroad()
    net.sees(HOME)
    slow = HOME[:2] + (b'+CEREG: 2,1,"1A","2B",3',)
    net._clock.s = 700
    assert not net.sees(slow).slow_rat()
    assert not net.sees(HOME).slow_rat() and net.act_s == 0
    assert not net.sees(slow).slow_rat()
    assert net.sees(slow).slow_rat() and net.act_s == 700


def test_the_technology_of_calls_and_edge_beside_gsm_set_no_clock_back():
    """The hours on 2G were counted anew at each look where one domain said EDGE, one GSM."""
    net = Looked()
    lines = (b'+CREG: 2,1,"1A","2B",0', b'+CGREG: 2,1,"1A","2B",3', b"+CEREG: 2,0")
    net._clock.s = 60
    net.sees(lines)
    assert net.slow_rat() and net.act_s == 60
    net._clock.s = 660
    for _ in range(3):
        net.sees(lines)
    assert net.slow_rat() and net.act_s == 60
    on_lte = (b'+CREG: 2,1,"1A","2B",0', b"+CGREG: 2,0", b'+CEREG: 2,1,"1A","2B",7')
    for _ in range(3):
        net.sees(on_lte)
        assert not net.slow_rat() and net.act == 7


def test_a_card_that_answers_once_that_it_is_gone_is_still_there():
    net = Looked()
    talk(net.look_sim(), {b"+CPIN?": (OK, b"+CPIN: READY")})
    talk(net.look_sim(), {b"+CPIN?": (CME, 10)})
    assert net.sim == ids.SIM_READY and not net.card_gone() and net.doubt.again_s()
    talk(net.look_sim(), {b"+CPIN?": (CME, 10)})
    assert net.sim == ids.SIM_ABSENT and net.card_gone()
    talk(net.look_sim(), {b"+CPIN?": (OK, b"+CPIN: READY")})
    assert net.sim == ids.SIM_READY
    net.on_sim_text(b"+CPIN: NOT INSERTED")
    assert net.card_gone()


def test_a_radio_that_is_on_was_called_off_for_the_second_number_behind_it():
    """u-blox and others answer `+CFUN: 1,0`."""
    lines = (b"+CREG: 2,2", b"+CGREG: 2,2", b"+CEREG: 2,2")
    for answer, fun in ((b"+CFUN: 1,0", 1), (b"+CFUN: 4,0", 4), (b"+CFUN: 0", 0)):
        net = Looked()
        for _ in range(2):
            net.sees(lines, **{"+CFUN?": (OK, answer)})
        assert net.fun == fun, answer
    net.sees(lines, **{"+CFUN?": (OK, b"+CFUN: 1")})
    assert net.fun == 0 and net.sees(lines).fun == 1


def test_a_network_on_the_list_is_asked_for_until_it_is_read_whole():
    """One lost digit of the visited network's number kept a terminal off the air for good."""
    net = Looked("list", "46001")
    registered = (b"+CREG: 2,5", b"+CGREG: 2,0", b'+CEREG: 2,5,"1A","2B",7')
    for plmn, allowed in ((b"4600", False), (b"46001", True)):
        cops = {"+COPS=3,2": (OK,), "+COPS?": (OK, b'+COPS: 0,2,"%s",7' % plmn)}
        assert net.sees(registered, **cops).registered() == allowed
