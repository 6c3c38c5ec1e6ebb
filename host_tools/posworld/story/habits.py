"""Habits: what one module or network always does, and others do not. begin(chaos) sets one for a
whole run.

None is wrong by itself; together with a fault each has kept somebody's device offline.
"""

_DAY_MS = 86400000


def _module(**choices):
    """Options of the module's firmware, each drawn from its values."""

    def begin(chaos):
        for name in sorted(choices):
            value = chaos.rng.pick(choices[name])
            chaos.stage.modem.profile[name] = value
            radio = chaos.stage.modem.radio
            for part in (radio, radio.contexts):
                if hasattr(part, name):
                    setattr(part, name, value)

    return begin


def _network(**choices):
    """Settings of the operator."""

    def begin(chaos):
        for name in sorted(choices):
            setattr(chaos.stage.operator, name, chaos.rng.pick(choices[name]))

    return begin


def _daily(chaos):
    """Every 24 hours the network ends the session, some days the attach with it."""

    def again():
        if not chaos.running:
            return
        chaos.agenda.after(_DAY_MS, again)
        radio = chaos.stage.modem.radio
        if chaos.rng.below(3):
            radio.end_context(1)
        else:
            radio.detached(0)

    chaos.agenda.after(chaos.rng.between(3600000, _DAY_MS), again)


HABITS = {
    "answers_plainly": _module(activation_error=("plain", "no carrier")),
    "apn_with_tail": _module(apn_with_tail=(True,)),
    "back_off_assumed": _module(default_back_off_s=(720, 1800)),
    "back_off_told": _module(cabtrdp=(True,), qnwcfg=(True,)),
    "card_late": _module(boot_sim_failure_ms=(3000, 9000, 15000), sim_busy_ms=(0, 2000, 12000)),
    "card_tires": _module(card_tires_after=(3, 4)),
    "circuit_apart": _network(combined=(False,)),
    "daily_end": _daily,
    "definition_late": _module(define_refused_ms=(3000, 7300)),
    "denied_as_idle": _module(denied_stat=(0, 2)),
    "detaches_for_data": _network(refused_data_detaches=(True,)),
    "gives_up": _module(gives_up_s=(300, 900, 1800)),
    "keeps_refusals": _module(refusals_until=("reset",)),
    "keeps_slot": _module(failed_open_keeps_slot=(True,)),
    "no_bearer": _module(auto_context=(False,)),
    "no_packet_domain": _module(ps_on_lte=(False,)),
    "no_time": _network(nitz=(False,)),
    "reset_pin_dead": _module(reset_pin_works=(False,)),
    "roams": _network(roaming=(True,)),
    "silent_longer": _module(silent_until=("cfun0", "cfun0", "reset")),
    "slow_after_cycle": _module(slow_after_cfun_ms=(30000, 120000, 240000)),
    "sms_drops_data": _module(sms_drops_data=(True,)),
    "stale_definition": _module(stale_apn=("old.m2m",)),
    "stays_slow": _module(stays_slow=(True,)),
}
