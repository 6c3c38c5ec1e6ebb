"""A wrong command line: one sentence in the user's language, the way to the help, status 2."""

import pytest

from posdiag.cli import main
from posdiag.errors import EXIT_USAGE, BadFile
from posdiag.link.session import in_order


@pytest.mark.parametrize(
    "words, en, zh",
    [
        (["log", "--follw"], "There is no option --follw. Did you mean", "没有选项 --follw。"),
        (["dcotor"], "There is no command dcotor. Did you mean doctor?", "没有命令 dcotor。"),
        (["submit", "COM5"], "--message/-m is missing.", "缺少 --message/-m。"),
        (["report"], "[PORT] OUT.html is missing.", "缺少 [PORT] OUT.html。"),
        (["log", "--since", "monday"], '--since does not take "monday"', "--since 不能识别"),
        (["capture", "x", "--redact"], "go with --replay FILE.", "要与 --replay FILE 一起"),
    ],
)
def test_what_is_wrong_is_said_in_the_users_language(words, en, zh, capsys):
    for lang, expected in (("en", en), ("zh", zh)):
        assert main([*words, "--lang", lang]) == EXIT_USAGE
        shown = capsys.readouterr()
        first, second = shown.err.splitlines()
        assert expected in first
        assert second.endswith("--help") and second.startswith({"en": "Help", "zh": "帮助"}[lang])
        assert shown.out == ""


def test_the_port_comes_first_and_is_known_in_either_place():
    for port in ("COM5", "/dev/ttyACM0", "socket://127.0.0.1:4000"):
        assert in_order((port, "shop.html")) == ("shop.html", port)
        assert in_order(("shop.html", port)) == ("shop.html", port)
        with pytest.raises(BadFile):
            in_order((port,))  # a port where a file is wanted
    assert in_order(("shop.html",)) == ("shop.html", None)


def test_a_healing_step_alone_is_no_port(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("POSDIAG_KEY_FILE", str(tmp_path / "none"))
    assert main(["heal", "cfun0", "--lang", "en"]) == 22
    assert "cfun0 does not exist" not in capsys.readouterr().err
