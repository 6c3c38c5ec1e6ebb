"""`posdiag serve`: the live page of this computer's terminals."""

from __future__ import annotations

from contextlib import nullcontext

import click

from ..command import app_of, named, option
from ..completing import ports as known_ports
from ..errors import PortAbsent, PortBusy


@named("serve", "posdiag serve", "posdiag serve COM5 --no-browser", "posdiag serve --share")
@click.argument("ports", nargs=-1, metavar="[PORT]...", shell_complete=known_ports)
@option("--baud", type=int, default=115200, help="opt_baud")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@option("--no-browser", is_flag=True, help="opt_no_browser")
@option("--page-port", type=click.IntRange(0, 65535), default=0, help="opt_page_port")
@option("--share", is_flag=True, help="opt_share")
@option("--share-address", metavar="ADDRESS", help="opt_share_address")
@option("--duration", type=click.FloatRange(0), help="opt_duration", metavar="S")
@click.pass_context
def command(
    ctx: click.Context,
    ports: tuple[str, ...],
    baud: int,
    key_file: str | None,
    no_browser: bool,
    page_port: int,
    share: bool,
    share_address: str | None,
    duration: float | None,
) -> int:
    import threading

    from ..page.opening import opening_file, show
    from ..page.server import Server
    from ..page.share import own_address
    from ..page.table import Table

    app = app_of(ctx)
    address = (share_address or own_address()) if share or share_address else ""
    if share and not address:
        raise PortAbsent(key="no_network")
    if address in ("0.0.0.0", "::"):  # noqa: S104  every network at once: refused here
        raise PortBusy(key="address_taken", port=address)
    table = Table(ports, key_file, baud)
    try:
        server = Server(table, page_port, address)
    except OSError as error:
        table.close()
        where = address or f"127.0.0.1:{page_port}"
        raise PortBusy(repr(error), key="address_taken", port=where) from error
    url = f"{server.url}?lang={app.texts.lang}"
    app.say(app.t("say", "page_ready", url=url), "ok")
    if server.share:
        app.say(app.t("say", "page_shared", url=server.share.url, code=server.share.code or ""))
    app.note(app.t("say", "page_ends"))
    if duration is not None:
        timer = threading.Timer(duration, server.stop)
        timer.daemon = True
        timer.start()
    try:
        with nullcontext() if no_browser else opening_file(url) as file:
            if file is not None:
                server.when_started(lambda: show(file))
            server.run()
    except KeyboardInterrupt:
        app.note(app.t("say", "stopped"))
    finally:
        table.close()
    return 0
