"""A host that nobody here wrote answers what framing, walker and matching are used with.

iso8583sim runs as a process of its own, in the two dialects that it shares with us.
"""

import json
import os
import shutil
import socket
import subprocess

import pytest

from posproto.iso8583 import ascii87, framing, match, nac, walker
from posworld.acquirer.messages import FOREIGN_CARD, Terminal
from posworld.acquirer.specs import DIALECTS
from servers import wait_for_port
from waiting import HUNG_S

OWN = os.path.join(os.path.dirname(__file__), "../../../build/judge/bin/iso8583sim")
PROGRAM = os.environ.get("ISO8583SIM") or shutil.which("iso8583sim") or shutil.which(OWN)
pytestmark = pytest.mark.skipif(not PROGRAM, reason="no iso8583sim; make ci-tools installs it")
RULES = {
    "rules": [
        {"match": {"mti": "0200", "amount_gt": 99999}, "action": "drop"},
        {"match": {"mti": "0220"}, "respond": "91"},
        {"match": {"mti": "0500"}, "respond": "95"},
        {"match": {"mti": "0320"}, "action": "close"},
    ]
}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture(scope="module", params=["nac", "ascii87"])
def judge(request, tmp_path_factory):
    """(dialect name, its device module, port)."""
    rules = tmp_path_factory.mktemp("judge") / "rules.json"
    rules.write_text(json.dumps(RULES))
    port = free_port()
    form = ["--format", "bcd", "--tpdu", "6000030000"]
    if request.param == "ascii87":
        form = ["--format", "ascii-hex"]
    command = [PROGRAM, "serve", "--port", str(port), "--header", "2b", "--rules", str(rules)]
    process = subprocess.Popen(
        command + form, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for_port(port, process)
        yield request.param, {"nac": nac, "ascii87": ascii87}[request.param], port
    finally:
        process.terminate()
        process.wait(HUNG_S)


class Caller:
    """The agent's side: frames out with a prefix, answers walked; None where none came."""

    def __init__(self, judge, patience_s=HUNG_S):
        self.name, self.device, port = judge
        self.table = self.device.TABLE
        if self.name == "nac":  # this host packs F39 and F49
            self.table = walker.override(self.table, {39: 1, 49: 2})
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=patience_s)
        self.frames = framing.FrameIn()
        self.stan = 0

    def walk(self, frame):
        return walker.walk(frame, self.table, self.device.SKIP, self.device.HEADER)

    def frame(self, mti, **fields):
        """A request of the fields that this host packs as we do."""
        self.stan += 1
        named = {"t": mti, "11": f"{self.stan:06}", "41": "TEST0001", "42": "0" * 14 + "1"}
        named["h"] = "6000030000" if self.name == "nac" else ""
        named |= {name[1:]: text for name, text in fields.items()}
        return DIALECTS[self.name].encode(named)

    def ask(self, frame):
        """(relation, request, answer)."""
        self.socket.sendall(framing.prefix(0, len(frame)) + frame)
        try:
            while True:
                data = self.socket.recv(4096)
                if not data:
                    return None
                for got in self.frames.feed(data):
                    request, answer = self.walk(frame), self.walk(got)
                    return match.relate(request, answer), request, answer
        except TimeoutError:
            return None


MONEY = {"f2": FOREIGN_CARD, "f4": "000000001500", "f22": "051", "f25": "00"}


@pytest.mark.parametrize("mti", ["0800", "0100", "0200", "0400", "0420", "0401", "0421"])
def test_its_answers_match_their_requests(judge, mti):
    caller = Caller(judge)
    more = MONEY if mti[1] != "8" else {}
    frame = caller.frame(mti, f3="000000", f7="1121090000", **more)
    relation, request, answer = caller.ask(frame)
    assert relation == match.ANSWER and answer.f39 == "00"
    assert match.outcome(request, answer) == match.DONE
    # It leaves the repeat digit standing: 0401 is answered with 0411.
    assert answer.mti == request.mti + 10


def test_the_next_answer_is_not_taken_for_this_one(judge):
    caller = Caller(judge)
    first = caller.walk(caller.frame("0200", f3="000000", **MONEY))
    _, _, answer = caller.ask(caller.frame("0200", f3="000000", **MONEY))
    assert match.relate(first, answer) == match.UNRELATED


def test_an_advice_with_91_is_to_be_repeated_and_a_settlement_with_95_is_not_balanced(judge):
    caller = Caller(judge)
    advice = caller.frame("0220", f3="000000", **MONEY)
    for _ in range(2):
        _, request, answer = caller.ask(advice)
        assert match.outcome(request, answer) == match.RETRY and match.may_resend(request)
    _, _, answer = caller.ask(caller.frame("0500", f3="920000"))
    assert match.settlement(answer, False) == match.SETTLE_UNBALANCED


def test_no_answer_and_a_closed_connection_leave_a_sale_unknown(judge):
    caller = Caller(judge, patience_s=0.3)
    sale = caller.frame("0200", f3="000000", **{**MONEY, "f4": "000000100000"})
    assert caller.ask(sale) is None
    assert not match.may_resend(caller.walk(sale)) and match.reversal_due(caller.walk(sale))
    upload = caller.frame("0320", f3="000000", **MONEY)
    assert caller.ask(upload) is None
    assert match.may_resend(caller.walk(upload))


@pytest.mark.parametrize("judge", ["nac"], indirect=True)
def test_it_swaps_the_tpdu(judge):
    caller = Caller(judge)
    frame = caller.frame("0800")
    caller.socket.sendall(framing.prefix(0, len(frame)) + frame)
    answer = caller.frames.feed(caller.socket.recv(4096))[0]
    assert answer[:5] == framing.swap_tpdu(frame[:5])


# The packed dialect differs: this host packs F35 and F49 in its own way.
@pytest.mark.parametrize("judge", ["ascii87"], indirect=True)
def test_it_approves_what_the_simulated_terminal_builds(judge):
    caller = Caller(judge)
    terminal = Terminal(dialect="ascii87")
    for frame in (terminal.sign_on(), terminal.echo(), terminal.sale(1), terminal.reversal()):
        relation, _, answer = caller.ask(frame)
        assert relation == match.ANSWER and answer.f39 == "00"
