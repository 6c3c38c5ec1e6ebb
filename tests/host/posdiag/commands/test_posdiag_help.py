"""The help, its examples, completion, and what a user sees of an error that nobody expected."""

import re

import pytest
from rich.cells import cell_len

from frame_device import KEY, Device, event
from posdiag import errors
from posdiag.cli import cli, main
from posdiag.command import Command
from posdiag.errors import EXIT_CRASH
from posdiag.show.console import App
from posdiag.show.crash_file import mask, write_crash
from posdiag.show.i18n import load
from posproto import ids
from posproto.link import FrameWriter


def commands():
    """{name: command} of all that are built into the tool."""
    context = cli.make_context("posdiag", ["status"], obj=App("en"))
    return {name: cli.get_command(context, name) for name in cli.list_commands(context)}


OURS = {name: found for name, found in commands().items() if isinstance(found, Command)}
EXAMPLES = [(name, line) for name, found in OURS.items() for line in found.examples]
# What an example may need that a test has no terminal for is given to it.
SLOW = (
    "posdiag bridge",
    "simulate --scenario",
    "posdiag flash",
    "lock COM5",
    "posdiag restart",
    "posdiag provision",
)


@pytest.mark.parametrize("name, line", EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_examples_of_the_help_run(name, line, tmp_path, monkeypatch, capsys):
    if any(word in line for word in SLOW):
        pytest.skip("the end-to-end tests run it")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("POSDIAG_LANG", "en")
    with Device() as device:
        device.values = answers()
        words = [device.path if word == "COM5" else word for word in line.split()]
        assert words[0] == "posdiag"
        if words[1] == "watch" and "--duration" not in words:
            words += ["--duration", "0.2"]
        if words[1] == "serve":
            words += ["--no-browser", "--duration", "0.5"]
        if words[1] == "doctor" and "--listen" not in words:
            words += ["--listen", "0"]
        prepare(tmp_path)
        monkeypatch.setattr("posdiag.link.session.find_port", lambda app, baud: device.path)
        monkeypatch.setattr("posdiag.link.ports.list_ports", list)
        status = main(words[1:])
    assert status in ALLOWED.get(name, (0,)), capsys.readouterr().err


# The terminal of these tests has a verdict of class 10.
ALLOWED = {"doctor": (10,), "report": (10,), "ticket": (0, 10)}


def answers():
    """What the questions of the examples need."""
    return {
        ids.OP_TRACE: [[1, 5000, b"> AT"]],
        ids.OP_CREDIT: {0: 1, 1: 4208, 2: "CNY", 3: 400, 4: 60},
        ids.OP_LADDER: {0: [0] * 8, 1: 0, 2: 0},
        ids.OP_SETTLEMENT: {0: []},
        ids.OP_CONFIG_GET: {"apn": "cmnet"},
        ids.OP_SUBMIT_COMMIT: {ids.MSG_STATE: ids.MS_READY},
        ids.OP_QUERY: {ids.MSG_STATE: ids.MS_ACKNOWLEDGED},
    }


def prepare(folder):
    """Files that examples name."""
    writer = FrameWriter()
    writer.begin(ids.FRAME_EVENT).value(event(1, ids.E_BOOT))
    (folder / "OUT.cap").write_bytes(writer.end())
    (folder / "settle.hex").write_text("05002020")
    (folder / "shop.json").write_text('{"apn": "cmnet"}')
    (folder / "device.key").write_text(KEY.hex())
    (folder / "device.key").chmod(0o600)


def test_every_command_has_help_in_both_languages():
    for name in OURS:
        for lang in ("en", "zh"):
            assert name.replace("-", "_") in load(lang)["help"], name


def test_every_option_has_help_in_both_languages():
    for name, found in OURS.items():
        for option in found.params:
            key = getattr(option, "help", None)
            if option.param_type_name == "option" and option.name != "help":
                assert key in load("en")["help"], (name, option.name)
                assert key in load("zh")["help"], (name, option.name)


def test_every_command_has_an_example():
    assert all(found.examples for found in OURS.values())


def test_a_part_that_is_not_installed_spoils_no_other(monkeypatch, capsys):
    def missing(name):
        raise ImportError(name, name="posworld")

    monkeypatch.setattr("posdiag.cli.importlib.import_module", missing)
    assert main(["--help"]) == 0
    assert "(not installed: needs posworld)" in capsys.readouterr().out


def test_an_unexpected_error_leaves_a_report_not_a_traceback(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("POSDIAG_LANG", "en")

    def broken(app, args, **options):
        raise RuntimeError("card 6222021234567890123 key " + "ab" * 32)

    monkeypatch.setattr("posdiag.commands.status.open_client", broken)
    assert main(["status", "COM5"]) == EXIT_CRASH
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err + shown.out
    assert shown.err.count("\n") == 1
    (report,) = (tmp_path / "posdiag").iterdir()
    text = report.read_text(encoding="utf-8")
    assert "RuntimeError" in text
    assert "6222021234567890123" not in text
    assert "ab" * 32 not in text


@pytest.mark.parametrize(
    "text, kept",
    [
        ("pan 6222021234567890", "pan <16 digits>"),
        ("batch 000042", "batch 000042"),
        ("frame BkNBZ0VBQVFBQW9BQUFCQ0RFRkc9PT09", "frame <32 characters>"),
        (r"b'\x02\x00\x60\x22'", "b'<4 bytes>'"),
    ],
)
def test_reports_are_masked(text, kept):
    assert mask(text) == kept


def test_a_report_goes_somewhere_even_without_a_home(monkeypatch, tmp_path):
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path / "file"))
    (tmp_path / "file").write_text("in the way")
    path = write_crash(ValueError("x"), ["status"])
    assert path.exists()
    path.unlink()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion(shell, capsys):
    assert main(["completion", shell]) == 0
    assert "_POSDIAG_COMPLETE" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line, word, found",
    [
        ("posdiag simulate --scenario denied", "denied", "denied-until-topup"),
        ("posdiag doc", "doc", "doctor"),
        ("posdiag doctor --li", "--li", "--listen"),
        ("posdiag config get re", "re", "reversal_hold_h"),
        ("posdiag config set ap", "ap", "apn="),
        ("posdiag flash --board rpi_", "rpi_", "rpi_pico"),
        ("posdiag simulate --serve --until sim_a", "sim_a", "sim_absent"),
        ("posdiag heal COM5 cfun", "cfun", "cfun0"),
    ],
)
def test_the_tab_key_in_powershell_knows_commands_and_scenarios(
    line, word, found, monkeypatch, capsys
):
    monkeypatch.setenv("_POSDIAG_COMPLETE", "powershell_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_WORD", word)
    with pytest.raises(SystemExit):
        main([])
    assert found in capsys.readouterr().out.split()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", OURS)
def test_the_help_of_each_command_fits_80_columns_and_lists_its_exit_statuses(
    name, lang, monkeypatch, capsys
):
    monkeypatch.setenv("COLUMNS", "80")
    assert main([name, "--help", "--lang", lang]) == 0
    out = capsys.readouterr().out
    examples = ["  " + line for line in OURS[name].examples]
    long = [line for line in out.splitlines() if cell_len(line) > 80 and line not in examples]
    assert long == []
    _, _, listed = out.partition({"en": "Exit status:", "zh": "退出码："}[lang])
    words = load(lang)["exit"]
    for status, key in OURS[name].exits():
        assert re.search(rf"^  {status} ", listed, re.MULTILINE) and words[key][:8] in listed


def test_the_statuses_in_the_help_are_those_of_the_errors():
    listed = {status for found in OURS.values() for status, _ in found.exits()}
    single = {int(status) for status in listed if "-" not in status}
    spans = [range(*map(int, status.split("-"))) for status in listed if "-" in status]
    known = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    missing = {n for n in known - single if not any(n in span or n == span.stop for span in spans)}
    assert missing == {errors.EXIT_CRASH}  # which no script expects
