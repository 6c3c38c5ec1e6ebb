"""TLS inside the simulated modules: whom they let in, and what the network sees of it."""

from world_drive import Drive


def quectel(scenario=None, level=1, upload=True):
    drive = Drive(scenario).ready()
    drive.at("+QIACT=1", 4000)
    if upload:
        assert drive.at('+QFUPL="UFS:ca.pem",8,60', 200) == ["CONNECT"]
        assert drive.data(b"CA CERT\n", 500)[0].startswith("+QFUPL: 8,")
    drive.at('+QSSLCFG="cacert",1,"UFS:ca.pem"')
    drive.at('+QSSLCFG="seclevel",1,%d' % level)
    return drive


def connect(drive):
    return drive.at('+QSSLOPEN=1,1,4,"acquirer.example",8583,0', 4000)


def test_a_good_certificate_is_accepted_and_bytes_flow():
    drive = quectel()
    assert connect(drive) == ["OK", "+QSSLOPEN: 4,0"]
    assert drive.at("+QSSLSEND=4,4", 100) == ["> "]
    assert drive.data(b"ping") == ["SEND OK", '+QSSLURC: "recv",4']
    assert drive.at("+QSSLRECV=4,1500")[:2] == ["+QSSLRECV: 9", "echo:ping"]
    assert drive.at("+QSSLCLOSE=4") == ["OK"]
    assert drive.notes("tls_good") == ["acquirer.example"]


def test_a_module_that_can_look_at_names_refuses_another_hosts_certificate():
    for looks, end in ((False, "+QSSLOPEN: 4,0"), (True, "+QSSLOPEN: 4,566")):
        scenario = {"operator": {"certificate": "wrong_name"}, "modem": {"checkhost": looks}}
        drive = quectel(scenario)
        assert drive.at('+QSSLCFG="checkhost",1,1') == (["OK"] if looks else ["ERROR"])
        assert connect(drive)[-1] == end


def test_expired_an_unknown_authority_and_a_missing_file_are_refused():
    for certificate in ("expired", "unknown_ca"):
        drive = quectel({"operator": {"certificate": certificate}})
        assert connect(drive)[-1] == "+QSSLOPEN: 4,566"
        assert drive.notes("tls_refused") == [certificate]
    drive = quectel(upload=False)
    assert connect(drive)[-1] == "+QSSLOPEN: 4,566"


def test_a_module_that_is_not_told_to_look_connects_to_anybody():
    drive = quectel({"operator": {"certificate": "wrong_name"}}, level=0)
    assert connect(drive)[-1] == "+QSSLOPEN: 4,0"
    assert drive.notes("tls_unchecked") == ["wrong_name"]


def test_a_clock_that_was_never_set_refuses_every_certificate():
    drive = quectel({"operator": {"nitz": False}})
    assert connect(drive)[-1] == "+QSSLOPEN: 4,566"
    drive.at('+QSSLCFG="ignorelocaltime",1,1')
    assert connect(drive)[-1] == "+QSSLOPEN: 4,0"


def test_a_captive_portal_cannot_show_the_right_certificate():
    drive = quectel({"operator": {"path": "captive"}})
    assert connect(drive)[-1] == "+QSSLOPEN: 4,566"


def test_simcom_speaks_tls_in_its_own_words():
    drive = Drive({"modem": {"family": "simcom"}}).ready()
    assert drive.at('+CCERTDOWN="ca.pem",8', 100) == ["> "]
    assert drive.data(b"CA CERT\n") == ["OK"]
    assert drive.at("+CCERTLIST")[0] == '+CCERTLIST: "ca.pem"'
    drive.at('+CSSLCFG="authmode",0,1')
    drive.at('+CSSLCFG="cacert",0,"ca.pem"')
    drive.at("+CCHSET=1,1")
    assert drive.at("+CCHSTART", 2000) == ["OK", "+CCHSTART: 0"]
    drive.at("+CCHSSLCFG=0,0")
    assert drive.at('+CCHOPEN=0,"acquirer.example",8583,2', 4000) == ["OK", "+CCHOPEN: 0,0"]
    assert drive.at("+CCHSEND=0,4", 100) == ["> "]
    assert drive.data(b"ping") == ["OK", "+CCHSEND: 0,0", "+CCHEVENT: 0,RECV EVENT"]
    assert drive.at("+CCHRECV?")[0] == "+CCHRECV: LEN,9,0"
    out = drive.at("+CCHRECV=0,2048")
    assert out == ["OK", "+CCHRECV: DATA,0,9", "echo:ping", "+CCHRECV: 0,0"]
    assert drive.at("+CCHCLOSE=0", 1000) == ["OK", "+CCHCLOSE: 0,0"]
    assert drive.at("+CCHSTOP", 1000) == ["OK", "+CCHSTOP: 0"]
