"""A cellular modem: bytes of AT in, bytes of AT out, with the life that goes on behind them.

Sans-I/O: feed() and output() take the time in milliseconds, a plain increasing int. What happens
by itself stands in the operator's agenda and is done at its own moment.
"""

from . import results
from .commands_network import registration_urc
from .port import Port
from .radio import Radio
from .rng import Rng
from .sim import Sim
from .smsstore import SmsStore
from .sockets import Sockets

OFF, BOOTING, ON = 0, 1, 2


def family_module(name):
    """Each family is loaded alone: a microcontroller has no room for all."""
    if name == "quectel":
        from . import modem_quectel as module
    elif name == "simcom":
        from . import modem_simcom as module
    elif name == "sim800":
        from . import modem_sim800 as module
    else:
        from . import modem_generic as module
    return module


class Modem:
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
        self.port = Port(self.agenda, self.rng, self)
        self.faults = self.port.faults
        self.sms = SmsStore(self, self.profile)
        self.radio = Radio(operator, self.rng.fork("radio"), self.sim, self.profile)
        self.radio.listener = self
        self.sockets = Sockets(self, net)
        self.stored_fun = 1  # what +CFUN is after a boot
        self.state = OFF
        self.hung = False
        self.session = 0  # goes up with each boot: what was under way is void
        self.overlapped = 0  # command lines sent while another ran: a client's fault
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
        dues = [d for d in (self.agenda.next_due(), self.port.next_due()) if d >= 0]
        return max(0, min(dues) - now_ms) if dues else -1

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

    # -- pins ----------------------------------------------------------------

    def power_on(self, now_ms):
        self.agenda.run(now_ms)
        if self.state == OFF:
            self._boot()

    def power_key(self, now_ms, held_ms):
        """A pulse on PWRKEY: on when off; off, with a clean detach, when on and held long."""
        self.agenda.run(now_ms)
        self.operator.note("power_key", held_ms)
        if held_ms < self.profile["power_key_ms"]:
            return
        if self.state == OFF:
            self._boot()
        else:
            self.later(self.profile["power_off_ms"], self._off)

    def reset_pin(self, now_ms):
        self.agenda.run(now_ms)
        self.operator.note("reset_pin")
        if self.profile.get("reset_pin_works", True):
            self._off()
            self._boot()

    def brown_out(self):
        """The supply dips: the module starts again without a word about why."""
        self._off()
        self._boot()

    def restart(self):
        """The module resets itself, by command or by its own fault."""
        self.brown_out()

    def hang(self):
        self.hung = True

    def _off(self):
        self.session += 1
        self.state = OFF
        self.hung = False
        self.port.listening = False
        self.port.cut()
        self.sockets.reset()
        self.radio.restart()

    def shut_down(self, last_words, delay_ms):
        def gone():
            if last_words:
                self.port.urc(last_words)
            self.agenda.after(60, self._off)

        self.later(delay_ms, gone)

    def _reset_volatile(self):
        self.port.reset()
        self.busy = False
        self.queue = []
        self.todo = []
        self.cmee = self.profile["cmee"]
        self.settings = dict(self.profile["settings"])
        self.clock_offset_s = None  # unix seconds minus agenda seconds; None: never set
        self.zone_quarters = 0
        self.boot_ms = self.agenda.now_ms
        self.ussd_open = False

    def _boot(self):
        self.state = BOOTING
        self.session += 1
        self._reset_volatile()
        self.operator.note("boot")
        for delay_ms, text in self.profile["boot"]:
            self.later(delay_ms, self._boot_step, text)

    def _boot_step(self, text):
        """One line of the boot; words in lower case are steps, not lines."""
        if text == "ready":
            self.state = ON
            self.port.listening = True
        elif text == "radio":
            if self.profile.get("boot_sim_failure_ms"):
                self.sim.fault = "failed"
                self.later(self.profile["boot_sim_failure_ms"], self._sim_recovers)
            self.radio.power(self.stored_fun)
        elif text == "sim":
            state = self.sim.state()
            self.port.urc("+CPIN: " + (state if isinstance(state, str) else "NOT READY"))
        else:
            self.port.urc(text)

    def _sim_recovers(self):
        self.sim.fault = ""
        self.port.urc("+CPIN: READY")
        self.radio.sim_changed()

    # -- commands ------------------------------------------------------------

    def later(self, delay_ms, fn, *args):
        """Like agenda.after, void after a restart."""
        return self.agenda.after(delay_ms, self._if_session, self.session, fn, args)

    def _if_session(self, session, fn, args):
        if session == self.session:
            fn(*args)

    def command_line(self, body):
        """A line came in: answered after the modem's own delay, one at a time."""
        if self.busy:
            self.overlapped += 1
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
                result = handler(self, op, split_arguments(arguments))
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

    def raw_byte(self, byte):
        """Data mode: the module does not look for AT; +++ with its guard times leaves it."""
        self.sockets.raw_byte(byte)

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
        if self.settings.get("ctzr"):
            self.port.urc("+CTZV: %+03d" % operator.zone_quarters)


def split_commands(body):
    """[(name, operation, arguments)] of a line without its AT; operation "", "?", "=" or "=?"."""
    out = []
    at = 0
    while at < len(body):
        c = body[at].upper()
        if c in " ;":
            at += 1
        elif c in "+*%^$#":
            end, quoted = at, False
            while end < len(body) and (quoted or body[end] != ";"):
                if body[end] == '"':
                    quoted = not quoted
                end += 1
            out.append(_extended(body[at:end]))
            at = end + 1
        elif c == "D":
            out.append(("D", "", body[at + 1 :]))
            break
        else:
            name = c
            at += 1
            if c in "&\\" and at < len(body):
                name += body[at].upper()
                at += 1
            start = at
            while at < len(body) and body[at].isdigit():
                at += 1
            out.append((name, "=" if at > start else "", body[start:at]))
    return out


def _extended(text):
    for i, c in enumerate(text):
        if c in "=?":
            name = text[:i].upper().strip()
            rest = text[i:].strip()
            if rest == "=?" or rest == "?":
                return name, rest, ""
            return name, "=", rest[1:]
    return text.upper().strip(), "", ""


def split_arguments(text):
    """Values between commas; quotes are taken off, a quoted comma stays."""
    if not text:
        return []
    out, value, quoted = [], [], False
    for c in text:
        if c == '"':
            quoted = not quoted
        elif c == "," and not quoted:
            out.append("".join(value).strip())
            value = []
        else:
            value.append(c)
    out.append("".join(value).strip())
    return out
