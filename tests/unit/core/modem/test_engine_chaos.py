"""A line that loses bytes, a module that resets, hangs and forgets: no answer is ever mixed up.

Each seed is one module's bad quarter of an hour; afterwards the faults stop and all must be well.
"""

from against_world import CFG, World, exchange, one
from posagent.core.modem.command import Command, Restarted, Sleep

READS = (b"+CSQ", b"+CEREG?", b"+COPS?", b"+CPIN?", b"+CGSN", b"+CFUN?", b"+CESQ")
DATA = bytes([i * 7 & 255 for i in range(300)])


class Trial:
    def __init__(self, family, seed):
        self.world = World(family, seed=seed, cut=seed % 5)
        self.rng = self.world.rng.fork("trial")
        self.answers = 0
        self.messages = 0
        self.world.engine.on_restart = self.restarted
        self.begin()

    def restarted(self):
        self.world.restarted()
        self.begin()

    def begin(self):
        self.world.engine.start("look", self.look(), self.ended)
        self.world.engine.start("talk", self.talk(), self.ended)

    def ended(self, value, error):
        assert isinstance(error, Restarted), error

    def look(self):
        while True:
            for text in READS:
                reply = yield Command(text, 3000)
                self.answers += 1 if reply.result == 0 and reply.lines else 0
                for line in reply.lines:
                    # whoever lost its head is nobody's answer; a head is the command's own
                    assert line[:1] != b"+" or line[:4] == text[:4], (text, line)
            yield Sleep(5000)

    def talk(self):
        family = self.world.family
        while True:
            up, _ = yield from family.context_up(CFG)
            if up:
                _, _, got = yield from exchange(family, 1, b"h", 700, DATA)
                assert DATA.startswith(got)
                self.messages += 1 if got == DATA else 0
            yield Sleep(20000)

    def minute(self):
        modem = self.world.modem
        modem.faults.lose_out = self.rng.below(3) * 2
        modem.faults.garbage = self.rng.below(2) * 10
        fault = self.rng.below(10)
        if fault == 0:
            modem.brown_out()
        elif fault == 1:
            modem.hang()
        elif fault == 2:
            modem.context_lost(1)
        elif fault == 3:
            modem.port.echo = True
        elif fault == 4:
            modem.port.verbose = False
        self.world.run(self.rng.between(20000, 60000))
        if self.world.engine.dead:
            modem.reset_pin(self.world.now)

    def recovers(self):
        world = self.world
        world.modem.faults.lose_out = world.modem.faults.garbage = 0
        if world.modem.hung:
            world.modem.reset_pin(world.now)
        world.run(200000)
        reply, error = world.do(one(b"+CSQ"))
        return error is None and reply.lines[0].startswith(b"+CSQ: ") and not world.engine.dead


def test_nothing_is_mixed_up_and_all_is_well_in_the_end():
    answers = messages = restarts = 0
    for family in ("quectel", "simcom", "sim800"):
        for seed in range(2):
            trial = Trial(family, seed)
            for _ in range(10):
                trial.minute()
            assert trial.recovers(), (family, seed)
            answers += trial.answers
            messages += trial.messages
            restarts += trial.world.restarts
    assert answers > 2500 and messages > 60 and restarts > 10, (answers, messages, restarts)
