"""Short messages that wait, while the module that holds them has troubles of its own."""

from posagent.core.credit import sms_read
from posagent.core.modem.command import Reply
from posproto.at import result
from whole_host import WholeHost


def reply(code, lines=()):
    made = Reply()
    made.result = code
    made.lines = list(lines)
    return made


def test_a_module_that_restarts_while_a_message_is_read_ends_nothing():
    """What waited is void then, and was taken off its list a second time: the agent crashed."""
    agent = WholeHost().agent
    agent.inbox.all = False
    assert agent.inbox.add(3) and agent.inbox.add(4)
    reading = sms_read.read(agent)
    assert next(reading).text == b"+CMGF=0"
    assert reading.send(reply(result.OK)).text == b"+CMGR=3"
    agent.inbox.reset()
    asked = reading.send(reply(result.RESTARTED))
    while asked.text != b"+CPMS?":
        asked = reading.send(reply(result.RESTARTED))
    assert agent.inbox.news and agent.inbox.all  # it is read anew
