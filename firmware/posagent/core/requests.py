"""Answers the host's and the application's requests. Reading is free, changing needs the key."""

from posproto import VERSION, auth, cbor, const, ids, link

_LOG_MAX = const(16)
_OK = (ids.R_OK, None, None)


class Requests:
    """One per agent. Each operation is a method found in a table; each returns (R_*, value,
    detail).
    """

    def __init__(self, agent, key, random_bytes):
        self._agent = agent
        self.key = key
        self._random = random_bytes
        self.challenges = auth.Challenges(agent.config["device_id"])
        self.challenges.on_wrong = self._wrong_key
        self._host_ops = {
            ids.OP_HELLO: self._hello,
            ids.OP_STATUS: self._status,
            ids.OP_COUNTERS: self._counters,
            ids.OP_LOG: self._log,
            ids.OP_TRACE: self._trace,
            ids.OP_CHALLENGE: self._challenge,
            ids.OP_IDENTITY: self._identity,
            ids.OP_CREDIT: self._credit,
            ids.OP_SETTLEMENT: self._settlement,
            ids.OP_LADDER: self._ladder,
            ids.OP_CONFIG_GET: self._config_get,
        }
        self._keyed_ops = {
            ids.OP_SET_TIME: self._set_time,
            ids.OP_HEAL: self._heal,
            ids.OP_ASK_BALANCE: self._ask_balance,
            ids.OP_CONFIG_SET: self._config_set,
        }

    # Dispatch

    def host(self, request, frame):
        """A request on the host's port."""
        op = request[ids.RQ_OP]
        args = request.get(ids.RQ_ARGS, {})
        if op in self._host_ops:
            return self._host_ops[op](args if isinstance(args, dict) else {})
        if op not in self._keyed_ops:
            return self._application(op, args)
        agent = self._agent
        result = self.challenges.check(self.key, frame.request_id, request, agent.clock.s)
        if result != ids.R_OK:
            if result == ids.R_KEY_NEEDED:
                agent.counters[ids.C_UNKEYED] += 1
            return result, None, None
        return self._keyed_ops[op](cbor.decode(args) if args else {})

    def app(self, request, frame):
        """A request on the payment application's port: its own operations, hello and status."""
        op = request[ids.RQ_OP]
        if op in (ids.OP_HELLO, ids.OP_STATUS):
            return self._host_ops[op]({})
        return self._application(op, request.get(ids.RQ_ARGS, {}))

    def _application(self, op, args):
        if not ids.OP_SUBMIT_PART <= op <= ids.OP_ANSWER_DONE:
            return ids.R_UNKNOWN_OP, None, None
        answer = self._agent.settlement.handle_app(op, args)
        return answer if len(answer) == 3 else (answer[0], answer[1], None)

    def _wrong_key(self):
        agent = self._agent
        agent.counters[ids.C_KEY_WRONG] += 1
        count = agent.counters[ids.C_KEY_WRONG]
        agent.event(ids.E_KEY_REFUSED, ids.SEV_WARNING, {ids.A_COUNT: count})

    # Reading

    def hello(self):
        """The hello as a list by key."""
        agent = self._agent
        capabilities = ids.CAP_KEYED | ids.CAP_OUTBOX if self.key else 0
        if agent.virtual:
            capabilities |= ids.CAP_VIRTUAL_TIME
        return [
            ids.PROTOCOL_VERSION,
            VERSION,
            agent.board,
            link.LINE_MAX,
            capabilities,
            agent.boot,
            agent.config["device_id"],
            agent.engine.family.NAME,
            agent.config["message_bytes"],
        ]

    def _hello(self, args):
        return ids.R_OK, _present(self.hello()), None

    def _status(self, args):
        return ids.R_OK, _present(self._agent.status()), None

    def _counters(self, args):
        agent = self._agent
        agent.collect()
        counts = agent.counters
        return ids.R_OK, {i: counts[i] for i in range(len(counts)) if counts[i]}, None

    def _log(self, args):
        count = min(args.get(1, _LOG_MAX), _LOG_MAX)
        records, following, oldest = self._agent.log.read(args.get(0, 0), count)
        return ids.R_OK, {0: records, 1: following, 2: oldest}, None

    def _trace(self, args):
        return ids.R_OK, self._agent.trace.read(args.get(0, 0)), None

    def _challenge(self, args):
        if not self.key:
            return ids.R_REFUSED, None, "no key provisioned"
        nonce = self.challenges.issue(self._random(auth.NONCE_SIZE), self._agent.clock.s)
        return ids.R_OK, {0: nonce, 1: self.challenges.valid_s}, None

    def _identity(self, args):
        """Identities masked: the first six and last two characters."""
        known = self._agent.identity
        return ids.R_OK, {name: _mask(known[name]) for name in known}, None

    def _credit(self, args):
        return ids.R_OK, self._agent.credit.report(), None

    def _settlement(self, args):
        return ids.R_OK, self._agent.settlement.report(args.get(0, 0)), None

    def _ladder(self, args):
        ladder = self._agent.ladder
        waits = [ladder.wait_s(klass) for klass in range(8)]
        return ids.R_OK, {0: waits, 1: ladder.trouble_age_s(), 2: ladder.position}, None

    def _config_get(self, args):
        from . import config

        return ids.R_OK, config.public(self._agent.config), None

    # Changing

    def _set_time(self, args):
        self._agent.set_clock(args[0], 2)
        return _OK

    def _heal(self, args):
        return self._agent.order(args[0])

    def _ask_balance(self, args):
        self._agent.credit.ask_now()
        return _OK

    def _config_set(self, args):
        from . import config

        agent = self._agent
        values = dict(agent.config)
        errors = config.update(values, args)
        if errors:
            return ids.R_REFUSED, {0: [list(error) for error in errors]}, None
        try:
            agent.storage.write(config.FILE, config.store(values))
        except OSError:
            return ids.R_FLASH, None, None
        return ids.R_OK, None, "in force after a restart"


def _present(values):
    return {key: values[key] for key in range(len(values)) if values[key] is not None}


def _mask(text):
    if len(text) < 10:
        return text
    return text[:6] + "*" * (len(text) - 8) + text[-2:]
