"""What every family with TCP must do, each against the simulated module of its maker."""

import sys

from against_world import CFG, World, exchange, one
from dropping import Dropping
from posagent import modems
from posagent.core import modules
from posagent.core.modem.command import Restarted
from posproto import ids
from posproto.at import result
from scripted import Rig

FAMILIES = ("quectel", "simcom", "sim800", "ublox", "fibocom", "ml307", "luat", "neoway", "telit")
BEARER_IS_THE_CONTEXT = ("ublox",)  # what an LTE attach brings is what connections use
# Payload that looks like the module's own words.
NASTY = b'\x00\x3c60\r\nOK\r\n\x1a\x1b+QIURC: "closed",1\r\n+IPCLOSE: 1,1\r\n1, CLOSED\r\n'


def test_the_family_is_found_from_what_the_module_says_of_itself():
    for lines, name in (
        ((b"Quectel", b"EC25", b"Revision: EC25EFAR06A01M4G"), "quectel"),
        ((b"Quectel_Ltd", b"EG915U"), "quectel"),
        ((b"QUECTEL_EC200S",), "quectel"),
        ((b"Manufacturer: INCORPORATED", b"Model: A7670C-LASL"), "simcom"),
        ((b"SIMCOM INCORPORATED", b"SIMCOM_SIM7600E-H"), "simcom"),
        ((b"SIMCOM_Ltd", b"SIMCOM_SIM800L"), "sim800"),
        ((b"SIM800 R14.18",), "sim800"),
        ((b"u-blox", b"SARA-R410M-02B"), "ublox"),
        ((b"Fibocom", b"L610-CN-00-00"), "fibocom"),
        ((b"CMCC", b"ML307R", b"ML307R-DL_V2.0.0"), "ml307"),
        ((b"AirM2M_780E_V1171_LTE_AT", b'+CGMI: "AirM2M"'), "luat"),
        ((b"Neoway", b"N58"), "neoway"),
        ((b"332", b"Telit", b"LE910C1-EU"), "telit"),
        ((b"Gosuncn", b"GM800"), "generic"),
        ((), "generic"),
    ):
        assert modems.detect(lines) == name, lines
        assert name == modems.load(name).NAME
    assert modems.load("gosuncn").NAME == "generic"


def test_detection_works_on_what_the_simulated_modules_answer():
    for family in FAMILIES:
        world = World(family)
        lines = []
        for text in (b"I", b"+CGMI", b"+CGMM"):
            lines += world.do(one(text))[0].lines
        assert modems.detect(lines) == family


def test_every_family_offers_the_same():
    names = "NAME INIT BOOT_URCS URCS LIMIT_MS LIMITS TIMES urc module_reset power_down iccid"
    names += " serving_cell usage context_up context_down context_state resolve"
    names = (names + " tcp_open tcp_send tcp_wait tcp_recv tcp_close").split()
    for family in FAMILIES + ("generic",):
        module = modems.load(family)
        assert [n for n in names if not hasattr(module, n)] == []


def test_identity_is_read():
    for family in FAMILIES:
        assert World(family).do(modems.load(family).iccid()) == (b"89860025128306012474", None)


def test_a_context_comes_up_once_and_goes_down():
    for name in FAMILIES:
        world = World(name)
        family = world.family
        if name not in BEARER_IS_THE_CONTEXT:
            assert world.do(family.context_state()) == (None, None)
        world.online()
        assert world.do(family.context_state())[0].startswith(b"10.")
        world.online()
        world.do(family.context_down())
        assert world.do(family.context_state()) == (None, None)
        world.online()


def test_a_context_that_was_deleted_is_not_up_and_comes_back_with_its_definition():
    for name in FAMILIES:
        world = World(name)
        world.do(one(b"+CGDCONT=1"))
        assert world.do(world.family.context_state()) == (None, None)
        assert world.do(world.family.tcp_open(1, b"h", 700, 60000))[0] != 0
        world.online()


def test_a_message_goes_out_and_its_answer_comes_back():
    for family in FAMILIES:
        for cut in (0, 1, 7):
            world = World(family, seed=cut, cut=cut)
            world.online()
            data = NASTY + bytes(range(256)) * 7
            answer, error = world.do(exchange(world.family, 1, b"127.0.0.1", 700, data))
            assert error is None
            assert answer == (0, True, data)
            assert world.modem.overlapped == 0
            assert world.restarts == 0


def test_a_hex_digit_that_noise_changed_ends_the_connection_and_not_the_agent():
    for name in ("ublox", "ml307", "neoway", "telit"):
        for noisy in (b"41\xc2x43", b"414\x1143", b"41424"):
            world = World(name)
            world.online()
            clean = world.modem.output
            world.modem.output = lambda now, c=clean, n=noisy: c(now).replace(b"414243", n)
            answer = world.do(exchange(world.family, 1, b"h", 700, b"xABCx"))
            assert answer == ((0, True, b""), None), (name, noisy, answer)
            world.modem.output = clean
            assert world.do(exchange(world.family, 1, b"h", 700, b"ABC"))[0] == (0, True, b"ABC")


