from against_world import World
from posagent import modems
from posagent.core.steps import Command, Restarted
from posproto import ids
from posproto.at import result

CFG = {
    "apn": "cmnet",
    "pdp_type": "IP",
    "apn_auth": "none",
    "apn_user": "",
    "apn_password": "",
}


def exchange(family, sock, host, port, data):
    """Open, send, read as much as was sent, close: (error, sent, what came)."""
    error = yield from family.tcp_open(sock, host, port, 60000)
    if error:
        return error, False, b""
    sent = yield from family.tcp_send(sock, data)
    got = b""
    while len(got) < len(data):
        event = yield from family.tcp_wait(sock, 20000)
        if event != modems.SOCK_DATA:
            break
        while True:
            piece = yield from family.tcp_recv(sock, 1500)
            if not piece:
                break
            got += piece
    yield from family.tcp_close(sock)
    return 0, sent, got


def online(world):
    (up, cause), error = world.do(world.family.context_up(CFG))
    assert (up, cause, error) == (True, 0, None)


def test_identity_cell_and_counters_are_read():
    world = World()
    assert world.do(world.family.iccid()) == (b"89860025128306012474", None)
    cell = world.do(world.family.serving_cell())[0]
    assert (cell["plmn"], cell["rsrp_dbm"]) == (b"46000", -93)
    assert world.do(world.family.usage()) == ((0, 0), None)


def test_a_context_comes_up_once_and_goes_down():
    world = World()
    family = world.family
    assert world.do(family.context_state()) == (None, None)
    online(world)
    assert world.do(family.context_state())[0].startswith(b"10.")
    online(world)  # this maker answers ERROR to a second activation
    world.do(family.context_down())
    assert world.do(family.context_state()) == (None, None)


def test_a_barred_account_is_told_with_its_cause():
    for options, cause in (
        ({}, ids.CAUSE_ESM << 8 | 33),
        ({"activation_error": "plain"}, ids.CAUSE_ESM << 8 | 33),
        ({"activation_error": "plain", "ceer": "none"}, 0),
    ):
        world = World(options=options)
        world.modem.radio.contexts.deactivate(1)
        world.operator.activate = lambda apn: (None, 33, 0)
        assert world.do(world.family.context_up(CFG)) == ((False, cause), None)


def test_a_message_goes_out_and_its_answer_comes_back():
    world = World()
    online(world)
    data = b'\x00\x3c60\r\nOK\r\n\x1a\x1b+QIURC: "closed",1\r\n' + bytes(range(256)) * 7
    answer, error = world.do(exchange(world.family, 1, b"127.0.0.1", 700, data))
    assert error is None
    assert answer == (0, True, data)
    assert world.modem.overlapped == 0


def test_a_refused_host_is_an_error_and_frees_its_slot():
    for keeps in (False, True):
        world = World(options={"failed_open_keeps_slot": keeps})
        online(world)
        for _ in range(2):
            answer = world.do(exchange(world.family, 1, b"127.0.0.1", 1, b"x"))[0]
            assert answer == (modems.E_CONNECT, False, b"")
        assert world.do(exchange(world.family, 1, b"127.0.0.1", 700, b"x"))[0] == (0, True, b"x")


def test_a_slot_left_open_is_closed_and_opened_again():
    world = World()
    online(world)
    assert world.do(world.family.tcp_open(1, b"127.0.0.1", 700, 60000))[0] == 0
    assert world.do(exchange(world.family, 1, b"127.0.0.1", 700, b"abc"))[0] == (0, True, b"abc")


def test_no_context_means_no_connection():
    world = World()
    world.modem.radio.contexts.deactivate(1)
    assert world.do(world.family.tcp_open(1, b"127.0.0.1", 700, 60000))[0] == modems.E_CONTEXT


def test_names_resolve_or_say_why_not():
    world = World()
    online(world)
    error, address = world.do(world.family.resolve(b"host.example"))[0]
    assert error == 0 and address.count(b".") == 3
    world.operator.path = "dns_fail"
    error, address = world.do(world.family.resolve(b"host.example"))[0]
    assert error > modems.E_UNKNOWN - 1 and address is None
    world.operator.path = "dns_silent"
    assert world.do(world.family.resolve(b"host.example"))[0][1] is None


