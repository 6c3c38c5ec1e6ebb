"""The configuration file: what people write into it, and what a cut leaves of it."""

from memory_storage import MemoryStorage
from posagent.core.life import config
from posagent.core.settlement import dialect
from posproto import settings


def test_no_file_means_defaults_and_no_complaint():
    values, errors = config.load(None)
    assert errors == [] and values["dialect"] == "cup" and values["closed_apn"] is False
    assert values["status_s"] == 30 and values["device_id"] == "pos" and values["apn"] == ""


def test_what_is_right_is_taken():
    values, errors = config.load(b'{"apn": "cmnet", "port": 5000, "tls": true, "dialect": "nac"}')
    assert errors == []
    assert values["apn"] == "cmnet" and values["port"] == 5000
    assert values["tls"] is True and values["dialect"] == "nac"


def test_a_wrong_key_is_refused_by_its_name_and_the_rest_holds():
    values, errors = config.load(b'{"apm": "cmnet", "port": 5000}')
    assert errors == [("apm", "unknown")] and values["port"] == 5000 and values["apn"] == ""


def test_each_wrong_value_is_refused_with_its_reason():
    for text, reason in (
        ('"port": 65536', "range"),
        ('"port": -1', "range"),
        ('"port": "5000"', "type"),
        ('"port": true', "type"),
        ('"port": 50.5', "type"),
        ('"port": null', "type"),
        ('"tls": 1', "type"),
        ('"apn": 5', "type"),
        ('"apn": ["a"]', "type"),
        ('"apn": "%s"' % ("a" * 101), "too long"),
        ('"apn": "a\\"b"', "character"),
        ('"apn": "a\\r\\nAT+CFUN=0"', "character"),
        ('"apn": "\u4e2d\u56fd"', "character"),
        ('"dialect": "CUP"', "choice"),
        ('"dialect": 1', "type"),
        ('"f39_groups": "95"', "pairs"),
        ('"f39_groups": "=A"', "pairs"),
        ('"f39_groups": "95=AAAA"', "pairs"),
        ('"f39_groups": "9=5=A"', "pairs"),
    ):
        values, errors = config.load(("{%s}" % text).encode("utf-8"))
        name = text[1 : text.index('"', 1)]
        assert errors == [(name, reason)], (text, errors)
        assert values == config.load(None)[0]


def test_every_cut_of_a_file_gives_defaults_and_says_so():
    whole = b'{"apn": "cmnet", "host": "10.1.2.3", "port": 5000}'
    defaults = config.load(None)[0]
    for cut in range(len(whole)):
        values, errors = config.load(whole[:cut])
        assert errors == [("config.json", "not JSON")] and values == defaults, cut


def test_what_is_no_json_object_is_refused_as_a_whole():
    for data in (b"", b"[]", b"7", b'"apn"', b"\xff\xfe{", b"\x00" * 64, b"[" * 4000, b" " * 5000):
        assert config.load(data)[1] == [("config.json", "not JSON")], data[:8]


def test_a_file_saved_by_a_windows_editor_is_read():
    values, errors = config.load(b'\xef\xbb\xbf{\r\n"apn": "cmnet"\r\n}\r\n')
    assert errors == [] and values["apn"] == "cmnet"


def test_what_was_stored_is_loaded_again():
    values, _ = config.load(b'{"apn": "cmnet", "apn_password": "p\\\\w", "tls": true, "port": 1}')
    data = config.store(values)
    again, errors = config.load(data)
    assert errors == [] and again == values
    assert data.index(b"apn") < data.index(b"port") < data.index(b"tls")
    assert config.store(config.load(None)[0]).split() == [b"{", b"}"]


def test_a_change_by_request_is_checked_like_the_file():
    values, _ = config.load(None)
    assert config.update(values, {"status_s": 5, "port": 70000, 7: 1}) == [
        ("port", "range"),
        ("7", "unknown"),
    ]
    assert values["status_s"] == 5 and values["port"] == 0


def test_secrets_are_never_shown():
    values, _ = config.load(b'{"apn_password": "geheim", "sim_pin": "1234", "apn": "x"}')
    assert config.public(values) == {"apn_password": True, "sim_pin": True, "apn": "x"}


def test_every_default_would_be_accepted():
    values, _ = config.load(None)
    assert config.update({}, values) == [] and len(values) > 40


def test_pairs_are_read():
    assert dialect.pairs("95=T  A2=A") == {"95": "T", "A2": "A"} and dialect.pairs("") == {}


def test_two_changes_before_a_restart_are_both_kept():
    """The second was written over the settings in force: the first one was lost."""
    storage = MemoryStorage()
    values, _ = config.load(None)
    assert config.change(storage, values, {"apn": "cmnet"}) == []
    assert config.change(storage, values, {"port": 8583}) == []
    later = config.stored(storage, values)
    assert (later["apn"], later["port"]) == ("cmnet", 8583)
    assert (values["apn"], values["port"]) == ("", 0)  # what is in force did not change
    assert config.stored(MemoryStorage(), values) == values


