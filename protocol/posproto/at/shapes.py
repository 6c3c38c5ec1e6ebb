"""Answers that no decision stands on, as named fields: for tools. No board loads this.

What the agent decides on has a parser of its own in the modules beside this one.
"""

from . import Unreadable
from .fields import fields, number, text

# Head, what else decides, kind, fields. A field is an integer, with `:s` a text, with `|` the
# first when it has quotes and else the second; missing ones at the end are left out. What decides
# is nothing, the number of fields, the first field, or both of these. The names are those of the
# standards and the makers' manuals.
_STATE = (
    "connect_id service_type:s address:s remote_port local_port socket_state context_id"
    " server_id access_mode at_port:s"
)
SHAPES = (
    (b"+CNUM:", None, "own_number", "alpha:s number:s type"),
    (b"+CSCA:", None, "sms_centre", "sca:s tosca"),
    (b"+CPMS:", 6, "sms_store", "used1 total1 used2 total2 used3 total3"),
    (b"+CPMS:", 9, "sms_store", "mem1:s used1 total1 mem2:s used2 total2 mem3:s used3 total3"),
    (b"+CMTI:", None, "sms_new", "mem:s index"),
    (b"+CDSI:", None, "sms_new", "mem:s index"),
    (b"+CMGS:", None, "sms_sent", "mr"),
    (b"+CNEC_EMM:", None, "reject", "reject_cause cid"),
    (b"+CNEC_ESM:", None, "reject", "reject_cause cid"),
    (b"+CNEC_GMM:", None, "reject", "reject_cause cid"),
    (b"+CNEC_MM:", None, "reject", "reject_cause cid"),
    (b"+CGEREP:", None, "setting", "mode bfr"),
    (b"+CGAUTH:", None, "context", "cid auth_prot userid:s"),
    # Quectel
    (b"+QUSIM:", None, "sim_event", "state"),
    (b"+QSIMSTAT:", None, "sim_event", "enable inserted_status"),
    (b"+QNWINFO:", 1, "network", "state:s"),
    (b"+QNWINFO:", None, "network", "rat:s oper:s band:s channel"),
    (b"+QSPN:", None, "network", "fnn:s snn:s spn:s alphabet rplmn:s"),
    (b"+QNWCFG:", b"backoff", "back_off", "setting:s seconds"),
    (b"+QGDCNT:", None, "data_counter", "bytes_sent bytes_recv"),
    (b"+QIACT:", None, "context", "context_id context_state context_type address:s"),
    (b"+QIACTEX:", None, "context", "context_id err"),
    (b"+QIOPEN:", None, "socket", "connect_id err"),
    (b"+QSSLOPEN:", None, "socket", "connect_id err"),
    (b"+QISEND:", None, "socket", "total_send_length acked_bytes unacked_bytes"),
    (b"+QIRD:", 3, "socket", "total_receive_length have_read_length unread_length"),
    (b"+QIRD:", None, "socket", "read_actual_length"),
    (b"+QISTATE:", None, "socket", _STATE),
    (b"+QIGETERROR:", None, "socket_error", "err description:s"),
    (b"+QPING:", 7, "ping", "finresult sent rcvd lost min max avg"),
    (b"+QPING:", None, "ping", "result address:s bytes time ttl"),
    (b"+QIURC:", b"recv", "socket", "urc:s connect_id length"),
    (b"+QIURC:", b"closed", "socket", "urc:s connect_id"),
    (b"+QIURC:", b"pdpdeact", "context", "urc:s context_id"),
    (b"+QIURC:", b"incoming full", "socket", "urc:s"),
    (b"+QIURC:", b"incoming", "socket", "urc:s connect_id server_id address:s remote_port"),
    (b"+QIURC:", b"dnsgip", "dns", "urc:s address:s|err ip_count dns_ttl"),
    (b"+QIND:", b"csq", "signal", "urc:s rssi ber"),
    (b"+QIND:", b"act", "network", "urc:s rat:s"),
    (b"+QIND:", None, "ready", "urc:s"),
    # SIMCom
    (b"+CNSMOD:", 2, "network", "n stat"),
    (b"+CNSMOD:", None, "network", "stat"),
    (b"+CNMP:", None, "setting", "mode"),
    (b"+NETOPEN:", None, "context", "err"),
    (b"+NETCLOSE:", None, "context", "err"),
    (b"+IPADDR:", None, "address", "address:s"),
    (b"+CIPOPEN:", None, "socket", "link_num err"),
    (b"+CIPSEND:", None, "socket", "link_num req_length cnf_length"),
    (b"+CIPACK:", None, "socket", "sent_size ack_size recv_size"),
    (b"+CIPRXGET:", b"2", "socket", "mode link_num read_length rest_length"),
    (b"+CIPRXGET:", b"4", "socket", "mode link_num rest_length"),
    (b"+CIPRXGET:", b"1", "socket", "mode link_num"),
    (b"+CIPCLOSE:", 2, "socket", "link_num err"),
    (b"+IPCLOSE:", None, "socket", "link_num reason"),
    (b"+CIPEVENT:", None, "context", "event:s"),
    (b"+CIPERROR:", None, "socket_error", "err"),
    (b"+IP ERROR:", None, "socket_error", "description:s"),
    (b"+HTTPACTION:", None, "http", "method statuscode datalen"),
    (b"+CNACT:", None, "context", "pdpidx statusx address:s"),
    (b"+APP PDP:", None, "context", "pdpidx state:s"),
    (b"+PDP:", None, "context", "state:s"),
    (b"+CAOPEN:", None, "socket", "cid result"),
    (b"+CADATAIND:", None, "socket", "cid"),
    (b"+CASTATE:", None, "socket", "cid state"),
    (b"+CIPSTATUS:", None, "socket", "n bearer protocol:s address:s port:s state:s"),
    # u-blox
    (b"+UGCNTRD:", None, "data_counter", "cid tx_session rx_session tx_total rx_total"),
    (b"+USOCR:", None, "socket", "socket"),
    (b"+UUSOCO:", None, "socket", "socket err"),
    (b"+USOWR:", None, "socket", "socket length"),
    (b"+USORD:", 3, "socket", "socket length data:s"),
    (b"+USORD:", None, "socket", "socket length"),
    (b"+USOCTL:", None, "socket", "socket param_id param_val"),
    (b"+USOER:", None, "socket_error", "err"),
    (b"+UUSORD:", None, "socket", "socket length"),
    (b"+UUSOCL:", None, "socket", "socket"),
    (b"+UUPSDA:", None, "context", "result address:s"),
    (b"+UUPSDD:", None, "context", "profile_id"),
    # Fibocom, OneMO: the second value of MIPOPEN has opposite meanings, so it stays a number.
    (b"+MIPCALL:", None, "address", "address:s"),
    (b"+MIPOPEN:", None, "socket", "socket status"),
    (b"+MIPURC:", b"disconn", "socket", "urc:s socket err"),
    (b"+MIPURC:", b"rtcp", "socket", "urc:s socket length"),
)


def parse(line):
    """(kind, {name: int or bytes}) of a line in SHAPES, None of any other. Raises Unreadable."""
    for head, decides, kind, names in SHAPES:
        if line.startswith(head):
            parts = fields(line, head)
            first = text(parts[0])
            if decides in (None, len(parts), first, (first, len(parts))):
                return kind, _named(names, parts)
    return None


def _named(names, parts):
    out = {}
    for name, part in zip(names.split(" "), parts):
        if name.find("|") > 0:
            name = name.split("|")[part[:1] != b'"']
        if name.endswith(":s"):
            out[name[:-2]] = text(part)
        elif part:
            out[name] = number(part, -(1 << 31), 1 << 62)
    if not out:
        raise Unreadable("fields")
    return out
