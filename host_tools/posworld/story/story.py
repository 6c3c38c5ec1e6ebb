"""Steps of a story, verified one by one from what the world saw and what the agent reported.

A step names conditions; all given must hold, after all earlier steps are done:
  verdict      the agent's verdict is (one of) these names
  note         the operator saw this kind of thing since the step began, `count` times (1)
  detail       with `note`: only notes with this detail
  outbox       the agent reports so many waiting records
  balance_minor  the agent reports this balance
  never        the agent's verdict is none of these meanwhile; one of them ends the story as failed
  never_balance  no such balance is reported meanwhile
  answered     the payment application has so many acknowledged answers, since the start
  calm         {"kinds": [...], "for_s": s, "at_most": n}: in a span of s not more than n such
               notes; more end the story as failed
  within_s     the step must be done so long after the one before it
"""

WAITING, DONE, FAILED = 0, 1, 2


class Step:
    """A step of a scenario's story, and when it was done or why it failed."""

    def __init__(self, spec):
        self.spec = spec
        self.id = spec["id"]
        self.state = WAITING
        self.began_ms = 0
        self.done_ms = 0
        self.reason = ""


class Story:
    """Fed by the operator's notes and by observe(); steps are done in their order."""

    def __init__(self, stage):
        self.stage = stage
        self.agenda = stage.agenda
        self.steps = [Step(s) for s in stage.scenario.get("steps", [])]
        self.seen = {}  # latest of what was observed
        self._notes_from = 0
        self._checking = False
        self.on_step = None
        self._begin(0)
        operator = stage.operator
        self._next_note = operator.on_note
        operator.on_note = self._noted

    def current(self):
        for step in self.steps:
            if step.state != DONE:
                return step
        return None

    def done(self):
        return self.current() is None

    def failed(self):
        step = self.current()
        return step is not None and step.state == FAILED

    def observe(self, values):
        """What the agent or the payment application shows now: verdict, outbox, ..."""
        self.seen.update(values)
        self.check()

    def _noted(self, now_ms, kind, detail):
        if self._next_note:
            self._next_note(now_ms, kind, detail)
        self.check()

    def _begin(self, now_ms):
        step = self.current()
        if step is None:
            return
        step.began_ms = now_ms
        self._notes_from = len(self.stage.operator.notes)
        calm = step.spec.get("calm")
        if calm:
            self.agenda.at(now_ms + calm["for_s"] * 1000, self.check)
        if "within_s" in step.spec:
            self.agenda.at(now_ms + step.spec["within_s"] * 1000 + 1, self._late, step)

    def _late(self, step):
        if step.state == WAITING:
            self._fail(step, "not within %d s" % step.spec["within_s"])

    def check(self):
        """Take all steps that are done now."""
        if self._checking:
            return
        self._checking = True
        step = self.current()
        while step is not None and step.state == WAITING and self._holds(step):
            now_ms = self.agenda.now_ms
            step.state = DONE
            step.done_ms = now_ms
            self._begin(now_ms)
            self.stage.step_done(step.id)
            if self.on_step:
                self.on_step(step)
            step = self.current()
        self._checking = False

    def _count(self, kinds, detail=None):
        notes = self.stage.operator.notes
        found = 0
        for i in range(self._notes_from, len(notes)):
            if notes[i][1] in kinds and (detail is None or notes[i][2] == detail):
                found += 1
        return found

    def _fail(self, step, reason):
        step.state = FAILED
        step.reason = reason
        if self.on_step:
            self.on_step(step)
        return False

    def _holds(self, step):
        spec, seen = step.spec, self.seen
        if seen.get("verdict") in spec.get("never", ()):
            return self._fail(step, "said " + seen["verdict"])
        if seen.get("balance_minor") in spec.get("never_balance", ()):
            return self._fail(step, "reported a balance of %d" % seen["balance_minor"])
        if "verdict" in spec:
            wanted = spec["verdict"]
            if isinstance(wanted, str):
                wanted = (wanted,)
            if seen.get("verdict") not in wanted:
                return False
        for name in ("outbox", "balance_minor"):
            if name in spec and seen.get(name) != spec[name]:
                return False
        if seen.get("answered", 0) < spec.get("answered", 0):
            return False
        wanted = spec.get("note")
        if wanted and self._count((wanted,), spec.get("detail")) < spec.get("count", 1):
            return False
        calm = spec.get("calm")
        if calm:
            if self._count(calm["kinds"]) > calm["at_most"]:
                kinds = ", ".join(calm["kinds"])
                return self._fail(step, "more than %d of %s" % (calm["at_most"], kinds))
            return self.agenda.now_ms - step.began_ms >= calm["for_s"] * 1000
        return True
