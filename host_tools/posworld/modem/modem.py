"""A cellular modem: bytes of AT in, bytes of AT out, with the life that goes on behind them.

Sans-I/O: feed() and output() take the time in milliseconds, a plain increasing int. What happens
by itself stands in the operator's agenda and is done at its own moment.
"""

from ..calendar import clock_text
from ..network.radio import Radio
from ..rng import Rng
from . import results
from .atline import split_arguments, split_commands
from .commands_network import registration_urc
from .port import Port
from .powered import OFF, ON, Powered
from .sim import Sim
from .smsstore import SmsStore
from .sockets import Sockets


def family_module(name):
    """The module of a family, loaded alone: a microcontroller has no room for all."""
    if name == "quectel":
        from . import quectel as module
    elif name == "simcom":
        from . import simcom as module
    elif name == "sim800":
        from . import sim800 as module
    elif name == "ublox":
        from . import ublox as module
    elif name == "fibocom":
        from . import fibocom as module
    elif name == "ml307":
        from . import ml307 as module
    elif name == "luat":
        from . import luat as module
    elif name == "neoway":
        from . import neoway as module
    elif name == "telit":
        from . import telit as module
    else:
        from . import generic as module
    return module


class Modem(Powered):
    """net: object with open(handle, host, port), send(handle, data), close(handle); its owner
    calls net_opened, net_data and net_closed. options override the family's PROFILE.
    """

    def __init__(self, operator, rng, family="quectel", net=None, options=None, sim=None):
        module = family_module(family)
        self.profile = dict(module.PROFILE)
        self.profile.update(options or {})
        self.commands = module.COMMANDS
        self.family = family
        self.operator = operator
        self.agenda = operator.agenda
        self.rng = rng.fork("modem") if rng else Rng(1)
        self.sim = sim or Sim()
        self.cards = [self.sim]
        self.slot = 0  # outlives a restart
        self.port = Port(self.agenda, self.rng, self)
        self.faults = self.port.faults
        self.sms = SmsStore(self, self.profile)
        self.radio = Radio(operator, self.rng.fork("radio"), self.sim, self.profile)
        self.radio.listener = self
        self.sockets = Sockets(self, net)
        self.files = {}  # the module's own file store: it survives restarts
        self.stored_fun = 1  # what +CFUN is after a boot
        self.state = OFF
        self.boots = []  # times of the latest
        self.hung = False
        self.session = 0  # goes up with each boot: what was under way is void
        self.overlapped = 0  # command lines sent while another ran: a client's fault
        self.inherited = False  # the command that runs is an earlier agent's
        self.commands_seen = 0
        self._reset_volatile()

    # -- the shell's side ----------------------------------------------------

    def feed(self, data, now_ms):
        self.agenda.run(now_ms)
        if self.state == ON and not self.hung:
            self.port.receive(data)

    def output(self, now_ms):
        self.agenda.run(now_ms)
        return self.port.output(now_ms)

    def deadline(self, now_ms):
        """Milliseconds until something happens by itself; -1 where nothing will."""
        due_ms, port_ms = self.agenda.next_due(), self.port.next_due()
        if due_ms < 0 or 0 <= port_ms < due_ms:
            due_ms = port_ms
        if due_ms < 0:
            return -1
        return due_ms - now_ms if due_ms > now_ms else 0

    def idle(self, now_ms):
        """No command, half line, prompt or socket byte is in flight."""
        if self.busy and not self.hung and self.state == ON:
            return False
        return not (self.port.waiting() or self.port.next_due() >= 0 or self.sockets.in_flight())

    def net_opened(self, handle, error, now_ms):
        self.agenda.run(now_ms)
        self.sockets.net_opened(handle, error)

    def net_data(self, handle, data, now_ms):
        self.agenda.run(now_ms)
        self.sockets.net_data(handle, data)

    def net_closed(self, handle, now_ms):
        self.agenda.run(now_ms)
        self.sockets.net_closed(handle)

    # -- commands ------------------------------------------------------------

    def command_line(self, body):
        """A line came in: answered after the modem's own delay, one at a time."""
        if self.busy:
            # Who hears nothing cannot know, nor who has just begun to live.
            self.overlapped += not (self.faults.agent_deaf or self.inherited)
            if len(self.queue) < 2:
                self.queue.append(body)
            return
        self.busy = True
        low, high = self.profile["answer_ms"]
        self.later(self.rng.between(low, high) + self.faults.slow_ms, self._execute, body)

    def _execute(self, body):
        self.commands_seen += 1
        faults = self.faults
        if faults.hang_after and self.commands_seen >= faults.hang_after:
            faults.hang_after = 0
            self.hung = True
        if faults.hang_on and faults.hang_on in body.upper():
            faults.hang_on = ""
            self.hung = True
        if self.hung:
            self.operator.note("hung")
            return
        self.todo = split_commands(body)
        self._next()

    def _next(self):
        while self.todo:
            name, op, arguments = self.todo.pop(0)
            handler = self.commands.get(name)
            self.raw = arguments
            if handler is None:
                result = self.profile["unknown"]
            else:
                try:
                    result = handler(self, op, split_arguments(arguments))
                except IndexError:  # fewer arguments than it needs
                    result = results.ERROR
            if result is results.LATER:
                return
            if result is not results.OK:
                self.todo = []
                self.finish(result)
                return
        self.finish(results.OK)

    def finish(self, result):
        """The final result of the command that runs."""
        if self.hung:
            return
        if result is results.OK and self.todo:
            self._next()
            return
        self.todo = []
        self.inherited = self.inherited and bool(self.queue)
        if result is not results.SILENT:
            cmee = 0 if self.profile.get("no_cmee") else self.cmee
            text, terse = results.words(result, cmee, self.port.verbose)
            self.port.final(text, terse)
        else:
            self.port.final_done()
        self.busy = False
        if self.queue:
            self.command_line(self.queue.pop(0))

    def sim_error(self):
        """A CME number where the card cannot be used, else 0."""
        if self.radio.fun == 0:
            return 13
        state = self.sim.state()
        if isinstance(state, int):
            return state
        return {"READY": 0, "SIM PIN": 11, "SIM PUK": 12}.get(state, 5)

    def select_card(self, slot):
        """The card in that place, at once; the radio looks for its network."""
        if slot == self.slot:
            return
        while len(self.cards) < 2:
            empty = Sim("", "")
            empty.fault = "absent"
            self.cards.append(empty)
        self.slot = slot
        self.sim = self.cards[slot]
        if slot < len(self.operator.cards):
            self.operator.use(slot)
        self.operator.note("card_selected", self.sim.imsi)
        self.radio.other_card(self.sim)

    # -- what radio and sockets tell -----------------------------------------

    def registration(self, domain):
        registration_urc(self, domain)

    def event(self, text):
        if self.settings.get("cgerep"):
            self.port.urc("+CGEV: " + text)

    def context_lost(self, cid):
        self.sockets.context_lost(cid)

    def take(self, message):
        return self.state == ON and self.sms.take(message)

    def network_time(self):
        operator = self.operator
        if not self.settings.get("ctzu"):
            return
        self.clock_offset_s = operator.epoch_s
        self.zone_quarters = operator.zone_quarters
        mode = self.settings.get("ctzr")
        if mode == 2:  # with the time itself, in UTC (TS 27.007 cl. 8.41)
            stamp = "20" + clock_text(operator.unix_s(), 0)[:-3]
            self.port.urc('+CTZE: "%+03d",0,"%s"' % (operator.zone_quarters, stamp))
        elif mode:
            self.port.urc("+CTZV: %+03d" % operator.zone_quarters)
