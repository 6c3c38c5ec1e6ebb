"""Transcripts of real modules, read by the parsers: one file per module and firmware."""

from dual import TESTS, vectors
from posagent import modems
from posproto.at import (
    Unreadable,
    causes,
    cell,
    cell_more,
    errors,
    identity,
    operator,
    packet,
    registration,
    result,
    shapes,
    signal,
    sim,
    sms,
    time,
    ussd,
    vendor,
)

FILES = [
    "ts27007",
    "misread_by_others",
    "modemmanager_handsets",
    "nrf9160",
    "quectel_ec25",
    "quectel_ec200u_tcp",
    "quectel_bg96",
    "simcom_sim7600",
    "simcom_a76xx",
    "simcom_sim7080",
    "simcom_sim800",
    "ublox_sara",
    "fibocom_onemo",
    "fibocom_l610",
    "cmiot_ml307",
    "luat_air780",
    "neoway_n58",
    "telit_le910",
    "ussd",
    "sms",
]
# Parser by its name in the vectors, with the names of what it returns.
LINE = {
    "csq": (signal.csq, "rssi_dbm ber"),
    "cesq": (signal.cesq, "rssi_dbm ber rscp_dbm ecno_db rsrq_db rsrp_dbm"),
    "qcsq": (cell.qcsq, ""),
    "qeng": (cell.qeng, ""),
    "cpsi": (cell.cpsi, ""),
    "gtccinfo": (cell_more.gtccinfo, ""),
    "muestats": (cell_more.muestats, ""),
    "netdmsg": (cell_more.netdmsg, ""),
    "cops": (operator.cops, "mode format oper act"),
    "cpin": (sim.cpin, "state"),
    "cpinr": (identity.cpinr, "code retries"),
    "imsi": (identity.imsi, "imsi"),
    "imei": (identity.imei, "imei"),
    "iccid": (identity.iccid, "iccid"),
    "fplmn": (identity.fplmn, ""),
    "cgatt": (packet.cgatt, ""),
    "cfun": (packet.cfun, ""),
    "cgact": (packet.cgact, "cid state"),
    "cgdcont": (packet.cgdcont, "cid pdp_type apn address"),
    "cgpaddr": (packet.cgpaddr, "cid address"),
    "cgcontrdp": (packet.cgcontrdp, "cid bearer_id apn address gateway dns1 dns2"),
    "cgev": (packet.cgev, "event by_network cid"),
    "ceer": (packet.ceer, "text cause"),
    "zone": (time.zone, ""),
    "error": (errors.code, "domain number"),
    "ussd": (ussd.parse, "m text dcs sure"),
    "urc": (vendor.urc, ""),
}
REGISTRATION = "domain n stat area ci act rac cause_type reject_cause"


def plain(value):
    """As JSON has it: texts for bytes, lists for tuples."""
    if isinstance(value, (bytes, bytearray)):
        return str(value, "utf-8")
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def named(names, value):
    """A tuple as a map without what is None; other values as they are."""
    names = names.split()
    if not names:
        return plain(value)
    values = value if isinstance(value, tuple) else (value,)
    return {name: plain(item) for name, item in zip(names, values) if item is not None}


def message(line):
    got = sms.deliver(line)
    return {
        "sender": got.sender,
        "unix_s": got.unix_s,
        "text": sms.text(got.scheme, got.data),
        "part": [got.reference, got.total, got.sequence],
        "sure": got.sure,
    }


def read(vector):
    kind = vector["parse"]
    line = vector.get("line", "").encode()
    if kind in LINE:
        parse, names = LINE[kind]
        return named(names, parse(line))
    if kind == "news":
        return plain(modems.load(vector["family"]).urc(line))
    if kind == "address":
        return plain(modems.load(vector["family"]).context_of((line,)))
    if kind == "registration":
        answer = registration.parse(line, vector.get("asked"), vector.get("mode"))
        return named(REGISTRATION, answer)
    if kind == "stamp":
        return named("unix_s zone", time.stamp(line, vector.get("utc")))
    if kind == "shape":
        form, values = shapes.parse(line)
        values["kind"] = form
        return plain(values)
    if kind == "final":
        extras = tuple([extra.encode() for extra in vector.get("extras", ())])
        return result.final(line, 0, len(line), extras)
    if kind in ("terse", "number"):
        return getattr(result, kind)(line, 0, len(line))
    if kind == "judge":
        return named("class timer account", causes.judge(vector["domain"], vector["cause"]))
    if kind == "deliver":
        return message(line)
    if kind == "cme_sim":
        return sim.cme_state(vector["number"])
    if kind == "cme_cause":
        return plain(causes.from_cme(vector["number"]))
    return plain(getattr(operator, kind)(vector["text"].encode()))


def check(name):
    found = vectors("at/" + name + ".json")
    assert found["source"] and found["module"] and found["firmware"]
    for vector in found["vectors"]:
        try:
            got = read(vector)
        except Unreadable as error:
            assert vector.get("error"), (vector, error)
            continue
        assert not vector.get("error"), (vector, got)
        assert got == vector["want"], (vector, got)
    return len(found["vectors"])


def test_answers_of_the_standard():
    assert check("ts27007") > 200


def test_answers_that_well_known_programs_misread():
    check("misread_by_others")


def test_handsets_and_data_cards():
    check("modemmanager_handsets")


def test_nordic():
    check("nrf9160")


def test_quectel():
    check("quectel_ec25")
    check("quectel_ec200u_tcp")
    check("quectel_bg96")


def test_simcom():
    check("simcom_sim7600")
    check("simcom_a76xx")
    check("simcom_sim7080")
    check("simcom_sim800")


def test_ublox_telit_fibocom_and_onemo():
    check("ublox_sara")
    check("telit_le910")
    check("fibocom_onemo")


def test_modules_of_terminals_in_china():
    check("fibocom_l610")
    check("cmiot_ml307")
    check("luat_air780")
    check("neoway_n58")


def test_ussd_answers_in_every_coding():
    check("ussd")


def test_short_messages_in_pdu_mode():
    check("sms")


def test_every_file_of_vectors_is_run():
    import os

    found = {name[:-5] for name in os.listdir(TESTS + "/vectors/at") if name.endswith(".json")}
    assert found == set(FILES), found ^ set(FILES)
