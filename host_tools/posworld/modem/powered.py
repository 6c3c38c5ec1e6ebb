"""The modem's supply: pins, boot lines, resets, and what each of them loses."""

OFF, BOOTING, ON = 0, 1, 2


class Powered:
    """Base of Modem, which owns the attributes. profile["boot"] says what a boot writes when."""

    rude = 0  # starts without a detach
    rests_until_ms = 0  # too hot, or its supply is latched off: no pulse starts it before

    def power_on(self, now_ms):
        self.agenda.run(now_ms)
        if self.state == OFF:
            self._boot()

    def power_key(self, now_ms, held_ms):
        """A pulse on PWRKEY: on when off; off, with a clean detach, when on and held long."""
        self.agenda.run(now_ms)
        self._note_silence()
        self.operator.note("power_key", held_ms)
        if held_ms < self.profile["power_key_ms"]:
            return
        if self.state != OFF:
            self.later(self.profile["power_off_ms"], self._off)
        elif now_ms >= self.rests_until_ms:
            self._boot()

    def reset_pin(self, now_ms):
        self.agenda.run(now_ms)
        self._note_silence()
        self.operator.note("reset_pin")
        # The reset line of a module that is off does nothing: its processor has no supply.
        if self.profile.get("reset_pin_works", True) and self.state != OFF:
            self._off()
            self._boot()

    def _note_silence(self):
        """How long the agent has heard nothing, for who judges it."""
        self.operator.note("silence", self.agenda.now_ms - self.port.heard_ms)

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
        self._bar_the_rude()
        self.session += 1
        self.state = OFF
        self.hung = False
        self.port.listening = False
        self.port.cut()
        self.sockets.reset()
        self.radio.restart()

    def _bar_the_rude(self):
        """Some modules attach no more for half an hour after so many starts without a detach."""
        limit = self.profile.get("attach_bar_resets", 0)
        if not self.radio.attached:
            return
        self.rude += 1
        if limit and self.rude >= limit:
            self.rude = 0
            self.operator.note("attach_barred")
            self.radio.barred_until_ms = self.agenda.now_ms + 1800000

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
        if self.profile.get("forgets_card"):
            self.select_card(0)
        self._tire_card()
        for delay_ms, text in self.profile["boot"]:
            self.later(delay_ms, self._boot_step, text)

    def _tire_card(self):
        """Some cards do not come up again after starts that follow each other too closely."""
        limit = self.profile.get("card_tires_after", 0)
        now_ms = self.agenda.now_ms
        self.boots = [b for b in self.boots if now_ms - b < 180000] + [now_ms]
        if limit and len(self.boots) >= limit:
            self.sim.fault = "failed"
            self.operator.note("card_lost")
            self.sim.fault_until_power = True
        elif limit and self.sim.fault:
            self.sim.fault = ""

    def _boot_step(self, text):
        """One line of the boot; words in lower case are steps, not lines."""
        if text == "ready":
            self.state = ON
            self.port.listening = True
        elif text == "radio":
            if self.profile.get("boot_sim_failure_ms"):
                self.sim.fault = "failed"
                self.operator.note("card_lost")
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

    def later(self, delay_ms, fn, *args):
        """Like agenda.after, void after a restart."""
        return self.agenda.after(delay_ms, self._if_session, self.session, fn, args)

    def unless_restarted(self, fn):
        """fn for who calls back at a time of its own."""
        session = self.session
        return lambda *args: self._if_session(session, fn, args)

    def _if_session(self, session, fn, args):
        if session == self.session:
            fn(*args)
