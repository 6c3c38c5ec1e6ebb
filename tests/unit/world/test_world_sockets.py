"""The simulated modules' own TCP stacks, family by family, and the paths that fail."""

from world_drive import Drive


def online(scenario=None, seed=1):
    drive = Drive(scenario, seed).ready()
    drive.at('+QICSGP=1,1,"cmnet","","",0')
    assert drive.at("+QIACT=1", 4000)[-1] == "OK"
    return drive


def connect(drive, ms=3000):
    return drive.at('+QIOPEN=1,0,"TCP","acquirer.example",8583,0,0', ms)


def send(drive, data, ms=3000):
    assert drive.at("+QISEND=0,%d" % len(data), 100) == ["> "]
    return drive.data(data, ms)


def test_quectel_opens_sends_announces_once_and_reads_counted_bytes():
    drive = online()
    assert connect(drive) == ["OK", "+QIOPEN: 0,0"]
    assert drive.net.opened == [("acquirer.example", 8583)]
    assert send(drive, b"\r\nOK\r\n") == ["SEND OK", '+QIURC: "recv",0']
    assert send(drive, b"more") == ["SEND OK"]  # not announced again until it was read empty
    assert drive.at("+QIRD=0,0")[0] == "+QIRD: 20,0,20"
    drive.modem.feed(b"AT+QIRD=0,11\r", drive.now)
    assert drive.run(500) == b"\r\n+QIRD: 11\r\necho:\r\nOK\r\n\r\n\r\nOK\r\n"
    assert drive.at("+QIRD=0,1500")[0] == "+QIRD: 9"
    assert drive.at("+QIRD=0,1500")[0] == "+QIRD: 0"
    assert drive.at("+QISEND=0,0")[0] == "+QISEND: 10,10,0"
    assert drive.at("+QISTATE=1,0")[0].startswith('+QISTATE: 0,"TCP","acquirer.example",8583,')
    assert drive.at("+QICLOSE=0") == ["OK"]
    assert drive.net.closed == [1]


def test_simcom_opens_sends_and_reads_on_demand():
    drive = Drive({"modem": {"family": "simcom"}}).ready()
    drive.at("+CIPRXGET=1")
    assert drive.at("+NETOPEN", 3000) == ["OK", "+NETOPEN: 0"]
    assert drive.at('+CIPOPEN=0,"TCP","acquirer.example",8583', 3000) == ["OK", "+CIPOPEN: 0,0"]
    assert drive.at("+CIPSEND=0,4", 100) == ["> "]
    assert drive.data(b"ping", 3000) == ["OK", "+CIPSEND: 0,4,4", "+CIPRXGET: 1,0"]
    assert drive.at("+CIPRXGET=2,0,4")[:2] == ["+CIPRXGET: 2,0,4,5", "echo"]
    assert drive.at("+CIPRXGET=2,0,99")[:2] == ["+CIPRXGET: 2,0,5,0", ":ping"]
    assert drive.at("+CIPCLOSE=0", 2000) == ["OK", "+CIPCLOSE: 0,0"]
    assert drive.at("+NETCLOSE", 2000) == ["OK", "+NETCLOSE: 0"]


def test_sim800_answers_in_words_of_its_own():
    drive = Drive({"modem": {"family": "sim800"}}).ready()
    drive.at("+CIPMUX=1;+CIPQSEND=1;+CIPRXGET=1")
    drive.at('+CSTT="cmnet"')
    assert drive.at("+CIICR", 4000) == ["OK"]
    assert drive.at("+CIFSR") == ["10.76.51.12"]
    assert drive.at('+CIPSTART=0,"TCP","acquirer.example",8583', 3000) == ["OK", "0, CONNECT OK"]
    assert drive.at('+CIPSTART=0,"TCP","acquirer.example",8583')[-1] == "0, ALREADY CONNECT"
    drive.at("+CIPSEND=0,4", 100)
    assert drive.data(b"ping", 3000) == ["DATA ACCEPT:0,4", "+CIPRXGET: 1,0"]
    assert drive.at("+CIPCLOSE=0") == ["0, CLOSE OK"]
    assert drive.at("+CIPSHUT", 2000) == ["SHUT OK"]


