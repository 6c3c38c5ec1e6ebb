"""Which card and which modem: whole for who has the key, enough to tell them by for all others."""

from posproto import ids
from whole_host import LockedHost, WholeHost

IDENTITY = {
    "iccid": "89860112345678901239",
    "imei": "861585041234567",
    "imsi": "460011234567890",
    "firmware": "EC200UCNAAR03A08M08",
}


def _host(kind):
    host = kind()
    host.agent.identity = dict(IDENTITY)
    return host


def test_a_cable_alone_reads_the_last_eight_digits():
    for kind in (WholeHost, LockedHost):
        result, value, _ = _host(kind).ask(ids.OP_IDENTITY)
        assert result == ids.R_OK
        assert value["iccid"] == "*" * 12 + "78901239"
        assert value["imei"] == "*" * 7 + "41234567"
        assert value["imsi"] == "*" * 13 + "90"
        assert value["firmware"] == IDENTITY["firmware"]


def test_the_owner_reads_whole_numbers():
    for kind in (WholeHost, LockedHost):
        assert _host(kind).change(ids.OP_IDENTITY)[:2] == (ids.R_OK, IDENTITY)


def test_a_wrong_key_reads_nothing():
    host = _host(LockedHost)
    assert host.change(ids.OP_IDENTITY, key=bytes(32))[:2] == (ids.R_KEY_WRONG, None)


def test_numbers_shorter_than_what_is_told_stay_as_they_are():
    host = _host(WholeHost)
    host.agent.identity = {"iccid": "1234567", "imsi": "4"}
    assert host.ask(ids.OP_IDENTITY)[1] == {"iccid": "1234567", "imsi": "4"}


def test_the_serving_network_is_a_text_in_an_answer_as_in_a_status_frame():
    """It was bytes in the answer, which the schema does not have, and tools left it out."""
    host = WholeHost()
    host.agent.network.serving = b"46000"
    assert host.ask(ids.OP_STATUS)[1][ids.ST_PLMN] == "46000"
    host.sleep(40)
    told = [record for kind, record in host.lines() if kind == ids.FRAME_STATUS]
    assert told[-1][ids.ST_PLMN] == "46000"
