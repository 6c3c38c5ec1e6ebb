"""TLS by the module: nobody is talked to whose certificate was not looked at."""

from against_world import World, exchange
from posagent import modems
from posagent.modems import common
from posproto import ids
from scripted import Rig

CA = (
    b"-----BEGIN CERTIFICATE-----\n"
    + b"MIIB8zCCAZmgAwIBAgIUQ2VydA==\n" * 40
    + b"-----END CERTIFICATE-----\n"
)
FAMILIES = ("quectel", "simcom", "fibocom", "ml307", "luat")
# Whose numbers say that it was the certificate.
REFUSED = {"fibocom": ids.TCP_TLS_CERTIFICATE, "ml307": ids.TCP_TLS_CERTIFICATE}
NAMES = ("quectel", "ml307", "luat")  # that can be told which cipher suite to offer
BY_THE_DATE_ALWAYS = ("fibocom",)  # no way to look past a clock that was never set
LEN_6 = b"\r\n+CCHRECV: LEN,6,0\r\n\r\nOK\r\n"


def online(name, ca=CA, **kwargs):
    common.tls_fails = 0
    common.tls_dates = common.tls_weak = False
    common.tls_suite = 0
    world = World(name, **kwargs)
    world.online()
    return world, world.family.tls(ca)


def notes(world, kind):
    return [note for note in world.operator.notes if note[1] == kind]


def test_a_message_goes_through_tls_and_its_answer_comes_back():
    data = b"\x00\x3c60\r\nOK\r\n+CCHRECV: DATA,0,5\r\n" + bytes(range(256)) * 5
    for family in FAMILIES:
        for cut in (0, 1, 9):
            world, tls = online(family, cut=cut, seed=cut)
            answer, error = world.do(exchange(tls, 0, b"host.example", 700, data))
            assert error is None
            assert answer == (0, True, data), family
            assert len(notes(world, "tls_good")) == 1
            assert notes(world, "tls_unchecked") == []
            assert world.restarts == 0


def test_no_version_older_than_tls_1_2_is_offered():
    """Any version was: whoever sits between could ask for SSL 3.0."""
    for family in FAMILIES:
        world, tls = online(family)
        assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")
        assert len(notes(world, "tls_good")) == 1 and notes(world, "tls_any_version") == []


def test_the_authority_is_loaded_once_and_again_when_it_changes():
    for family in FAMILIES:
        world, tls = online(family)
        for _ in range(3):
            assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")
        assert list(world.modem.files.values()) == [CA]
        tls = world.family.tls(CA + b"\n")
        assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")
        assert len(world.modem.files) == 2


def test_an_ml307_is_spoken_to_as_its_ssl_manual_has_it():
    # SSL manual 5.4 of the 4G series, cl. 3.5 and 4.1: verification of the server, context 1.
    ok = b"\r\nOK\r\n"
    rig = Rig({b"+CCLK?": b'\r\n+CCLK: "26/11/29,10:00:00+32"\r\n' + ok}, modems.load("ml307"))
    tls = rig.engine.family.tls(CA)
    listed = b'\r\n+MSSLLIST: "test.cer",1824\r\n+MSSLLIST: "%s",%d\r\n' % (tls.file, len(CA))
    rig.answers[b"+MSSLLIST=1"] = listed + ok
    opened = b'+MIPOPEN=1,"TCP","www.iottest.work",443,60,2'
    rig.answers[opened] = ok + b"\r\n+MIPOPEN: 1,0\r\n"
    settings = (
        b'+MSSLCFG="ciphersuite",1,C02F',
        b'+MSSLCFG="version",1,3',
        b'+MSSLCFG="auth",1,1',
        b'+MSSLCFG="cert",1,"%s"' % tls.file,
        b'+MSSLCFG="ignorestamp",1,0',
        b'+MSSLCFG="ignoreverify",1,0',
        b'+MIPCFG="encoding",1,0,1',
        b'+MIPCFG="autofree",1,1',
        b'+MIPCFG="ssl",1,1,1',
    )
    for text in settings:
        rig.answers[text] = ok
    common.tls_fails = 0
    assert rig.do(tls.tcp_open(1, b"www.iottest.work", 443, 60000)) == 0
    sent = [bytes(line[2:-1]) for line in rig.sent]
    assert sent == [b"+CCLK?", b"+MSSLLIST=1"] + list(settings) + [opened], sent


def test_a_certificate_that_is_not_ours_is_refused():
    for family in FAMILIES:
        for held in ("expired", "unknown"):
            world, tls = online(family)
            world.operator.certificate = held
            answer = world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0]
            assert answer == (REFUSED.get(family, ids.TCP_TLS), False, b""), (family, held)
            world.operator.certificate = "good"
            assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")


