"""`posdiag ports`: which of this computer's ports is a terminal."""

from __future__ import annotations

import click
from rich.cells import cell_len

from ..command import app_of, json_option, named, option
from ..errors import OtherSpeech, PortBusy, Silent
from ..link import ports
from ..link.ports import Answer
from ..show.console import App
from ..show.status_lines import pad


def _words(app: App, answer: Answer) -> str:
    if answer.hello is not None:
        return app.t("say", "port_terminal", agent=answer.hello.agent, board=answer.hello.board)
    if answer.port.is_modem:
        return app.t("say", "port_modem")
    for kind, key in (
        (PortBusy, "port_busy"),
        (Silent, "port_silent"),
        (OtherSpeech, "port_other"),
    ):
        if isinstance(answer.error, kind):
            return app.t("say", key)
    return app.t("say", "port_error")


@named("ports", "posdiag ports", "posdiag ports --json")
@option("--baud", type=int, default=115200, help="opt_baud")
@option("--udev-rule", is_flag=True, help="opt_udev_rule")
@json_option()
@click.pass_context
def command(ctx: click.Context, baud: int, udev_rule: bool, as_json: bool) -> None:
    app = app_of(ctx)
    if udev_rule:
        click.echo(ports.udev_rule(), nl=False)
        return
    answers = ports.ask_all(ports.list_ports(), baud)
    for driver in ports.missing_drivers():
        app.note(app.t("say", "driver_missing", driver=driver), "warning")
    if as_json:
        app.json([_as_dict(answer) for answer in answers], indent=2)
        return
    if not answers:
        app.say(app.t("say", "no_ports"))
    names = [answer.port.device for answer in answers]
    kinds = [
        answer.port.human_name
        + (f" #{answer.port.serial_number}" if answer.port.serial_number else "")
        for answer in answers
    ]
    width, wide = (
        max((cell_len(word) for word in words), default=0) + 2 for words in (names, kinds)
    )
    for answer, name, kind in zip(answers, names, kinds, strict=True):
        line = f"{pad(name, width)}{pad(kind, wide)}{_words(app, answer)}"
        app.say(line, "ok" if answer.hello is not None else "")


def _as_dict(answer: Answer) -> dict[str, object]:
    return {
        "port": answer.port.device,
        "name": answer.port.human_name,
        "product": answer.port.product,
        "serial_number": answer.port.serial_number,
        "terminal": answer.hello is not None,
        "hello": answer.hello.as_dict() if answer.hello else None,
        "error": answer.error.key if answer.error else None,
    }