def test_a_second_acquirer_has_room_where_messages_are_smaller_and_a_third_has_none():
    pico, second = settings.PICO_BYTES, {"acquirer.2.host": "b"}
    assert settings.too_much(second, pico) == [("message_bytes", 1024)]
    assert settings.too_much(dict(second, message_bytes=1024), pico) == []
    assert settings.too_much(dict(second, message_bytes=1024, outbox_records=64), pico)
    third = dict(second, message_bytes=256)
    third["acquirer.3.host"] = "c"
    assert settings.too_much(third, pico) == [("acquirer.3.host", 2)]
    assert settings.too_much(dict(third, message_bytes=2048), 2 * pico) == []


def test_what_a_board_has_no_memory_for_is_refused_with_the_number_that_would_do():
    """300 KB of heap and 64 records were taken, and the board died at the 51st."""
    most = settings.PICO_BYTES
    assert settings.too_much({}, most) == settings.too_much({}, most // 2) == []
    assert settings.too_much({"outbox_records": 64}, most) == [("outbox_records", 24)]
    assert settings.too_much({"message_bytes": 4096}, most) == [("message_bytes", 2048)]
    assert settings.too_much({"outbox_records": 64, "message_bytes": 4096}, 2 * most) == []
    for wanted in ({"outbox_records": 64, "message_bytes": 1024}, {"message_bytes": 4096}):
        for records in (4, 12, 24):
            asked = {"outbox_records": records}
            asked.update(wanted)
            for name, number in settings.too_much(asked, most):
                asked[name] = number
                assert settings.too_much(asked, most) == []
                asked[name] = number + 1
                assert settings.too_much(asked, most) == [(name, number)]


def test_a_file_with_more_acquirers_than_there_is_memory_for_gets_what_fits_and_is_told():
    plain, config.heap = config.heap, lambda: settings.PICO_BYTES
    try:
        values, errors = config.load(b'{"acquirer.2.host": "b", "acquirer.2.port": 7}')
        assert errors == [("message_bytes", "memory 1024")]
        assert values["message_bytes"] == 1024 and values["acquirer.2.host"] == "b"
        three = b'{"acquirer.2.host": "b", "acquirer.3.host": "c", "message_bytes": 512}'
        values, errors = config.load(three)
        assert errors == [("acquirer.3.host", "memory 2")]
        assert values["acquirer.2.host"] == "b" and not values["acquirer.3.host"]
        storage = MemoryStorage()
        values = config.load(None)[0]
        assert config.change(storage, values, {"acquirer.2.host": "b"})
        assert not storage.files
        asked = {"acquirer.2.host": "b", "message_bytes": 1024}
        assert not config.change(storage, values, asked) and storage.files
    finally:
        config.heap = plain


def test_a_file_that_asks_for_too_much_leaves_the_default_and_a_change_is_not_written():
    plain, config.heap = config.heap, lambda: settings.PICO_BYTES
    try:
        values, errors = config.load(b'{"outbox_records": 40, "apn": "cmnet"}')
        assert errors == [("outbox_records", "memory 24")]
        assert values["outbox_records"] == 24 and values["apn"] == "cmnet"
        storage = MemoryStorage()
        assert config.change(storage, values, {"message_bytes": 3000})
        assert not storage.files
        assert not config.change(storage, values, {"message_bytes": 1024, "outbox_records": 56})
    finally:
        config.heap = plain


def test_a_further_acquirer_has_settings_of_its_own_and_inherits_none():
    values, _ = config.load(None)
    wanted = {"host": "first", "tls": True, "acquirer.2.host": "second", "acquirer.2.port": 6}
    assert config.update(values, wanted) == []
    second = config.of_acquirer(values, 2)
    assert (second["host"], second["port"], second["tls"]) == ("second", 6, False)
    assert second["retry_s"] == values["retry_s"] and values["host"] == "first"
    assert config.load(config.store(values)) == (values, [])
    assert config.public(values)["acquirer.2.host"] == "second"


def test_a_wrong_setting_of_a_further_acquirer_is_refused_by_its_name():
    values, _ = config.load(None)
    wrong = {"acquirer.2.port": 70000, "acquirer.5.host": "a", "acquirer.2.apn": "b"}
    assert config.update(values, wrong) == [
        ("acquirer.2.port", "range"),
        ("acquirer.2.apn", "unknown"),
        ("acquirer.5.host", "unknown"),
    ]


def _longest(row):
    """The value of this row that takes most of the file."""
    if row[1] == "p":
        return ("A=\\\\\\ " * int(row[2]))[: int(row[2]) // 6 * 6 - 1]
    if row[1] in "ts":
        return "\\" * int(row[2])
    if row[1] == "i":
        return int(row[2] if len(row[2]) > len(row[3]) else row[3])
    return row[-1] if row[1] == "c" else row[2] != "1"


def test_the_longest_settings_of_four_acquirers_are_in_force_after_the_restart():
    """They came one by one, each was taken, and the file was then too long for the next start:
    it knew none of them."""
    storage = MemoryStorage()
    fourth = {settings.further(number): 0 for number in range(2, 5)}
    wanted = {row[0]: _longest(row) for row in settings.rows(fourth)}
    assert len(wanted) > 120
    there = config.load(None)[0]
    names = list(wanted)
    for at in range(0, len(names), 10):
        changes = {name: wanted[name] for name in names[at : at + 10]}
        assert config.change(storage, there, changes) == [], changes
    values, errors = config.load(storage.read("config.json"))
    assert errors == []
    for name in wanted:
        assert values[name] == wanted[name], name
