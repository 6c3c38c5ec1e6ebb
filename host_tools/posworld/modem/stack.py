"""What the makers' TCP commands do alike: contexts, data behind a prompt, names, files."""

from .results import ERROR, LATER, OK


def dialled(m):
    """Context 1 where the module's own TCP stack uses it, else None."""
    context = m.radio.contexts.get(1)
    return context if context and context.bound else None


def dial(m, told):
    """Context 1 for the module's own stack: told(address), "" where it did not come up."""
    context = m.radio.contexts.get(1)

    def done(cause):
        if cause == 0:
            context.bound = True
        told("" if cause else context.address)

    m.radio.contexts.activate(1, m.unless_restarted(done))


def hang_up(m, cid=1):
    m.radio.contexts.deactivate(cid)
    m.sockets.end_context(cid)


def ask_data(m, slot, length, sent, limit_ms=0, late=None):
    """A prompt for `length` bytes; sent(m, slot, data) a moment behind them. Some firmware waits
    for limit_ms only, and ends with the result late().
    """
    waiting = [True]

    def given(data):
        waiting[0] = False
        m.later(m.rng.between(5, 60), sent, m, slot, data)

    def over():
        if waiting[0]:
            m.port.prompt_over()
            m.finish(late())

    m.port.prompt(length, given)
    if limit_ms:
        m.later(limit_ms, over)
    return LATER


def ask_file(m, name, size):
    """A prompt for the bytes of a file, which the module keeps."""

    def given(data):
        m.files[name] = data
        m.finish(OK)

    m.port.prompt(size, given)
    return LATER


def answer_name(m, host, silent_ms, shown, unknown=""):
    """The answer of a command that asks for an address: the line shown(address), or an ERROR, with
    the line `unknown` before it; where no server answers it comes after silent_ms.
    """
    error, addresses = m.operator.resolve(host)
    delay_ms = silent_ms if error == -1 else m.rng.between(80, 700)
    m.later(delay_ms, _answered, m, unknown if error else shown(addresses[0]), error)
    return LATER


def _answered(m, text, error):
    if text:
        m.port.info(text)
    m.finish(ERROR if error else OK)
