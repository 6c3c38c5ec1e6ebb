"""One world built from a scenario: operator, card, modem, and the story that happens to them.

Runs on both runtimes. The scenario is a plain dict, as scenario.py makes it of the TOML file.
"""

from ..modem.modem import Modem
from ..modem.sim import Sim
from ..network.account import Account
from ..network.operator import SHORT, Cell, Operator, bar_of
from ..network.smsc import SmsCentre
from ..network.subscription import Subscription
from ..rng import Rng
from .actions import ACTIONS

HOST = "acquirer.example"
PORT = 8583


def _apply(thing, values, skip=()):
    """Set attributes by name; an unknown name is an error in the scenario, not a new attribute."""
    for name in sorted(values):
        if name in skip:
            continue
        if not hasattr(thing, name):
            raise ScenarioError("no such setting: " + name)
        value = values[name]
        setattr(thing, name, tuple(value) if isinstance(value, list) else value)


def _account_of(table):
    account = Account()
    arrears = table.get("arrears")
    _apply(account, table, ("arrears",))
    account.arrears = bar_of(arrears) if arrears else None
    return account


class ScenarioError(ValueError):
    """A scenario that names what the world does not have."""


class Stage:
    """operator, modem, agenda and the timeline. on_shell(item) does what only a shell can do
    (submit a message, stop the acquirer); on_step(step) hears of each step of the story.
    """

    def __init__(self, scenario, seed=1, net=None):
        self.scenario = scenario
        self.seed = seed
        rng = Rng(seed)
        self.rng = rng.fork("story")
        table = scenario.get("operator", {})
        self.operator = Operator(rng, None, table.get("brand", "cmcc"))
        self.agenda = self.operator.agenda
        _apply(self.operator, table, ("brand", "cells"))
        for rat, dbm in sorted(table.get("cells", {}).items()):
            self.operator.cover(RATS[rat], dbm)
        self._account(scenario.get("account", {}))
        _apply(self.operator.smsc, scenario.get("smsc", {}))
        card = dict(scenario.get("sim", {}))
        fault = card.pop("fault", "")
        sim = Sim()
        _apply(sim, card)
        sim.fault = fault
        options = dict(scenario.get("modem", {}))
        family = options.pop("family", "quectel")
        for name in options:
            if isinstance(options[name], list):
                options[name] = tuple(options[name])
        if "rats" in options:
            options["rats"] = tuple([RATS[r] for r in options["rats"]])
        self.modem = Modem(self.operator, rng, family, net, options, sim)
        self._second(scenario, rng)
        _apply(self.modem.faults, scenario.get("wire", {}))
        self.on_shell = None
        self.on_step = None
        self.is_held = False  # the story stands still: what it still has waits for release()
        self._held = []
        self._after = {}
        for item in scenario.get("timeline", []):
            self._enter(item)

    def _account(self, table):
        self.operator.account = _account_of(table)

    def _second(self, scenario, rng):
        """The second card, with its operator and its account: tables sim2, operator2, account2."""
        if "sim2" not in scenario:
            return
        card = dict(scenario["sim2"])
        fault = card.pop("fault", "")
        sim = Sim("89860117831000045678", "460010987654321")
        _apply(sim, card)
        sim.fault = fault
        self.modem.cards.append(sim)
        operator = self.operator
        table = scenario.get("operator2", {})
        other = Subscription(operator)
        other.brand = table.get("brand", "unicom")
        other.short = SHORT.get(other.brand, "CBN")
        other.plmn, other.name = table.get("plmn", "46001"), table.get("name", "CHN-UNICOM")
        other.smsc = SmsCentre(operator, rng.fork("smsc2"))
        other.account = _account_of(scenario.get("account2", {}))
        cells = table.get("cells", {"lte": -95})
        other.cells = [Cell(RATS[rat], 0x3344, 0x61B2A01, cells[rat]) for rat in sorted(cells)]
        operator.add_card(other)

    def _enter(self, item):
        if item["do"] not in ACTIONS:
            raise ScenarioError("no such action: " + item["do"])
        if "after" in item:
            self._after.setdefault(item["after"], []).append(item)
        else:
            self.agenda.at(int(item["at_s"] * 1000), self.do, item)

    def step_done(self, step):
        """A step of the story happened: what the scenario ties to it gets its time."""
        for item in self._after.pop(step, []):
            self.agenda.after(int(item.get("delay_s", 0) * 1000), self.do, item)

    def do(self, item):
        """Let one thing happen now. A story that stands still goes on with what repeats."""
        if self.is_held and not item.get("every_s"):
            self._held.append(item)
            return
        self.operator.note("story", item["do"])
        if "mark" in item:
            self.operator.note("mark", item["mark"])
        act = ACTIONS[item["do"]]
        card = item.get("card", self.operator.used + 1) - 1
        self.operator.on_card(card, act, self, item)
        if item.get("every_s"):
            self.agenda.after(int(item["every_s"] * 1000), self.do, item)

    def release(self):
        """The story goes on with what it missed."""
        self.is_held = False
        missed, self._held = self._held, []
        for item in missed:
            self.do(item)

    def shell(self, item):
        if self.on_shell:
            self.on_shell(item)

    def agent_started(self):
        """The agent begins a life, at power-on or by a reset of its own."""
        if self.modem.faults.agent_deaf:
            self.modem.faults.agent_deaf = False
        self.modem.inherited = self.modem.busy
        self.operator.note("agent_start")

    def settings(self):
        """What the agent of this terminal is configured with."""
        out = {"host": HOST, "port": PORT, "apn": self.modem.profile["apn"], "closed_apn": True}
        out.update(self.scenario.get("agent", {}))
        return out

    def power_on(self, now_ms=0):
        self.modem.power_on(now_ms)


RATS = {"gsm": 0, "utran": 2, "lte": 7}