# The maker's TCP/IP manual, chapter 5, for what an opening may end with.
ML307_ERRORS = (
    (550, ids.TCP_UNKNOWN),  # unknown
    (552, ids.TCP_IN_USE),  # in use
    (554, ids.TCP_UNKNOWN),  # no socket
    (557, ids.TCP_CONNECT),  # refused
    (558, ids.TCP_TIMEOUT),
    (559, ids.TCP_CONNECT),  # failed otherwise
    (570, ids.TCP_CONTEXT),  # PDP not active
    (571, ids.TCP_CONTEXT),  # its activation failed
    (575, ids.TCP_CONTEXT),  # no APN
    (580, ids.TCP_DNS),  # not resolved, or no address
    (581, ids.TCP_UNKNOWN),  # the resolver is busy
)


def test_an_ml307_says_in_the_makers_numbers_why_a_connection_did_not_open():
    for code, error in ML307_ERRORS:
        world = World("ml307")
        world.online()
        told = b"+MIPOPEN: 1,%d" % code
        plain = world.modem.output
        world.modem.output = lambda now, p=plain, t=told: p(now).replace(b"+MIPOPEN: 1,0", t)
        assert world.do(world.family.tcp_open(1, b"h", 700, 60000)) == (error, None), code


def test_a_fibocom_whose_context_went_unseen_says_so_and_not_that_its_slot_is_taken():
    for why, error in (
        (b"TCPIP mipcall not active", ids.TCP_CONTEXT),
        (b"631", ids.TCP_CONTEXT),
        (b"TCPIP socket used", ids.TCP_IN_USE),
        (b"617", ids.TCP_IN_USE),
    ):
        answers = {
            b'+GTSET="IPRFMT",5': b"\r\nOK\r\n",
            b'+MIPOPEN=1,,"h",7,0': b"\r\n+TCPIP ERROR: %s\r\n\r\nERROR\r\n" % why,
            b"+MIPCLOSE=1": b"\r\nERROR\r\n",
        }
        rig = Rig(answers, modems.load("fibocom"))
        assert rig.do(rig.engine.family.tcp_open(0, b"h", 7, 60000)) == error, why


def test_an_answer_without_data_is_no_lost_connection():
    for name, command, line in (
        ("ml307", b"+MIPRD=0,9", b"+MIPRD: 0,0"),
        ("ml307", b"+MIPRD=0,9", b"+MIPRD: 0,0,0,"),
        ("neoway", b"+TCPREAD=0,9", b"+TCPREAD: 0,0"),
    ):
        rig = Rig({command: b"\r\n%s\r\n\r\nOK\r\n" % line}, modems.load(name))
        assert rig.do(rig.engine.family.tcp_recv(0, 9)) == b"", line


def test_a_refused_host_is_an_error_and_frees_its_slot():
    for family in FAMILIES:
        for keeps in (False, True):
            world = World(family, options={"failed_open_keeps_slot": keeps})
            world.online()
            for _ in range(2):
                answer = world.do(exchange(world.family, 1, b"127.0.0.1", 1, b"x"))[0]
                assert answer == (ids.TCP_CONNECT, False, b"")
            assert world.do(exchange(world.family, 1, b"h", 700, b"x"))[0] == (0, True, b"x")


def test_a_slot_left_open_is_closed_and_opened_again():
    for family in FAMILIES:
        world = World(family)
        world.online()
        assert world.do(world.family.tcp_open(1, b"127.0.0.1", 700, 60000))[0] == 0
        assert world.do(exchange(world.family, 1, b"h", 700, b"abc"))[0] == (0, True, b"abc")


def test_a_connection_that_the_host_ends_is_noticed():
    for family in FAMILIES:
        world = World(family)
        world.online()
        world.net.greeting = b"bye"
        assert world.do(world.family.tcp_open(1, b"h", 700, 60000))[0] == 0
        assert world.do(world.family.tcp_wait(1, 5000))[0] == ids.NEWS_SOCK_DATA
        assert world.do(world.family.tcp_recv(1, 100))[0] == b"bye"
        assert world.do(world.family.tcp_recv(1, 100))[0] == b""
        world.modem.net_closed(1, world.now)
        assert world.do(world.family.tcp_wait(1, 5000))[0] == ids.NEWS_SOCK_CLOSED


def test_a_lost_context_ends_the_wait():
    for family in FAMILIES:
        world = World(family)
        world.online()
        assert world.do(world.family.tcp_open(1, b"h", 700, 60000))[0] == 0
        world.net.later(500, world.context_lost)
        news = world.do(world.family.tcp_wait(1, 20000))[0]
        # Neoway's and Telit's own words are of each link alone; +CGEV tells of the context.
        of_the_link = family in ("neoway", "telit")
        assert news == (ids.NEWS_SOCK_CLOSED if of_the_link else ids.NEWS_CONTEXT_LOST)


