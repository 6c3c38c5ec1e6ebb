"""A wrong command line: one sentence in the user's language, the way to the help, status 2."""

import pytest

from posdiag.cli import main
from posdiag.errors import EXIT_USAGE


@pytest.mark.parametrize(
    "words, en, zh",
    [
        (["log", "--follw"], "There is no option --follw. Did you mean", "没有选项 --follw。"),
        (["dcotor"], "There is no command dcotor. Did you mean doctor?", "没有命令 dcotor。"),
        (["submit", "COM5"], "--message/-m is missing.", "缺少 --message/-m。"),
        (["report"], "OUT is missing.", "缺少 OUT。"),
        (["log", "--since", "monday"], "--since does not take this: monday", "--since 的值不对"),
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
