"""`posdiag simulate`: the real agent plays a scenario; what `make demo` runs."""

from __future__ import annotations

import click

from ..command import app_of, json_option, named, option
from ..completing import scenarios, verdicts
from ..errors import EXIT_INTERRUPTED, PartMissing, PosdiagError, StoryFailed, UnknownName
from ..link.client import Client
from ..show.console import App
from ..show.screen import open_view
from .watch import Showing


@named(
    "simulate",
    "posdiag simulate --list",
    "posdiag simulate --scenario demo --lang zh",
    "posdiag simulate --serve --scenario denied-until-topup --duration 1",
)
@option(
    "--scenario",
    default="demo",
    help="opt_scenario",
    show_default=True,
    shell_complete=scenarios,
)
@option("--seed", type=int, default=1, help="opt_seed", show_default=True)
@option("--speed", type=click.FloatRange(0), default=0, help="opt_speed", metavar="X")
@option("--list", "as_list", is_flag=True, help="opt_list")
@json_option()
@option("--keep", is_flag=True, help="opt_keep")
@option("--serve", is_flag=True, help="opt_serve")
@option("--until", metavar="VERDICT", help="opt_until", shell_complete=verdicts)
@option("--duration", type=click.FloatRange(0), help="opt_duration", metavar="S")
@option("--modem", metavar="PORT", help="opt_modem")
@option("--baud", type=int, default=115200, help="opt_baud")
@click.pass_context
def command(
    ctx: click.Context,
    scenario: str,
    seed: int,
    speed: float,
    as_list: bool,
    as_json: bool,
    keep: bool,
    serve: bool,
    until: str | None,
    duration: float | None,
    modem: str | None,
    baud: int,
) -> int:
    app = app_of(ctx)
    if serve:
        from ..practising import serve as serve_practice

        return serve_practice(app, scenario, seed, until, duration)
    try:
        from posworld.shell import agent_process
        from posworld.story import scenario as scenarios
        from posworld.story.stage import ScenarioError

        from .. import simulation  # noqa: F401  the rest of this command needs it
    except ImportError as error:
        part = error.name or str(error)
        raise PartMissing(repr(error), command="simulate", part=part) from error
    try:
        if as_list:
            return _list(app, scenarios.titles(app.texts.lang), as_json)
        _build(app)
        if modem:
            return _modem(app, modem, baud, seed)
        return _world(app, scenario, seed, speed, keep)
    except (agent_process.NoMicroPython, agent_process.NoFirmware) as error:
        raise PartMissing(repr(error), command="simulate", part=str(error)) from error
    except scenarios.UnknownScenario as error:
        raise UnknownName(scenario=scenario) from error
    except ScenarioError as error:
        raise UnknownName(str(error), scenario=scenario) from error


def _build(app: App) -> None:
    """Compile a checkout where nobody did: from its sources the agent does not fit its heap."""
    from posbuild.program import ROOT, compiled

    from ..board.building import building

    out = ROOT / "build" / "mpy"
    if (ROOT / "firmware" / "main.py").is_file() and not (out / "main.mpy").is_file():
        app.note(app.t("say", "compiling"))
        with building("simulate"):
            compiled(ROOT, out)


def _list(app: App, titles: list[tuple[str, str]], as_json: bool) -> int:
    if as_json:
        app.json([{"scenario": name, "title": title} for name, title in titles], indent=2)
        return 0
    width = max(len(name) for name, _ in titles) + 2
    for name, title in titles:
        app.say(f"{name:{width}}{title}")
    return 0


def _world(app: App, scenario: str, seed: int, speed: float, keep: bool) -> int:
    from ..simulation import WorldRun, play, wait_for_agent

    with WorldRun(app, scenario, seed, speed, keep) as run:
        client = Client(run.transport())
        try:
            with open_view(app, run.host_port) as view:
                view.headline(run.headline())
                wait_for_agent(client, 20, run.check)
                if client.hello:
                    view.hello(client.hello)
                play(run, client, view, app, keep)
        except KeyboardInterrupt:
            if keep and run.world.succeeded():
                return 0
            app.note(app.t("error", "story_failed", step=run.failed_step()), "error")
            return EXIT_INTERRUPTED
        except PosdiagError as error:
            if not error.details:
                error.details = run.agent_output()
            raise
        finally:
            client.close()
        for line in run.headline():
            app.say(line)
        _tell_story(app, run)
        if run.world.shell.error is not None:
            raise run.world.shell.error
        if not run.world.succeeded():
            raise StoryFailed(run.agent_output(), step=run.failed_step())
    return 0


def _tell_story(app: App, run: object) -> None:
    """Each step and when it happened: what stays on the screen when the run is over."""
    from ..show.words import span
    from ..simulation import WorldRun

    assert isinstance(run, WorldRun)
    for step in run.world.steps():
        title = run.world.step_title(step, app.texts.lang)
        if step.done_ms:
            when = span(app.texts, step.done_ms / 1000)
            app.say(f"  {app.t('say', 'step_done')}  {when:>12}  {title}", "ok")
        else:
            state = "step_failed" if step.reason else "step_waiting"
            app.say(f"  {app.t('say', state)}  {title}", "error")


def _modem(app: App, modem: str, baud: int, seed: int) -> int:
    from ..simulation import ModemRun, wait_for_agent

    with ModemRun(modem, baud, seed) as run:
        client = Client(run.transport())
        try:
            with open_view(app, modem) as view:
                wait_for_agent(client, 20, run.check)
                if client.hello:
                    view.hello(client.hello)
                showing = Showing(client, view)
                for message in client.messages():
                    run.check()
                    showing.hear(message)
                    view.tick()
        except KeyboardInterrupt:
            app.note(app.t("say", "stopped"))
        finally:
            client.close()
    return 0
