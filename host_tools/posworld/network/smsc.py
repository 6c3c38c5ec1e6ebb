"""The operator's SMS centre: takes messages, answers keywords, delivers in its own time."""

from ..modem.pdu import parts
from . import texts

# RP causes (TS 24.011 annex E) that a submission may be refused with.
RP_BARRED = 8
RP_UNASSIGNED = 1


class SmsCentre:
    """Holds what a subscriber cannot be given now, and tries again when it can be reached."""

    def __init__(self, operator, rng):
        self.operator = operator
        self.number = "+8613800100500"
        self.rng = rng
        self.answer_ms = (3000, 9000)  # from the query to the first part of the answer
        self.part_gap_ms = (150, 2500)
        self.shuffle_permille = 400  # parts of a long answer in another order than written
        self.announce = False  # "your request was received" before the answer
        self.answers = True
        self.unknown_keyword = False  # this province has another keyword
        self.wide_reference = False
        self.lost_part = 0  # this part of each long answer never arrives
        self.duplicate_permille = 0
        self.answer_text = None  # instead of the computed one
        self.waiting = []  # messages that could not be delivered yet
        self.taken = []  # (now_ms, number, text)
        self._reference = 40

    def take(self, number, text):
        """A message from the terminal. Returns 0 or the RP cause of the refusal."""
        operator = self.operator
        account = operator.account
        bar = account.barred("sms")
        if bar:
            operator.note("sms_refused", bar.cause or RP_BARRED)
            return bar.cause or RP_BARRED
        self.taken.append((operator.agenda.now_ms, number, text))
        operator.note("sms_taken", text)
        account.balance_minor -= account.sms_price_minor
        service, keywords, answer, _ = texts.SERVICES[operator.brand]
        if number in (service, "+86" + service) and self.answers:
            self._answer(service, text, keywords, answer)
        return 0

    def _answer(self, service, text, keywords, answer):
        delay = self.rng.between(self.answer_ms[0], self.answer_ms[1])
        agenda = self.operator.agenda
        if self.announce:
            agenda.after(delay // 2, self.send, service, texts.RECEIVED)
        agenda.after(delay, self._compose, service, text, keywords, answer)

    def _compose(self, service, text, keywords, answer):
        operator = self.operator
        if self.unknown_keyword or text.strip().upper() not in keywords:
            reply = texts.UNKNOWN_KEYWORD % service
        elif self.answer_text is not None:
            reply = self.answer_text
        else:
            reply = answer(operator.account, operator.unix_s())
        self.send(service, reply)

    def send(self, number, text, paid=False):
        """Bring a text on its way to the terminal, cut into parts where it is long."""
        operator = self.operator
        self._reference += 1
        messages = parts(number, text, operator.unix_s(), self._reference, self.wide_reference)
        for message in messages:
            message.paid = paid
        long = len(messages) > 1
        if long and self.lost_part:
            messages = [m for i, m in enumerate(messages) if i + 1 != self.lost_part]
        if long and self.rng.chance(self.shuffle_permille):
            messages = self.rng.shuffled(messages)
        delay = 0
        for message in messages:
            operator.agenda.after(delay, self._arrive, message)
            if self.rng.chance(self.duplicate_permille):
                operator.agenda.after(delay + 700, self._arrive, message)
            delay += self.rng.between(self.part_gap_ms[0], self.part_gap_ms[1])

    def _arrive(self, message):
        # What waits already goes first: a centre keeps the order per subscriber.
        shown = self.operator.smsc is self  # of two cards
        if self.waiting or not shown or not self.operator.page(message):
            self.waiting.append(message)

    def reachable(self):
        """The subscriber answered the network: hand over what waits."""
        while self.waiting:
            if not self.operator.page(self.waiting[0]):
                return
            self.waiting.pop(0)
