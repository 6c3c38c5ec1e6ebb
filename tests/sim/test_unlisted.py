"""Faults that no scenario lists: "unknown" with its evidence, rather than a name that is wrong."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import pytest

import verdicts
from play import Play
from posdiag import cli

PATIENCE_S = 1500
# What may be said on the way there: it is true while it lasts.
ON_THE_WAY = {"all_clear", "connecting", "starting", "unknown"}


class Liar:
    """Stands before a modem and gives some commands an answer of its own."""

    def __init__(self, play, lies):
        self.lies = lies
        self.told = 0
        self._modem = play.stage.modem
        self._feed, self._output = self._modem.feed, self._modem.output
        self._out = b""
        self._deadline = self._modem.deadline
        self._modem.feed, self._modem.output = self.feed, self.output
        self._modem.deadline = self.deadline

    def feed(self, data, now_ms):
        line = bytes(data)
        if b";" in line and any(head in line for head in self.lies):
            self._out += ERROR  # such a module takes no several reads on one line
            self.told += 1
            return
        for head, answer in self.lies.items():
            if line.startswith(b"AT" + head):
                self._out += answer
                self.told += 1
                return
        self._feed(data, now_ms)

    def output(self, now_ms):
        out, self._out = self._out, b""
        return out + (self._output(now_ms) or b"")

    def deadline(self, now_ms):
        return 0 if self._out else self._deadline(now_ms)


ERROR = b"\r\nERROR\r\n"


def _stats(stat):
    """Reads of the domains that tell `stat`."""
    line = b"\r\n+%%s: 2,%d\r\n" % stat
    heads = (b"CREG", b"CGREG", b"CEREG")
    return {b"+%s?" % head: line % head + b"\r\nOK\r\n" for head in heads}


FAULTS = {
    # The module's own TCP stack refuses, for reasons of its own.
    "socket stack out of memory": {
        b"+QIOPEN": ERROR,
        b"+QIGETERROR": b"\r\n+QIGETERROR: 553,no memory\r\n\r\nOK\r\n",
    },
    "socket operation unknown": {
        b"+QIOPEN": ERROR,
        b"+QIGETERROR": b"\r\n+QIGETERROR: 550,unknown\r\n\r\nOK\r\n",
    },
    # Nothing is told of the registration, or only that it is not known.
    "registration not told": {
        b"+CREG?": ERROR,
        b"+CGREG?": ERROR,
        b"+CEREG?": ERROR,
        b"+CSQ": ERROR,
        b"+CESQ": ERROR,
    },
    "registration unknown to the module": {
        **_stats(4),
    },
    # A card in a state that no standard has.
    "card in a state of its own": {
        b"+CPIN?": b"\r\n+CPIN: BLACKLIST\r\n\r\nOK\r\n",
        **_stats(2),
    },
}


def broken(lies):
    """A run into the fault: the play, and every verdict after it came."""
    play = Play({"account": {"balance_minor": 9000}})
    play.together.run(90)
    liar = Liar(play, lies)
    if any(b"REG" in head for head in lies):
        play.stage.modem.faults.mute_urcs = True
        play.stage.do({"do": "reset"})  # what it told before is forgotten
    since_ms = play.together.now_ms
    play.together.run(PATIENCE_S)
    assert liar.told
    return play, [name for at_ms, name in play.timing.verdicts if at_ms > since_ms]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_nobody_lists_is_unknown(fault, tmp_path):
    play, said = broken(FAULTS[fault])
    assert said[-1] == "unknown", said
    assert set(said) <= ON_THE_WAY | {"modem_rebooting", "searching"}, said
    for ask in (verdicts.from_frames, verdicts.from_flash):
        assert ask(play, tmp_path)[0] == "unknown"


@pytest.mark.parametrize("lang, title", [("en", "Cause not known"), ("zh", "原因不明")])
def test_unknown_comes_with_its_evidence(tmp_path, lang, title):
    play, _ = broken(FAULTS["socket stack out of memory"])
    verdicts.from_flash(play, tmp_path)
    out = io.StringIO()
    with redirect_stdout(out):
        status = cli.main(["doctor", "--raw-log", str(tmp_path / "log0"), "--lang", lang])
    assert status == 17
    assert out.getvalue().startswith(title)
    assert "553" in out.getvalue()  # the module's own number for it
    assert "%" not in out.getvalue().splitlines()[0]
    with redirect_stdout(out := io.StringIO()):
        cli.main(["doctor", "--raw-log", str(Path(tmp_path / "log0")), "--json", "--lang", lang])
    evidence = json.loads(out.getvalue())["evidence"]
    assert "host_refused" in [event["event"] for event in evidence]
