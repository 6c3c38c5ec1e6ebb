"""`posdiag doctor`: one verdict, what to do, what to tell the help desk, and the evidence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import click
from rich.progress import BarColumn, Progress, TextColumn

from ..command import app_of, json_option, named, option, source_options
from ..errors import EXIT_OK
from ..facts import names, selftest
from ..facts.findings import from_client, from_log
from ..judge.diagnosis import (
    Check,
    Diagnosis,
    Findings,
    all_checks,
    chain,
    judge,
    tested,
    weightiest,
)
from ..keys.device_key import key_at_hand
from ..link.longfile import Looking
from ..link.session import SourceArgs, open_client, say_key, say_skipped
from ..show import heading
from ..show.chain import chain_words, state_words
from ..show.console import App
from ..show.event_list import event_line
from ..show.findings_json import as_dict
from ..show.status_lines import counter_rows, pad, rows
from ..show.who import identifiers
from ..show.words import ago, cause_words, facts, outbox_words, span

_EVIDENCE_SHOWN = 4  # without -v
_SELF_TEST_S = 48.0  # with all the rest: a minute
_ITEMS = [names.TESTS[number] for number in sorted(names.TESTS)]


@named("doctor", "posdiag doctor", "posdiag doctor COM5 --listen 1", "posdiag doctor --json")
@source_options()
@option("--listen", type=click.FloatRange(0, 55), default=3.0, help="opt_listen", metavar="S")
@option("--active/--passive", default=None, help="opt_active")
@option("--raw-log", multiple=True, type=click.Path(dir_okay=False), help="opt_file")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_whole_key")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    source_args: SourceArgs,
    listen: float,
    active: bool | None,
    raw_log: tuple[str, ...],
    key_file: str | None,
    as_json: bool,
) -> int:
    app = app_of(ctx)
    outcome = selftest.Outcome()
    is_tested = False
    if raw_log:
        with Looking(app, raw_log[0]) as looking:
            findings, log = from_log(list(raw_log), looked=looking)
        say_skipped(app, log)
    else:
        with open_client(app, source_args) as client:
            if not source_args.replay and not as_json:
                app.note(app.t("say", "listening", seconds=f"{listen:g}"))
            key = key_at_hand(key_file)
            findings = from_client(client, source_args.timeout_s, listen, key=key)
            say_key(app, key_file, findings.identity)
            if not source_args.replay and _consents(app, active, as_json):
                is_tested = True
                with _progress(app, as_json) as progress:
                    outcome = selftest.run(client, _SELF_TEST_S, progress, source_args.timeout_s)
                findings.status = client.ask_status(source_args.timeout_s)
    diagnosis = judge(findings)
    if as_json:
        items = [item.as_dict() for item in outcome.items] if is_tested else None
        app.json(as_dict(app.texts, findings, diagnosis, items), indent=2)
    else:
        _say_about(app, outcome)
        _print(app, findings, diagnosis, [selftest.check_of(app.texts, i) for i in outcome.items])
    return diagnosis.exit_status


@contextmanager
def _progress(app: App, silent: bool) -> Iterator[Callable[[int, float], None]]:
    """How far the self-test is: a bar on a terminal, lines elsewhere, nothing beside JSON."""

    def words(done: int, spent_s: float) -> str:
        if done < 0:
            return app.t("say", "self_test_waits", done=round(spent_s))
        item = app.t("check_name", _ITEMS[min(done, len(_ITEMS) - 1)])
        return app.t("say", "self_test", item=item, done=done, all=len(_ITEMS))

    if silent:
        yield lambda done, spent_s: None
        return
    if not app.err.is_terminal:
        said: list[int] = []

        def tell(done: int, spent_s: float) -> None:
            if not said or said[-1] != done:
                said.append(done)
                app.note(words(done, spent_s))

        yield tell
        return
    columns = (BarColumn(24), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=app.err, transient=True) as bar:
        task = bar.add_task("", total=len(_ITEMS))
        yield lambda done, spent_s: bar.update(
            task, completed=max(done, 0), description=words(done, spent_s)
        )


def _say_about(app: App, outcome: selftest.Outcome) -> None:
    """Say so where a self-test is not the one that was asked for, and why."""
    if outcome.why:
        app.note(app.t("say", f"self_test_{outcome.why}"), "warning")
    elif outcome.age_s is not None:
        age, wait = ago(app.texts, outcome.age_s), span(app.texts, outcome.wait_s)
        app.note(app.t("say", "self_test_last", age=age, wait=wait), "warning")


def _consents(app: App, active: bool | None, as_json: bool) -> bool:
    """The active tests use the network: somebody must have said yes."""
    if active is not None:
        return active
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return click.confirm(app.t("say", "ask_active"), default=False)


def _print(app: App, findings: Findings, diagnosis: Diagnosis, items: list[Check]) -> None:
    texts = app.texts
    for line, style in heading.lines(texts, heading.heading(texts, findings, diagnosis)):
        app.say(line, style)
    if words := identifiers(texts, findings):
        app.say(app.t("say", "identifiers", identifiers=words))
    app.say("")
    steps = tested(chain(findings), items)
    if steps:
        app.say(app.t("screen", "chain", chain=chain_words(app, steps)))
    shown = tested(all_checks(findings), items)
    if not app.verbose:
        names_tested = {item.name for item in items}
        shown = [check for check in shown if check.state == "bad" or check.name in names_tested]
    for check in shown:
        if check.name == "outbox" and findings.status is not None:
            check = replace(check, words=outbox_words(texts, findings.status))
        app.say(_check_line(app, check), {"ok": "ok", "bad": "error"}.get(check.state, ""))
    _print_evidence(app, findings, diagnosis)
    if not app.verbose:
        app.say(app.t("screen", "more"), "dim")


def _check_line(app: App, check: Check) -> str:
    words = app.t("check_name", check.name)
    if check.words:
        words = app.t("screen", "pair", name=words, words=check.words)
    return f"  {pad(state_words(app.texts, check), 8)}{words}"


def _print_evidence(app: App, findings: Findings, diagnosis: Diagnosis) -> None:
    evidence = (
        diagnosis.evidence if app.verbose else weightiest(diagnosis.evidence, _EVIDENCE_SHOWN)
    )
    if not app.verbose and diagnosis.exit_status == EXIT_OK:
        evidence = ()
    if evidence or diagnosis.cause:
        app.say("")
        app.say(app.t("say", "evidence"))
    if diagnosis.cause and (findings.status is None or not app.verbose):
        cause = cause_words(app.texts, diagnosis.cause)
        app.say("  " + app.t("screen", "pair", name=app.t("screen", "cause"), words=cause))
    for event in evidence:
        app.say(f"  {event_line(app, event)}")
    if findings.crashes:
        app.say(app.t("say", "crashes"), "warning")
        for event in findings.crashes:
            app.say(f"  {event_line(app, event)}")
    if findings.status is not None and app.verbose:
        app.say("")
        pairs = [(app.t("screen", key), words) for key, words in facts(app.texts, findings.status)]
        for line in rows(app, pairs + counter_rows(app, findings.counters)):
            app.say(line)
