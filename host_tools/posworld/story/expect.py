"""The verdicts that a careful expert would give, and when: `[[expect]]` of a scenario.

  verdict      the name of the verdict that is right
  or           further names that are as right, or right in part
  at_s         at this time of the world; or delay_s (0) behind
  after          a step of the story, or
  mark           what the timeline marked: "fault", "curable"

The tables bind nobody here: who plays a scenario asks due() and compares.
"""

_KEYS = ("verdict", "or", "at_s", "after", "mark", "delay_s")


class Expectation:
    """One table of `[[expect]]`. Raises ValueError for a key that it does not have."""

    def __init__(self, spec):
        for key in spec:
            if key not in _KEYS:
                raise ValueError("no such key in expect: " + key)
        self.verdicts = (spec["verdict"],) + tuple(spec.get("or", ()))
        self.spec = spec
        self.at_ms = None  # known once its anchor has happened

    def name(self):
        """When, in words: `fault + 60 s`."""
        spec = self.spec
        if "at_s" in spec:
            return "%d s" % spec["at_s"]
        anchor = spec.get("after") or spec["mark"]
        return "%s + %d s" % (anchor, spec.get("delay_s", 0))


class Expectations:
    """All of one scenario, over its story and its operator's notes."""

    def __init__(self, stage, story):
        self.story = story
        self.notes = stage.operator.notes
        self.waiting = [Expectation(spec) for spec in stage.scenario.get("expect", [])]

    def due(self, now_ms):
        """Those whose time has come since the last call, in their order."""
        found = []
        for one in list(self.waiting):
            if one.at_ms is None:
                one.at_ms = self._time(one.spec)
            if one.at_ms is not None and now_ms >= one.at_ms:
                self.waiting.remove(one)
                found.append(one)
        return found

    def coming(self):
        """Is one waiting whose anchor has happened?"""
        return any(one.at_ms is not None for one in self.waiting)

    def _time(self, spec):
        if "at_s" in spec:
            return spec["at_s"] * 1000
        delay_ms = spec.get("delay_s", 0) * 1000
        if "after" in spec:
            for step in self.story.steps:
                if step.id == spec["after"]:
                    return step.done_ms + delay_ms if step.state == 1 else None
            raise ValueError("no such step: " + spec["after"])
        for at_ms, kind, detail in self.notes:
            if kind == "mark" and detail == spec["mark"]:
                return at_ms + delay_ms
        return None