def test_an_open_that_failed_may_keep_its_number():
    drive = online({"modem": {"failed_open_keeps_slot": True}})
    drive.operator.path = "refuse"
    assert connect(drive)[-1] == "+QIOPEN: 0,566"
    drive.operator.path = "ok"
    assert connect(drive)[-1] == "+QIOPEN: 0,563"
    drive.at("+QICLOSE=0")
    assert connect(drive)[-1] == "+QIOPEN: 0,0"


def test_a_black_hole_takes_data_and_says_nothing_for_a_minute():
    drive = online()
    connect(drive)
    drive.operator.path = "blackhole"
    assert send(drive, b"ping", 30000) == ["SEND OK"]
    assert drive.at("+QISEND=0,0")[0] == "+QISEND: 4,0,4"
    drive.operator.path = "ok"
    assert '+QIURC: "recv",0' in drive.data(b"", 10000)
    drive.operator.path = "blackhole"
    send(drive, b"ping", 1000)
    assert '+QIURC: "closed",0' in drive.data(b"", 90000)
    drive.at("+QICLOSE=0")
    assert connect(drive, 80000)[-1] == "+QIOPEN: 0,565"  # the name itself is not answered


def test_a_nat_forgets_idle_connections_without_a_word():
    drive = online({"operator": {"nat_timeout_s": 300}})
    connect(drive)
    assert send(drive, b"a")[-1] == '+QIURC: "recv",0'
    drive.run(400000)
    drive.at("+QIRD=0,100")
    assert send(drive, b"b", 60000) == ["SEND OK"]
    assert drive.at("+QISTATE=1,0")[0].split(",")[5] == "2"  # still "connected"


def test_a_captive_portal_answers_every_name_and_talks_to_nobody():
    drive = online({"operator": {"path": "captive"}})
    names = []
    for host in ("acquirer.example", "other.example"):
        names.append(drive.at('+QIDNSGIP=1,"%s"' % host, 2000)[-1])
    assert names[0] == names[1] == '+QIURC: "dnsgip","10.199.1.1"'
    assert connect(drive)[-1] == "+QIOPEN: 0,0"
    assert send(drive, b"ping", 5000) == ["SEND OK", '+QIURC: "closed",0']
    assert drive.net.opened == []


def test_names_that_do_not_resolve_are_told_apart_from_servers_that_refuse():
    drive = online({"operator": {"path": "dns_fail"}})
    assert drive.at('+QIDNSGIP=1,"x.example"', 2000)[-1] == '+QIURC: "dnsgip",565'
    assert connect(drive)[-1] == "+QIOPEN: 0,565"


def test_a_lost_context_ends_connections_with_one_line():
    drive = online()
    connect(drive)
    drive.modem.radio.end_context(1)
    assert drive.data(b"", 1000) == ['+QIURC: "pdpdeact",1']
    assert drive.at("+QISEND=0,4", 300) == ["ERROR"]
    assert drive.at("+QIDEACT=1", 2000) == ["OK"]
    assert drive.at("+QIACT=1", 4000) == ["OK"]
    assert connect(drive)[-1] == "+QIOPEN: 0,0"


def test_the_wrong_context_gives_an_address_and_no_connection():
    drive = Drive({"modem": {"family": "simcom", "socket_cid": 2}}).ready()
    drive.at('+CGDCONT=2,"IPV4V6","ims"')
    assert drive.at("+NETOPEN", 4000)[-1] == "+NETOPEN: 1"
    drive.at("+CSOCKSETPN=1")
    assert drive.at("+NETOPEN", 4000)[-1] == "+NETOPEN: 0"


def test_a_prompt_without_data_closes_by_itself():
    drive = online()
    connect(drive)
    assert drive.at("+QISEND=0,10", 4000) == ["> "]
    assert drive.data(b"", 3000) == ["ERROR"]
    assert drive.at("+CFUN?")[0] == "+CFUN: 1"


def test_idle_is_false_while_a_byte_is_under_way():
    drive = online()
    connect(drive)
    assert drive.modem.idle(drive.now)
    drive.modem.feed(b"AT+QISEND=0,4\r", drive.now)
    assert not drive.modem.idle(drive.now)
    drive.run(100)
    assert not drive.modem.idle(drive.now)  # a prompt waits
    drive.data(b"ping", 62)
    assert not drive.modem.idle(drive.now)
    drive.run(5000)
    assert drive.modem.idle(drive.now)
