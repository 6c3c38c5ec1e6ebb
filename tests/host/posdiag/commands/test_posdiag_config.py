"""Settings: one schema on both sides, help for each of them, and commands that refuse by name."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frame_device import KEY, Device
from posagent.core.life import config as firmware
from posdiag.cli import main
from posdiag.facts import schema
from posdiag.show.i18n import load
from posproto import ids

NAMES = list(schema.SETTINGS)
VALUES = st.one_of(
    st.booleans(),
    st.integers(-5, 100_000),
    st.text(max_size=12),
    st.sampled_from(["auto", "none", "cup", "00=OK", "A=", "=B", "a" * 200, 'a"b', None, 1.5]),
)


def test_defaults_are_those_of_the_firmware():
    values, refused = firmware.load(None)
    assert not refused
    assert values == {name: setting.default for name, setting in schema.SETTINGS.items()}


@given(st.dictionaries(st.sampled_from([*NAMES, "no_such", "x" * 40]), VALUES, max_size=6))
def test_both_sides_refuse_the_same_for_the_same_reasons(changes):
    values, _ = firmware.load(None)
    theirs = firmware.update(values, changes)
    assert [(name[:32], reason) for name, reason in schema.refusals(changes)] == theirs


def test_the_file_of_the_tool_is_taken_whole_by_the_firmware():
    values = {"apn": "cmnet", "port": 8583, "tls": True, "dialect": "nac", "f39_groups": "00=A"}
    taken, refused = firmware.load(schema.as_file(values))
    assert not refused
    assert {name: taken[name] for name in values} == values
    assert firmware.public(taken) == schema.differing(taken)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_setting_has_a_help_text_and_no_text_lacks_its_setting(lang):
    assert set(load(lang)["config"]) == set(NAMES)
    reasons = {
        "unknown",
        "type",
        "range",
        "choice",
        "too long",
        "character",
        "pairs",
        "meaning",
        "not JSON",
        "memory",
    }
    assert set(load(lang)["config_reason"]) == reasons


@pytest.fixture
def device(monkeypatch, tmp_path):
    monkeypatch.setenv("POSDIAG_LANG", "en")
    key = tmp_path / "device.key"
    key.write_text(KEY.hex())
    key.chmod(0o600)
    monkeypatch.setenv("POSDIAG_KEY_FILE", str(key))
    with Device() as found:
        found.values = {ids.OP_CONFIG_GET: {"apn": "cmnet", "port": 8583, "sim_pin": True}}
        yield found


def test_get_shows_what_is_set_and_never_a_secret(device, capsys):
    assert main(["config", "get", device.path]) == 0
    shown = capsys.readouterr().out
    assert '"cmnet"' in shown and "8583" in shown and "***" in shown
    assert main(["config", "get", device.path, "host", "apn"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r'host +""', shown) and "Access point name" in shown
    assert main(["config", "get", device.path, "--json"]) == 0
    known = {"apn": "cmnet", "port": 8583, "sim_pin": True}
    assert json.loads(capsys.readouterr().out) == {"in_force": known, "after_restart": known}


@pytest.mark.parametrize("lang, words", [("en", "after a restart: "), ("zh", "重启后：")])
def test_what_was_set_and_waits_for_a_restart_is_said_so(device, capsys, lang, words):
    now = {"apn": "cmnet", "port": 8583}
    device.answers[ids.OP_CONFIG_GET] = lambda args: {**now, "apn": "ctnet"} if args else now
    assert main(["config", "get", device.path, "--lang", lang]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if '"cmnet"' in line]
    assert words + '"ctnet"' in line
    device.answers[ids.OP_CONFIG_GET] = lambda args: now
    assert main(["config", "get", device.path, "--lang", lang]) == 0
    assert words not in capsys.readouterr().out


def test_every_setting_stands_in_one_group_and_a_group_can_be_asked_for(device, capsys):
    members = [name for found in schema.GROUPS.values() for name in found]
    assert len(members) == len(set(members)) and set(members) <= set(schema.SETTINGS)
    assert not set(schema.GROUPS) & set(schema.SETTINGS)
    assert sorted(n for _, found in schema.by_group(NAMES) for n in found) == sorted(NAMES)
    assert main(["config", "list", "credit"]) == 0
    shown = capsys.readouterr().out
    assert "balance_by" in shown and "pwrkey_pin" not in shown
    assert main(["config", "get", device.path, "acquirer"]) == 0
    assert "answer_timeout_s" in capsys.readouterr().out


def test_set_sends_values_of_the_right_kind(device, capsys):
    words = ["apn=ctnet", "port=1234", "tls=yes", "family=simcom"]
    assert main(["config", "set", device.path, *words]) == 0
    op, args = device.keyed[-1]
    assert op == ids.OP_CONFIG_SET
    assert args == {"apn": "ctnet", "port": 1234, "tls": True, "family": "simcom"}


def test_set_refuses_by_name_before_it_asks_the_terminal(device, capsys):
    assert main(["config", "set", device.path, "port=70000", "family=nokia", "apn=x"]) == 22
    shown = capsys.readouterr().out
    assert "port: out of range" in shown and "family: not one of the choices" in shown
    assert not device.keyed
    assert main(["config", "set", device.path, "aqn=cmnet", "port=70000", "hst=x"]) == 2
    shown = capsys.readouterr().out  # all of them at once
    assert "aqn: there is no such setting; did you mean apn" in shown
    assert "port: out of range" in shown and "hst: there is no such setting" in shown
    assert main(["config", "list", "COM5"]) == 2
    assert "config get COM5" in capsys.readouterr().err
    assert main(["config", "set", device.path]) == 2


def test_a_secret_is_asked_for_and_never_taken_from_the_command_line(device, monkeypatch, capsys):
    assert main(["config", "set", device.path, "sim_pin=1234"]) == 2
    assert not device.keyed
    monkeypatch.setattr("click.prompt", lambda *_, **options: "4711" * options["hide_input"])
    assert main(["config", "set", device.path, "sim_pin"]) == 0
    assert device.keyed[-1][1] == {"sim_pin": "4711"}
    assert "4711" not in "".join(capsys.readouterr())


def test_diff_compares_what_the_file_says(device, tmp_path, capsys):
    path = tmp_path / "shop.json"
    path.write_text('{"apn": "cmnet", "sim_pin": "0000"}')
    assert main(["config", "diff", device.path, str(path)]) == 0
    path.write_text('{"apn": "ctnet", "tls": true}')
    assert main(["config", "diff", device.path, str(path)]) == 24
    shown = capsys.readouterr().out
    assert '- apn = "cmnet"\n+ apn = "ctnet"' in shown and "+ tls = true" in shown


def test_validate_needs_no_terminal(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("POSDIAG_LANG", "en")
    path = tmp_path / "shop.json"
    path.write_text('\ufeff{"apn": "cmnet"}', encoding="utf-8")
    assert main(["config", "validate", str(path)]) == 0
    path.write_text('{"apn": 5, "colour": "red"}')
    assert main(["config", "validate", str(path)]) == 22
    shown = capsys.readouterr().out
    assert "apn: wrong kind of value" in shown and "colour: there is no such setting" in shown
    path.write_text("[1, 2]")
    assert main(["config", "validate", str(path)]) == 22
    path.write_text('{\n  "apnn": "x",\n  "colour": "red",\n   "apn": 5\n}')
    assert main(["config", "validate", str(path)]) == 22
    first, second, third = capsys.readouterr().out.splitlines()  # all at once, in the file's order
    assert first == f"{path}:2:3: apnn: there is no such setting; did you mean apn?"
    assert second == f"{path}:3:3: colour: there is no such setting"
    assert third.startswith(f"{path}:4:4: apn: wrong kind of value")
    path.write_text('{\n  "apn": "cmnet",\n}')
    assert main(["config", "validate", str(path)]) == 22
    assert re.search(r"line [23], column \d+: this is no JSON", capsys.readouterr().err)
    assert main(["config", "validate"]) == 2


@pytest.mark.parametrize(("lang", "words"), [("en", "at most 24 fits"), ("zh", "最多可设为 24")])
def test_what_does_not_fit_a_small_board_is_said_with_the_number_that_would(
    tmp_path, monkeypatch, capsys, lang, words
):
    monkeypatch.setenv("POSDIAG_LANG", lang)
    path = tmp_path / "shop.json"
    path.write_text('{"outbox_records": 64}')
    assert main(["config", "validate", str(path)]) == 0  # other boards have the room
    assert words in capsys.readouterr().out
    refused = schema.for_memory({"outbox_records": 64}, "rpi_pico")
    assert refused == [("outbox_records", "memory 24")]
    assert not schema.for_memory({"outbox_records": 64}, "rpi_pico2")


def test_list_explains_every_setting(monkeypatch, capsys):
    for lang in ("en", "zh"):
        monkeypatch.setenv("POSDIAG_LANG", lang)
        assert main(["config", "list"]) == 0
        shown = capsys.readouterr().out
        assert all(f"\n  {name}\n" in f"\n{shown}" for name in NAMES)
    assert main(["config", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert sorted(one["name"] for one in listed) == sorted(NAMES)


def test_a_further_acquirers_settings_are_those_of_the_first_by_another_name():
    right = {"acquirer.2.host": "second.example", "acquirer.2.port": 6000, "acquirer.3.tls": True}
    assert schema.refusals(right) == []
    wrong = {"acquirer.2.port": 70000, "acquirer.5.host": "a", "acquirer.2.apn": "b"}
    assert schema.refusals(wrong) == [
        ("acquirer.2.port", "range"),
        ("acquirer.2.apn", "unknown"),
        ("acquirer.5.host", "unknown"),
    ]
    assert schema.differing({**right, "acquirer.2.dialect": "cup"}) == right


@pytest.mark.parametrize("name", ["f39_groups", "acquirer.2.f39_groups"])
def test_a_code_can_be_given_no_meaning_that_nobody_knows(name):
    for right in ("00=A", "ZZ=M 97=97n", "77=77n 51=R", "N1=58"):
        assert schema.refusals({name: right}) == []
    for wrong in ("00=Q", "00=a", "00=xx", "00=N1", "51=R 97=97x"):
        assert schema.refusals({name: wrong}) == [(name, "meaning")]
    assert schema.refusals({name: "00=ABCD"}) == [(name, "pairs")]
