"""`posdiag unlock`: back to a development build, with its prompt and without a watchdog."""

from __future__ import annotations

import click

from posproto import ids

from ..command import app_of, named, option, source_options
from ..keys.locking import change
from ..link.session import SourceArgs


@named("unlock", "posdiag unlock COM5 --key-file device.key --yes")
@source_options(replay=False)
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@option("--yes", is_flag=True, help="opt_yes")
@click.pass_context
def command(ctx: click.Context, source_args: SourceArgs, key_file: str | None, yes: bool) -> None:
    change(app_of(ctx), source_args, ids.OP_UNLOCK, key_file, yes)
