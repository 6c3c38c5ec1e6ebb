from against_world import CFG, World, one
from posagent.core.modem.command import Command
from posagent.modems import attach
from posproto import ids
from posproto.at import result


def test_identity_cell_and_counters_are_read():
    world = World()
    assert world.do(world.family.iccid()) == (b"89860025128306012474", None)
    cell = world.do(world.family.serving_cell())[0]
    assert (cell["plmn"], cell["rsrp_dbm"]) == (b"46000", -93)
    assert world.do(world.family.usage()) == ((0, 0), None)


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


def test_why_it_is_denied_is_asked_in_the_standard_s_way_and_then_in_the_maker_s():
    for options, cause in (
        ({"ceer": "three"}, 7),
        ({"ceer": "none", "emmcause": True}, 7),
        ({"ceer": "none"}, 0),
    ):
        world = World(options=options)
        world.modem.radio.cause = [7, 7, 7]
        world.modem.radio.stat = [3, 3, 3]
        why = world.do(attach.why_denied(world.family))
        assert why == (ids.CAUSE_EMM << 8 | cause if cause else 0, None), options
    other = World("simcom", options={"ceer": "none"})  # another maker's command is not tried there
    before = other.modem.commands_seen
    assert other.do(attach.why_denied(other.family)) == (0, None)
    assert other.modem.commands_seen == before + 1


def test_no_context_means_no_connection():
    world = World()
    world.modem.radio.contexts.deactivate(1)
    assert world.do(world.family.tcp_open(1, b"127.0.0.1", 700, 60000))[0] == ids.TCP_CONTEXT


def test_names_resolve_or_say_why_not():
    world = World()
    world.online()
    error, address = world.do(world.family.resolve(b"host.example"))[0]
    assert error == 0 and address.count(b".") == 3
    world.operator.path = "dns_fail"
    error, address = world.do(world.family.resolve(b"host.example"))[0]
    assert error > ids.TCP_UNKNOWN - 1 and address is None
    world.operator.path = "dns_silent"
    assert world.do(world.family.resolve(b"host.example"))[0][1] is None


def test_events_are_told_in_neutral_words():
    family = World(setup=False).family
    for line, event in (
        (b'+QIURC: "recv",1', (ids.NEWS_SOCK_DATA, 1)),
        (b'+QIURC: "recv",11,42', (ids.NEWS_SOCK_DATA, 11)),
        (b'+QIURC: "closed",0', (ids.NEWS_SOCK_CLOSED, 0)),
        (b'+QIURC: "pdpdeact",1', (ids.NEWS_CONTEXT_LOST, 1)),
        (b'+QIURC: "dnsgip",0,1,600', None),
        (b"+QUSIM: 1", (ids.NEWS_SIM_CHANGED, 0)),
        (b"+QSIMSTAT: 1,0", (ids.NEWS_SIM_CHANGED, 0)),
        (b"+CPIN: NOT READY", (ids.NEWS_SIM_CHANGED, 0)),
        (b'+CMTI: "ME",3', (ids.NEWS_SMS, 3)),
        (b"+CGEV: NW DETACH", (ids.NEWS_DETACHED, 1)),
        (b"+CGEV: ME DETACH", (ids.NEWS_DETACHED, 0)),
        (b"+CGEV: NW PDN DEACT 2", (ids.NEWS_CONTEXT_LOST, 2)),
        (b'+CGEV: NW DEACT "IP","10.0.0.1",1', (ids.NEWS_CONTEXT_LOST, 1)),
        (b"+CGEV: ME PDN ACT 1", None),
        (b"POWERED DOWN", (ids.NEWS_POWERED_DOWN, 0)),
        (b"+QIND: SMS DONE", None),
        (b"+QIURC:", None),
    ):
        assert family.urc(line) == event, line


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
        reply = world.do(one(b"+CSQ"))[0]
        assert reply.result == result.OK and reply.lines[0].startswith(b"+CSQ: ")
    assert pairs[0] > 300
    assert pairs[1] == 0