def test_events_are_told_in_neutral_words():
    family = World(setup=False).family
    for line, event in (
        (b'+QIURC: "recv",1', (modems.SOCK_DATA, 1)),
        (b'+QIURC: "recv",11,42', (modems.SOCK_DATA, 11)),
        (b'+QIURC: "closed",0', (modems.SOCK_CLOSED, 0)),
        (b'+QIURC: "pdpdeact",1', (modems.CONTEXT_LOST, 1)),
        (b'+QIURC: "dnsgip",0,1,600', None),
        (b"+QUSIM: 1", (modems.SIM_CHANGED, 0)),
        (b"+QSIMSTAT: 1,0", (modems.SIM_CHANGED, 0)),
        (b"+CPIN: NOT READY", (modems.SIM_CHANGED, 0)),
        (b'+CMTI: "ME",3', (modems.SMS_NEW, 3)),
        (b"+CGEV: NW DETACH", (modems.DETACHED, 0)),
        (b"+CGEV: ME DETACH", (modems.DETACHED, 0)),
        (b"+CGEV: NW PDN DEACT 2", (modems.CONTEXT_LOST, 2)),
        (b'+CGEV: NW DEACT "IP","10.0.0.1",1', (modems.CONTEXT_LOST, 1)),
        (b"+CGEV: ME PDN ACT 1", None),
        (b"POWERED DOWN", (modems.POWERED_DOWN, 0)),
        (b"+QIND: SMS DONE", None),
        (b"+QIURC:", None),
    ):
        assert family.urc(line) == event, line


def test_power_goes_down_only_after_the_module_said_so():
    world = World()
    assert world.do(world.family.power_down()) == (True, None)


def test_a_module_reset_is_noticed_and_set_up_again():
    world = World()
    world.do(world.family.module_reset())
    world.run(40000)
    assert world.restarts == 1
    assert world.modem.port.echo is False
    assert world.do(world.family.iccid())[0] == b"89860025128306012474"


def test_bytes_in_any_pieces_give_the_same_exchange():
    data = bytes(range(256)) * 3
    for seed in range(8):
        world = World(seed=seed, cut=1 + seed * 3)
        online(world)
        answer = world.do(exchange(world.family, 1, b"127.0.0.1", 700, data))[0]
        assert answer == (0, True, data)


def test_a_reset_in_the_middle_of_every_command_heals():
    data = b"0123456789" * 20

    def script(family):
        up = yield from family.context_up(CFG)
        answer = yield from exchange(family, 1, b"127.0.0.1", 700, data)
        return up, answer

    for at_ms in range(5, 3000, 85):
        world = World()
        ends = []

        def done(value, error):
            ends.append((value, error))

        world.engine.start("script", script(world.family), done)
        world.run(at_ms)
        if ends:
            break
        world.modem.brown_out()
        world.run(60000)
        assert len(ends) == 1, "each task ends once"
        assert world.restarts == 1
        assert world.modem.port.echo is False
        value, error = ends[0]
        assert isinstance(error, Restarted) or data.startswith(value[1][2])
        online(world)
        assert world.do(exchange(world.family, 1, b"127.0.0.1", 700, data))[0] == (0, True, data)
    assert at_ms > 500


def test_a_line_that_loses_bytes_never_pairs_an_answer_with_another_command():
    """Every answer carries its command's name; what is lost is a time-out, never a mix-up."""
    pairs = [0, 0]

    def ask_around(family):
        for _ in range(25):
            for text, head in (
                (b"+CSQ", b"+CSQ: "),
                (b"+CEREG?", b"+CEREG: "),
                (b"+COPS?", b"+COPS: "),
                (b"+CGSN", b"86"),
                (b"+CPIN?", b"+CPIN: "),
            ):
                reply = yield Command(text, 2000)
                if reply.result == result.OK:
                    pairs[0] += 1
                    for line in reply.lines:
                        assert line.startswith(head[:1]), (text, line)
                        if head[0] == 43 and line[:5] != head[:5]:
                            pairs[1] += 1

    for seed in range(6):
        world = World(seed=seed)
        world.modem.faults.lose_out = 4
        world.do(ask_around(world.family), 3600000)
        world.modem.faults.lose_out = 0
        world.run(120000)
        assert not world.engine.dead
        reply, error = world.do(one(b"+CSQ"))
        assert reply.result == result.OK and reply.lines[0].startswith(b"+CSQ: ")
    assert pairs[0] > 300
    assert pairs[1] == 0


def test_a_hung_module_is_dead_until_its_reset_pin_is_pulled():
    world = World()
    world.modem.hang()
    assert world.do(one(b"+CSQ"))[0].result == result.TIMEOUT
    world.run(60000)
    assert world.engine.dead
    world.modem.reset_pin(world.now)
    world.run(30000)
    assert not world.engine.dead
    assert world.restarts == 1
    assert world.do(one(b"+CSQ"))[0].result == result.OK


def test_a_hang_in_the_middle_of_a_message_ends_it_in_bounded_time():
    for place in ("QIOPEN", "QISEND", "QIRD", "QICLOSE"):
        world = World()
        online(world)
        world.modem.faults.hang_on = place
        before = world.now
        answer, error = world.do(exchange(world.family, 1, b"127.0.0.1", 700, b"abc"))
        assert error is None
        assert world.now - before < 90000
        if place in ("QIOPEN", "QISEND"):
            assert answer[1] is False
        world.run(60000)
        assert world.engine.dead


def one(text):
    reply = yield Command(text)
    return reply