def test_dates_that_do_not_hold_are_told_from_a_stranger_without_one_more_refusal():
    for family in FAMILIES:
        by_number = REFUSED.get(family, ids.TCP_TLS)
        for held, why in (("expired", ids.TCP_TLS_DATES), ("unknown", by_number)):
            world, tls = online(family)
            world.operator.certificate = held
            errors = []
            for _ in range(4):
                errors.append(world.do(tls.tcp_open(0, b"host.example", 700, 60000))[0])
            later = by_number if family in BY_THE_DATE_ALWAYS else why
            assert errors == [by_number] + [later] * 3, (family, held)
            assert len(notes(world, "tls_refused")) <= 4
            world.operator.certificate = "good"
            assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")


def test_a_certificate_that_was_replaced_is_used_at_the_next_try():
    for family in FAMILIES:
        world, tls = online(family)
        world.operator.certificate = "expired"
        assert world.do(tls.tcp_open(0, b"host.example", 700, 60000))[0] >= ids.TCP_TLS
        world.operator.certificate = "good"
        assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")


def test_without_an_authority_nothing_is_opened():
    for family in FAMILIES:
        world, tls = online(family, None)
        assert world.do(tls.tcp_open(0, b"host.example", 700, 9000))[0] == ids.TCP_TLS_NO_CA
        assert notes(world, "tcp_open") == []
    for family in ("sim800", "ublox", "neoway", "telit", "generic"):
        assert modems.load(family).tls(CA) is None


def test_a_module_that_does_not_know_the_date_still_checks_who_it_is():
    for family in FAMILIES:
        world, tls = online(family)
        world.modem.clock_offset_s = None
        answer = world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0]
        if family in BY_THE_DATE_ALWAYS:
            assert answer == (ids.TCP_TLS_CLOCK, False, b"")
            continue
        assert answer == (0, True, b"abc")
        assert len(notes(world, "tls_good")) == 1


def test_a_host_that_refuses_is_no_matter_of_tls():
    for family in FAMILIES:
        world, tls = online(family)
        assert world.do(tls.tcp_open(0, b"host.example", 1, 60000))[0] == ids.TCP_CONNECT


def test_a_host_that_closes_is_noticed():
    for family in FAMILIES:
        world, tls = online(family)
        assert world.do(tls.tcp_open(0, b"host.example", 700, 60000))[0] == 0
        world.modem.net_closed(1, world.now)
        assert world.do(tls.tcp_wait(0, 5000))[0] == ids.NEWS_SOCK_CLOSED
        news = [world.family.urc(line) for line in world.urcs]
        assert (ids.NEWS_SOCK_CLOSED, 0) in news


def test_data_that_come_before_the_ok_of_their_command_are_not_missed():
    end = b"\r\nOK\r\n\r\n+CCHRECV: 0,0\r\n"
    for data, rest in (
        (b"OK\r\n\r\n", b"\r\n" + end),
        (b"OK\r\nab", b"\r\n" + end),
        (b"OK\r\nab", b"\r\n+CCHRECV: 0,0\r\n\r\nOK\r\n"),
    ):
        head = b"\r\n+CCHRECV: DATA,0,6\r\n"
        answers = {b"+CCHRECV?": LEN_6, b"+CCHRECV=0,6": head + data + rest}
        rig = Rig(answers, modems.load("simcom"))
        assert rig.do(rig.engine.family.tls(CA).tcp_recv(0, 500)) == data


def test_data_with_bytes_lost_are_no_data():
    whole = b"\r\nOK\r\n\r\n+CCHRECV: DATA,0,6\r\nabcdef\r\n\r\n+CCHRECV: 0,0\r\n"
    for lost in (1, 2, 3, 5):
        rig = Rig({b"+CCHRECV?": LEN_6, b"+CCHRECV=0,6": whole}, modems.load("simcom"))
        tls = rig.engine.family.tls(CA)
        assert rig.do(tls.tcp_recv(0, 500)) == b"abcdef"
        rig.answers[b"+CCHRECV=0,6"] = whole.replace(b"abcdef", b"abcdef"[lost:])
        assert rig.do(tls.tcp_recv(0, 500)) is None


class Rules:
    """What the settings say, as core.network.path has it."""

    def __init__(self, undated=True, suite=b""):
        self.undated = None
        self.tls_fails = 0
        self.tls_dates = self.tls_weak = False
        self.tls_suite = 0
        self.unnamed = None
        self._rules = undated, suite

    def tls_rules(self):
        return self._rules


