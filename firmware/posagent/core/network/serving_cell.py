"""What +CEREG and +CESQ do not tell of the serving cell: its network and its SINR."""

from . import visited_network


def look(network, family, clock):
    """Procedure: `serving` and `sinr_db` of the network, asked for by what the family has."""
    network.asked_s = clock.s
    cell = network.asked_cell = network.cell
    found = yield from family.serving_cell()
    plmn = found.get("plmn") or (yield from visited_network.read())
    network.serving = _digits(plmn or b"")
    if cell[0] is None and found.get("area") is not None:  # +CEREG=2 was refused
        network.cell = network.asked_cell = (found["area"], found.get("ci"))
        network.cell_s = clock.s
    network.sinr_db = found.get("sinr_db")
    if network.rsrq_db is None:
        network.rsrq_db = found.get("rsrq_db")


def _digits(plmn):
    # MCC and MNC (TS 23.003 cl. 2.2); some makers print the MNC as a number.
    if len(plmn) == 4:
        plmn = plmn[:3] + b"0" + plmn[3:]
    return plmn if plmn.isdigit() and 5 <= len(plmn) <= 6 else None
