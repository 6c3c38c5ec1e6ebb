"""Plays a procedure against answers from a list, without an engine: what it asks and decides."""

from posagent.core.modem.command import Command, Reply
from posproto.at import result


def talk(procedure, answers):
    """(its result, [texts of the commands]). answers: {text: (result, lines...) or a list of such,
    one for each time}; what is not there is refused with ERROR. (CME, number) is a CME error.
    """
    sent = []
    value = None
    while True:
        try:
            item = procedure.send(value)
        except StopIteration as stop:
            return stop.value, sent
        value = None
        if not isinstance(item, Command):
            continue
        sent.append(item.text)
        answer = answers.get(item.text, (result.ERROR,))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        value = Reply()
        value.result = answer[0]
        if answer[0] == result.CME:
            value.code = answer[1]
        else:
            value.lines = list(answer[1:])
