"""Many terminals at once, as the collector would have stored them: states without an agent."""

import random

import cbor2

from posfleet.collect.records import Records
from posfleet.store.writes import store
from posfleet.wire.reports import Report
from posproto import ids
from rig import NOW_S

CARRIERS = ("CMCC", "CUCC", "CTCC")
WRONG = (
    *(ids.V_CREDIT_OVERDUE, ids.V_DENIED, ids.V_NO_SIGNAL, ids.V_HOST_SILENT, ids.V_MODEM_DEAD),
    *(ids.V_SETTLEMENT_LATE, ids.V_SIM_ABSENT, ids.V_CREDIT_LOW, ids.V_WEAK_SIGNAL),
)


def settle(database, count, fleet="north", seed=1):
    """`count` enrolled terminals; every eleventh has had a trouble for days."""
    chance = random.Random(seed)
    with database.writing() as work:
        work.many(
            "INSERT INTO device (fleet, name, site, region, reseller, acquirer, carrier, cell,"
            " iccid, platform) VALUES (?,?,?,?,?,?,?,?,?,?)",
            [
                (
                    *(fleet, f"POS-{n:05d}", f"Shop {n}", f"R{n % 7}", f"Reseller {n % 5}"),
                    *(f"Acquirer {n % 3}", CARRIERS[n % 3], f"460-{n % 40:05x}"),
                    *(f"8986{n:016d}", "rest"),
                )
                for n in range(count)
            ],
        )
        found = work.rows("SELECT device FROM device WHERE fleet = ? ORDER BY device", (fleet,))
    devices = [device for (device,) in found]
    says(database, devices, fleet, NOW_S, lambda n: trouble(chance, n))
    return devices


def trouble(chance, n):
    if n % 11:
        return ids.V_ALL_CLEAR, chance.randrange(86400, 10**6)
    return chance.choice(WRONG), chance.randrange(2 * 86400, 6 * 86400)


def says(database, devices, fleet, at_s, verdict_of, boot=3):
    """Each device's status at `at_s`: verdict_of(n) gives (verdict, seconds that it stands)."""
    records = Records(90)
    for n, device in enumerate(devices):
        found = verdict_of(n)
        if found is None:
            continue
        verdict, stands_s = found
        status = {0: boot, 1: 10**6 + at_s - NOW_S, 2: at_s, 3: verdict}
        status.update({5: status[1] - stands_s, 6: [1, 1, 1], 8: -80 - n % 30, 12: 4000 + n})
        status.update({13: "CNY", 15: n % 3, 21: 8})
        report = Report(ids.OP_STATUS, status, cbor2.dumps(status))
        records.add(fleet, device, report, at_s, at_s)
        if at_s == NOW_S and n % 50 == 0:
            credit = {0: 1, 1: 200 + n, 2: "CNY", 7: n % 20}
            records.add(fleet, device, Report(ids.OP_CREDIT, credit, b""), at_s, at_s)
            settlement = {0: [{1: ids.MS_READY, 6: 60 + n}] * (n % 4)}
            records.add(fleet, device, Report(ids.OP_SETTLEMENT, settlement, b""), at_s, at_s)
    store(database, records.rows, at_s)