def test_another_hosts_certificate_is_refused_where_the_module_can_look_at_names():
    """EG25-G's list of settings has none for it, BG9x has; of the others none is known."""
    for family in FAMILIES:
        for looks in (False, True):
            world, tls = online(family, options={"checkhost": looks})
            world.operator.certificate = "wrong_name"
            answer = world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0]
            if family == "quectel" and looks:
                assert answer[0] == ids.TCP_TLS
                assert notes(world, "tls_wrong_name") == []
            else:
                assert answer == (0, True, b"abc")
                assert notes(world, "tls_wrong_name")


def test_a_module_without_a_clock_connects_as_the_settings_say_and_it_is_told():
    for family in FAMILIES:
        for undated in (True, False):
            world, _ = online(family)
            rules = Rules(undated)
            tls = world.family.tls(CA, rules)
            offset_s, world.modem.clock_offset_s = world.modem.clock_offset_s, None
            answer = world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0]
            if not undated:
                assert answer == (ids.TCP_TLS_CLOCK, False, b"")
                assert notes(world, "tcp_open") == []
            elif family not in BY_THE_DATE_ALWAYS:
                assert answer == (0, True, b"abc") and rules.undated is True
            world.modem.clock_offset_s = offset_s
            assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")
            assert rules.undated is False


def test_one_suite_is_offered_where_a_module_can_be_told_and_nothing_elsewhere():
    for family in NAMES:
        world, _ = online(family)
        world.operator.suites = ("C027",)
        tls = world.family.tls(CA, Rules(suite=b"C027"))
        assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")
        assert notes(world, "tls_any_suite") == []
        tls = world.family.tls(CA, Rules(suite=b"C02F"))
        assert world.do(tls.tcp_open(0, b"host.example", 700, 9000))[0] >= ids.TCP_TLS
    for family in ("simcom", "fibocom"):
        world, _ = online(family)
        tls = world.family.tls(CA, Rules(suite=b"C02F"))
        assert world.do(tls.tcp_open(0, b"host.example", 700, 9000))[0] == ids.TCP_TLS_SUITE
        assert notes(world, "tcp_open") == []


def test_by_default_the_strong_suites_are_named_and_a_family_that_cannot_says_so():
    """Every suite that a module has was offered, down to RC4 and 3DES: the host chose."""
    for family in FAMILIES:
        for taken in (None, ("C02F", "0005"), ("C030",)):
            world, _ = online(family)
            world.operator.suites = taken
            rules = Rules()
            tls = world.family.tls(CA, rules)
            answer = world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0]
            if answer[0] and taken == ("C030",):  # one a try
                answer = world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0]
            assert answer == (0, True, b"abc"), (family, taken)
            assert rules.unnamed is (family not in NAMES)
            assert bool(notes(world, "tls_any_suite")) is (family not in NAMES)


def test_the_suite_that_a_host_took_is_offered_first_from_then_on():
    for family in NAMES:
        world, _ = online(family)
        world.operator.suites = ("C030",)
        rules = Rules()
        tls = world.family.tls(CA, rules)
        assert world.do(tls.tcp_open(0, b"host.example", 700, 60000))[0] == ids.TCP_TLS
        for _ in range(3):
            assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")
        assert [note[2] for note in notes(world, "tls_refused")] == ["suite"], family


def test_a_host_that_takes_weak_suites_alone_is_refused_and_told():
    """Nothing is sent over one: a handshake with all of them shows the reason, and is closed."""
    for family in NAMES:
        world, _ = online(family)
        world.operator.suites = ("0005", "000A", "002F")
        rules = Rules()
        tls = world.family.tls(CA, rules)
        errors = [world.do(tls.tcp_open(0, b"host.example", 700, 60000))[0] for _ in range(6)]
        assert errors[:2] == [ids.TCP_TLS] * 2 and errors[2:] == [ids.TCP_TLS_WEAK] * 4, errors
        assert len(notes(world, "tls_any_suite")) == 1
        world.operator.suites = ("C02F",)
        opened = [world.do(tls.tcp_open(0, b"host.example", 700, 60000))[0] for _ in range(4)]
        assert 0 in opened and not rules.tls_weak, opened


def test_any_suite_is_offered_where_the_settings_ask_for_it_and_it_is_told():
    for family in FAMILIES:
        world, _ = online(family)
        world.operator.suites = ("0005",)
        rules = Rules(suite=b"any")
        tls = world.family.tls(CA, rules)
        assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")
        assert rules.unnamed is True


def test_an_ml307x_wants_its_suites_with_0x():
    world, _ = online("ml307", options={"suite_prefix": "0x"})
    tls = world.family.tls(CA, Rules())
    assert world.do(exchange(tls, 0, b"host.example", 700, b"abc"))[0] == (0, True, b"abc")
    assert notes(world, "tls_any_suite") == []
