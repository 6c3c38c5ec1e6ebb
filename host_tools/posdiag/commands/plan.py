"""`posdiag plan`: plan data of a SIM card that can be asked nothing.

`set` takes what the contract says, `push` what the reseller's platform shows; `show` is the rest.
The words may be left out: the options say which it is.
"""

from __future__ import annotations

import calendar
import time
from typing import Any

import click

from posproto import ids

from ..command import Command, app_of, json_option, option, source_options
from ..facts import names
from ..facts.findings import at_a_glance
from ..facts.model import as_map
from ..facts.sim_account import Account, account_rows
from ..judge.diagnosis import family, judge
from ..keys.device_key import read_key
from ..link.session import SourceArgs, open_client
from ..show import heading
from ..show.status_lines import rows


class Day(click.ParamType):
    """A date, as days since 1970; `-` removes the value."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        if value == "-":
            return -1
        try:
            return calendar.timegm(time.strptime(value, "%Y-%m-%d")) // 86400
        except ValueError:
            self.fail(f"{value}: YYYY-MM-DD", param, ctx)


class Money(click.ParamType):
    """An amount with its decimal point, as minor units; `-` removes the value."""

    name = "amount"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        if value == "-":
            return -1
        sign = -1 if value.startswith("-") else 1
        whole, _, part = value.lstrip("-").partition(".")
        if not (whole + part).isdecimal() or len(part) > 2:
            self.fail(f"{value}: 12.34", param, ctx)
        return sign * int(whole + (part + "00")[:2])


# What platforms call the state of a card: OneLink's numbers, words of resellers' interfaces, and
# the reasons of a stop as their pages print them.
_PLATFORM_WORDS = {
    "1": "inactive",
    "2": "active",
    "4": "stopped",
    "6": "active",
    "7": "inactive",
    "8": "cancelled",
    "noactivty": "inactive",
    "activty": "active",
    "stop": "stopped",
    "precancel": "cancelled",
    "dismantle": "cancelled",
    "自动超停": "quota",
    "欠费停机": "arrears",
    "过期停机": "expired",
    "人工停用": "manual",
    "机卡分离": "bound",
}


class PlatformState(click.ParamType):
    """PLATFORM_* by our own name or by the platform's word."""

    name = "state"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        numbers = {name: number for number, name in names.PLATFORM_STATES.items()}
        word = str(value).lower()
        word = _PLATFORM_WORDS.get(word, word)
        if word not in numbers:
            known = [name for name in numbers if name != "unknown"]
            self.fail(f"{value}: {', '.join(known)}", param, ctx)
        return numbers[word]


class PlanCommand(Command):
    """Takes one of `set`, `push`, `show` in front of the port."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] in (["set"], ["push"], ["show"]):
            args = args[1:]
        return super().parse_args(ctx, args)


def months_later(day: int, months: int) -> int:
    """The last day of so many months that begin on `day`; days since 1970."""
    year, month, dom = time.gmtime(day * 86400)[:3]
    year, month = divmod(year * 12 + month - 1 + months, 12)
    dom = min(dom, calendar.monthrange(year, month + 1)[1])
    return calendar.timegm((year, month + 1, dom, 0, 0, 0)) // 86400 - 1


_MB_KB = 1024


@click.command(
    "plan",
    cls=PlanCommand,
    examples=(
        "posdiag plan show COM5",
        "posdiag plan set COM5 --begin 2025-06-01 --months 12 --quota-mb 30 --key-file device.key",
        "posdiag plan push COM5 --state arrears --used-mb 12.5 --key-file device.key",
    ),
)
@source_options()
@option("--begin", "begin_day", type=Day(), help="opt_plan_begin")
@option("--end", "end_day", type=Day(), help="opt_plan_end")
@option("--months", type=click.IntRange(1, 120), help="opt_plan_months")
@option("--quota-mb", type=click.FloatRange(0), help="opt_plan_quota", metavar="MB")
@option("--reset-day", "reset_dom", type=click.IntRange(1, 28), help="opt_plan_reset")
@option("--fee", "fee_minor", type=Money(), help="opt_plan_fee")
@option("--fee-day", "fee_dom", type=click.IntRange(1, 28), help="opt_plan_fee_day")
@option("--yearly-fee-on", "fee_day", type=Day(), help="opt_plan_fee_year")
@option("--reseller", help="opt_plan_reseller", metavar="NAME")
@option("--state", type=PlatformState(), help="opt_plan_state", metavar="STATE")
@option("--used-mb", type=click.FloatRange(0), help="opt_plan_used", metavar="MB")
@option("--balance", "balance_minor", type=Money(), help="opt_plan_balance")
@option("--currency", help="opt_plan_currency", metavar="CNY")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    source_args: SourceArgs,
    months: int | None,
    quota_mb: float | None,
    used_mb: float | None,
    key_file: str | None,
    as_json: bool,
    **values: int | str | None,
) -> None:
    app = app_of(ctx)
    values["quota_kb"] = None if quota_mb is None else round(quota_mb * _MB_KB)
    values["used_kb"] = None if used_mb is None else round(used_mb * _MB_KB)
    begin = values["begin_day"]
    if months is not None and isinstance(begin, int) and values["end_day"] is None:
        values["end_day"] = months_later(begin, months)
    keys = {name: number for number, name in names.PLAN_KEYS.items()}
    plan = {keys[name]: value for name, value in values.items() if value is not None}
    key = read_key(key_file) if plan else None
    with open_client(app, source_args) as client:
        if key is not None:
            client.request_keyed(ids.OP_PLAN_SET, plan, key)
            app.say(app.t("say", "done"), "ok")
            return
        value = client.request(ids.OP_CREDIT, timeout_s=source_args.timeout_s).value
        account = Account.from_map(as_map(value))
        if as_json:
            app.json(account.plan_as_dict(), indent=2)
            return
        findings = at_a_glance(client, source_args.timeout_s)
        head = heading.heading(app.texts, findings)
        for line, style in heading.lines(app.texts, head):
            app.say(line, style)
        app.say("")
        judged = head.title if family(judge(findings).verdict) == 1 else ""
        uptime_s = findings.status.uptime_s if findings.status else 0
        for line in rows(app, account_rows(app.texts, account, uptime_s, judged)):
            app.say(line)
