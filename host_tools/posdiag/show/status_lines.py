"""A status as lines: the verdict first, what to do, then the facts, then the evidence."""

from __future__ import annotations

from rich.cells import cell_len

from ..facts.model import Hello, Status
from ..judge.diagnosis import Findings
from ..link.client import Client
from . import heading
from .console import App
from .words import facts


def pad(text: str, width: int) -> str:
    """`text` filled up to `width` columns; a Chinese character takes two."""
    return text + " " * max(0, width - cell_len(text))


def agent_line(app: App, hello: Hello | None) -> str:
    hello = hello or Hello()
    return app.t("screen", "agent", agent=hello.agent, board=hello.board, family=hello.family)


def rows(app: App, pairs: list[tuple[str, str]]) -> list[str]:
    """Pairs as two columns."""
    width = max((cell_len(name) for name, _ in pairs), default=0) + 2
    return [f"  {pad(name, width)}{words}" for name, words in pairs]


def counter_rows(app: App, counters: dict[str, int]) -> list[tuple[str, str]]:
    """What was dropped or refused, by its words; zeros are left out."""
    return [
        (app.t("counter", name) if app.texts.has("counter", name) else name, str(count))
        for name, count in counters.items()
        if count
    ]


def print_status(app: App, client: Client, findings: Findings, counters: dict[str, int]) -> None:
    """Everything that `posdiag status` says."""
    for line, style in heading.lines(app.texts, heading.heading(app.texts, findings)):
        app.say(line, style)
    app.say("")
    status = findings.status or Status()
    for line in rows(
        app, [(app.t("screen", key), words) for key, words in facts(app.texts, status)]
    ):
        app.say(line)
    dropped = counter_rows(app, counters)
    if dropped:
        app.say("")
        app.say(app.t("screen", "dropped"))
        for line in rows(app, dropped):
            app.say(line)
    app.say("")
    app.say(
        f"{app.t('screen', 'title', port=client.transport.name)}  {agent_line(app, client.hello)}"
    )