def test_a_wait_ends_by_itself():
    for family in FAMILIES:
        world = World(family)
        before = world.now
        assert world.do(world.family.tcp_wait(1, 5000)) == (None, None)
        assert world.now - before == 5000


def test_power_goes_down_only_after_the_module_said_so():
    for family in FAMILIES:
        world = World(family)
        assert world.do(world.family.power_down()) == (True, None)


def test_a_module_reset_is_noticed_and_set_up_again():
    for family in FAMILIES:
        world = World(family)
        world.do(world.family.module_reset())
        world.run(60000)
        world.do(one(b"+CSQ"))  # without a boot line it is the next question that shows it
        world.run(5000)
        assert world.restarts == 1
        assert world.modem.port.echo is False
        assert world.do(world.family.iccid())[0] == b"89860025128306012474"


def test_a_reset_in_the_middle_of_every_command_heals():
    data = b"0123456789" * 20

    def script(family):
        up = yield from family.context_up(CFG)
        answer = yield from exchange(family, 1, b"127.0.0.1", 700, data)
        return up, answer

    for name in FAMILIES:
        for at_ms in range(5, 9000, 165):
            world = World(name)
            ends = world.begin(script(world.family))
            world.run(at_ms)
            if ends:
                break
            world.modem.brown_out()
            # No boot line and no pin: what may wait behind a prompt is left alone for ten minutes.
            world.run(700000 if name == "telit" else 90000)
            assert len(ends) == 1, "each task ends once"
            assert world.restarts == 1
            assert world.modem.port.echo is False
            value, error = ends[0]
            assert isinstance(error, Restarted) or data.startswith(value[1][2])
            world.online()
            assert world.do(exchange(world.family, 1, b"h", 700, data))[0] == (0, True, data)
        assert 500 < at_ms < 8000


def test_a_hang_in_the_middle_of_a_message_ends_it_in_bounded_time():
    for name, places in (
        ("quectel", ("QIOPEN", "QISEND", "QIRD", "QICLOSE")),
        ("simcom", ("CIPOPEN", "CIPSEND", "CIPRXGET", "CIPCLOSE")),
        ("sim800", ("CIPSTART", "CIPSEND", "CIPRXGET", "CIPCLOSE")),
        ("ublox", ("USOCO", "USOWR", "USORD", "USOCL")),
        ("fibocom", ("MIPOPEN", "MIPSEND", "MIPREAD", "MIPCLOSE")),
        ("ml307", ("MIPOPEN", "MIPSEND", "MIPRD", "MIPCLOSE")),
        ("luat", ("CIPSTART", "CIPSEND", "CIPRXGET", "CIPCLOSE")),
        ("neoway", ("TCPSETUP", "TCPSEND", "TCPREAD", "TCPCLOSE")),
        ("telit", ("SD=", "SSENDEXT", "SRECV", "SH=")),
    ):
        for place in places:
            world = World(name)
            world.online()
            world.modem.faults.hang_on = place
            before = world.now
            answer, error = world.do(exchange(world.family, 1, b"127.0.0.1", 700, b"abc"))
            assert error is None
            assert world.now - before < 130000
            if place[-4:] in ("OPEN", "TART", "ETUP", "SEND") or place in (
                "USOCO",
                "USOWR",
                "SD=",
                "SSENDEXT",
            ):
                assert answer[1] is False
            world.run(60000)
            assert world.engine.dead


def test_a_module_that_lost_how_to_deliver_data_is_told_before_the_next_connection():
    world = World("sim800")
    world.online()
    world.modem.settings["ciprxget"] = 0  # a reset that nobody saw: it pushes data at us
    answer, error = world.do(exchange(world.family, 1, b"127.0.0.1", 700, b"abc"))
    assert error is None and answer == (0, True, b"abc")


def test_a_hung_module_is_dead_until_its_reset_pin_is_pulled():
    for family in FAMILIES:
        world = World(family)
        world.modem.hang()
        assert world.do(one(b"+CSQ"))[0].result == result.TIMEOUT
        world.run(60000)
        assert world.engine.dead
        world.modem.reset_pin(world.now)
        world.run(40000)
        assert not world.engine.dead
        assert world.restarts == 1
        assert world.do(one(b"+CSQ"))[0].result == result.OK


def test_only_the_family_in_use_stays_loaded():
    with Dropping():
        before = [name for name in modules.begin() if not name.startswith("posagent.modems.")]
        family = modems.load("quectel")
        assert family.iccid and "posagent.modems.quectel_rare" in sys.modules
        modules.end(before)
        assert "posagent.modems.quectel_rare" not in sys.modules
        assert sys.modules["posagent.modems.quectel"] is family
        before = modules.begin()
        modems.load("simcom")
        modules.end(before)
        assert "posagent.modems.quectel" not in sys.modules
    assert World("quectel").do(family.iccid())[0] == b"89860025128306012474"
