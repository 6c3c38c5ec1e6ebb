from against_world import CFG, World, exchange, one
from posagent import modems
from posproto import ids
from scripted import Rig

ESM_33 = ids.CAUSE_ESM << 8 | 33


def barred(family, options=None):
    world = World(family, options=options)
    world.modem.radio.contexts.deactivate(1)
    world.operator.activate = lambda apn: (None, 33, 0)
    return world


def test_a_barred_account_is_told_with_its_cause():
    for family in ("simcom", "sim800"):
        for options in ({}, {"activation_error": "plain"}, {"activation_error": "no carrier"}):
            world = barred(family, options)
            assert world.do(world.family.context_up(CFG)) == ((False, ESM_33), None), options


def test_traffic_goes_through_the_context_of_the_config_and_not_through_ims():
    world = World("simcom", options={"socket_cid": 2})
    world.modem.radio.contexts.define(2, "IP", "ims")
    world.online()
    assert world.modem.settings["socket_cid"] == 1
    assert world.do(exchange(world.family, 1, b"h", 700, b"abc"))[0] == (0, True, b"abc")


def test_a_stack_that_says_already_opened_is_used_as_it_is():
    rig = Rig(
        {
            b"+NETOPEN?": [
                [(9, b"\r\n+NETOPEN: 0\r\n\r\nOK\r\n")],
                [(9, b"\r\n+NETOPEN: 1\r\n\r\nOK\r\n")],
            ],
            b"+NETOPEN": b"\r\n+IP ERROR: Network is already opened\r\n\r\nERROR\r\n",
            b"+IPADDR": b"\r\n+IPADDR: 10.1.2.3\r\n\r\nOK\r\n",
            b'+CGDCONT=1,"IP","cmnet"': b"\r\nOK\r\n",
            b"+CGATT?": b"\r\n+CGATT: 1\r\n\r\nOK\r\n",
            b"+CGACT?": b"\r\n+CGACT: 1,1\r\n\r\nOK\r\n",
        },
        modems.load("simcom"),
    )
    assert rig.do(rig.engine.family.context_up(CFG)) == (True, 0)


def test_a_stack_that_does_not_open_is_closed_again():
    rig = Rig(
        {
            b"+NETOPEN?": b"\r\n+NETOPEN: 0\r\n\r\nOK\r\n",
            b"+NETOPEN": b"\r\nOK\r\n\r\n+NETOPEN: 1\r\n",
            b"+NETCLOSE": b"\r\nERROR\r\n",
            b'+CGDCONT=1,"IP","cmnet"': b"\r\nOK\r\n",
            b"+CGATT?": b"\r\n+CGATT: 1\r\n\r\nOK\r\n",
            b"+CGACT?": b"\r\n+CGACT: 1,1\r\n\r\nOK\r\n",
            b"+CEER": b"\r\n+CEER: No report available\r\n\r\nOK\r\n",
        },
        modems.load("simcom"),
    )
    assert rig.do(rig.engine.family.context_up(CFG)) == (False, 0)
    assert b"AT+NETCLOSE\r" in rig.sent


def test_a_result_before_its_ok_is_a_result():
    rig = Rig(
        {b'+CIPOPEN=1,"TCP","h",7': b"\r\n+CIPOPEN: 1,0\r\n\r\nOK\r\n"}, modems.load("simcom")
    )
    assert rig.do(rig.engine.family.tcp_open(1, b"h", 7, 9000)) == 0


def test_what_the_module_did_not_take_is_sent_again_from_there():
    rig = Rig(
        {
            b"+CIPSEND=1,5": b"\r\n>",
            b"+CIPSEND=1,2": b"\r\n>",
            b"hello": b"\r\nOK\r\n\r\n+CIPSEND: 1,5,3\r\n",
            b"lo": b"\r\nOK\r\n\r\n+CIPSEND: 1,2,2\r\n",
        },
        modems.load("simcom"),
    )
    assert rig.do(rig.engine.family.tcp_send(1, b"hello")) is True
    rig.answers[b"hello"] = b"\r\nOK\r\n\r\n+CIPSEND: 1,5,-1\r\n"  # the link is closed
    assert rig.do(rig.engine.family.tcp_send(1, b"hello")) is False


def test_names_resolve_or_say_why_not():
    for family in ("simcom", "sim800"):
        world = World(family)
        world.online()
        error, address = world.do(world.family.resolve(b"host.example"))[0]
        assert error == 0 and address.count(b".") == 3
        world.operator.path = "dns_fail"
        error, address = world.do(world.family.resolve(b"host.example"))[0]
        assert (error, address) == (ids.TCP_DNS, None)


def test_the_serving_cell_is_read():
    for options in ({}, {"cpsi_indexes": True}):
        world = World("simcom", options=options)
        cell = world.do(world.family.serving_cell())[0]
        assert (cell["plmn"], cell["rsrp_dbm"]) == (b"46000", -93)


def test_events_are_told_in_neutral_words():
    for family, line, event in (
        ("simcom", b"+CIPRXGET: 1,3", (ids.NEWS_SOCK_DATA, 3)),
        ("simcom", b"+CIPRXGET: 4,0,17", None),
        ("simcom", b"+IPCLOSE: 2,1", (ids.NEWS_SOCK_CLOSED, 2)),
        ("simcom", b"+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY", (ids.NEWS_CONTEXT_LOST, 1)),
        ("simcom", b"+SIMCARD: NOT AVAILABLE", (ids.NEWS_SIM_CHANGED, 0)),
        ("simcom", b"+CPIN: SIM REMOVED", (ids.NEWS_SIM_CHANGED, 0)),
        ("simcom", b"NORMAL POWER DOWN", (ids.NEWS_POWERED_DOWN, 0)),
        ("simcom", b"+CGEV: NW PDN DEACT 1", (ids.NEWS_CONTEXT_LOST, 1)),
        ("simcom", b"PB DONE", None),
        ("sim800", b"+CIPRXGET: 1,0", (ids.NEWS_SOCK_DATA, 0)),
        ("sim800", b"1, CLOSED", (ids.NEWS_SOCK_CLOSED, 1)),
        ("sim800", b"+PDP: DEACT", (ids.NEWS_CONTEXT_LOST, 1)),
        ("sim800", b"UNDER-VOLTAGE POWER DOWN", (ids.NEWS_SUPPLY, 0)),
        ("sim800", b"NORMAL POWER DOWN", (ids.NEWS_POWERED_DOWN, 0)),
        ("sim800", b"Call Ready", None),
    ):
        assert modems.load(family).urc(line) == event, line


def test_boot_chatter_does_not_end_in_an_identity():
    rig = Rig(
        {b"+CGSN": b"\r\nSMS DONE\r\n\r\n862636050012345\r\n\r\nPB DONE\r\n\r\nOK\r\n"},
        modems.load("simcom"),
    )
    assert rig.do(one(b"+CGSN")).lines == [b"862636050012345"]
    assert rig.urcs == [b"SMS DONE", b"PB DONE"]
