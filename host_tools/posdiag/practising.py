"""`posdiag simulate --serve`: a simulated terminal kept in its trouble, to practise on."""

from __future__ import annotations

import time
from contextlib import suppress

from .errors import PartMissing, StoryFailed, UnknownName
from .facts import names
from .link import practice
from .show.console import App


def serve(app: App, scenario: str, seed: int, until: str | None, duration_s: float | None) -> int:
    """Bring the terminal into its trouble, say where it is, and keep it there until Ctrl-C.

    Raises UnknownName, StoryFailed where the scenario does not come to that verdict, PartMissing.
    """
    try:
        from pospractice.serve import NotReached, Practice, troubles_of
        from posworld.story import scenario as scenarios
    except ImportError as error:
        part = error.name or str(error)
        raise PartMissing(repr(error), command="simulate --serve", part=part) from error
    try:
        story = scenarios.load(scenario)
    except scenarios.UnknownScenario as error:
        raise UnknownName(scenario=scenario) from error
    verdicts = (until,) if until else troubles_of(story)
    verdict = verdicts[0]
    if verdict not in names.VERDICTS.values():
        known = ", ".join(sorted(names.VERDICTS.values()))
        raise UnknownName(key="verdict_unknown", verdict=verdict, known=known)
    key_file, key = practice.new_key_file()
    served = Practice(story, seed, key)
    noted = None
    try:
        app.note(app.t("say", "practice_prepares", verdict=app.texts.verdict(verdict).title))
        try:
            served.reach(*verdicts)
        except NotReached as error:
            title = app.texts.verdict(verdict).title
            raise StoryFailed(key="verdict_not_reached", verdict=title) from error
        noted = practice.note(
            practice.Served(served.port, story["name"], served.device_id, str(key_file))
        )
        app.say(app.t("say", "practice_ready", port=served.port), "ok")
        app.say(app.t("say", "practice_try", port=served.port, key_file=str(key_file)))
        end = None if duration_s is None else time.monotonic() + duration_s
        served.run(lambda: end is None or time.monotonic() < end)
    except KeyboardInterrupt:
        app.note(app.t("say", "stopped"))
    finally:
        served.close()
        for path in (noted, key_file):
            if path is not None:
                with suppress(OSError):
                    path.unlink()
    return 0
