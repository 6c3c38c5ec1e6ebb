"""The simulated SMS centre and the module's message store."""

from posworld.modem import charset, pdu
from world_drive import Drive


def ask(drive, text="CXYE"):
    drive.at("+CMGF=1")
    assert drive.at('+CMGS="10086"', 100) == ["> "]
    return drive.data(text.encode() + b"\x1a", 6000)


def texts(drive):
    return [m.text for _, m in sorted(drive.modem.sms.slots.items())]


def test_the_balance_is_answered_in_chinese_in_several_parts():
    drive = Drive({"account": {"balance_minor": 4208}, "smsc": {"shuffle_permille": 0}}).ready()
    assert ask(drive)[:2] == ["+CMGS: 1", "OK"]
    out = drive.run(30000).decode()
    assert '+CMTI: "ME",0' in out and '+CMTI: "ME",1' in out
    whole = "".join(texts(drive))
    assert "您的话费余额是42.08元" in whole and whole.endswith("【中国移动】")


def test_parts_may_come_in_any_order_but_carry_their_numbers():
    drive = Drive({"smsc": {"shuffle_permille": 1000, "wide_reference": True}}, seed=3).ready()
    seen = set()
    for _ in range(8):
        ask(drive)
        drive.run(30000)
        heads = [m.udh for _, m in sorted(drive.modem.sms.slots.items())]
        assert sorted(h[5] for h in heads) == [1, 2] and len({h[2:4] for h in heads}) == 1
        seen.add(tuple(h[5] for h in heads))
        drive.at("+CMGD=0,4")
    assert seen == {(1, 2), (2, 1)}


def test_an_unknown_keyword_gets_a_menu_and_no_number():
    drive = Drive().ready()
    ask(drive, "HELLO")
    drive.run(30000)
    assert "指令有误" in texts(drive)[0]


def test_the_pdu_of_an_answer_is_as_the_standard_writes_it():
    part = pdu.parts("10086", "余额", 1748914200, 1)[0]
    text, length = pdu.deliver(part, "+8613800100500", 32)
    assert (
        text
        == "0891683108100005F004" + "05810180F6" + "0008" + "52603090030023" + "04" + "4F59989D"
    )
    assert length == len(text) // 2 - 9


def test_gsm_text_is_packed_and_read_back():
    codes = charset.septets("hellohello")
    assert charset.hexed(charset.pack(codes)) == "E8329BFD4697D9EC37"
    long = "1234567890" * 17
    parts = pdu.parts("10086", long, 0, 9)
    assert [len(p.text) for p in parts] == [153, 17]
    length, octets = pdu.user_data(parts[0])
    assert length == 160 and len(octets) == 140
    assert charset.unpack(octets[6:], 153, 1) == charset.septets(long[:153])
    assert charset.to_te("€~é", "UCS2") == "20AC007E00E9"
    assert charset.from_ucs2(charset.ucs2("好😀")) == "好😀"


def test_a_submit_pdu_is_taken_apart():
    drive = Drive().ready()
    drive.at("+CMGF=0")
    body = (
        "0011000581"
        + "0180F6"
        + "0000AA"
        + "04"
        + charset.hexed(charset.pack(charset.septets("CXYE")))
    )
    assert drive.at("+CMGS=%d" % (len(body) // 2 - 1), 100) == ["> "]
    assert drive.data(body.encode() + b"\x1a", 6000)[:2] == ["+CMGS: 1", "OK"]
    assert drive.operator.smsc.taken[0][1:] == ("10086", "CXYE")
    ucs2 = "0011000581" + "0180F6" + "0008AA" + "04" + "4F59989D"
    drive.at("+CMGS=%d" % (len(ucs2) // 2 - 1), 100)
    drive.data(ucs2.encode() + b"\x1a", 6000)
    assert drive.operator.smsc.taken[1][2] == "余额"


def test_a_pdu_of_another_length_is_refused():
    drive = Drive().ready()
    drive.at("+CMGF=0")
    drive.at("+CMGS=99", 100)
    assert drive.data(b"0011000581\x1a") == ["+CMS ERROR: 304"]


def test_escape_cancels_a_message():
    drive = Drive().ready()
    drive.at("+CMGF=1")
    drive.at('+CMGS="10086"', 100)
    assert drive.data(b"CXYE\x1b") == ["OK"]
    assert drive.operator.smsc.taken == []


def test_a_full_store_blocks_answers_until_something_is_deleted():
    drive = Drive({"modem": {"sms_size": 5}}).ready()
    drive.modem.sms.fill()
    ask(drive)
    assert "+CMTI" not in drive.run(60000).decode()
    assert drive.at("+CPMS?")[0] == '+CPMS: "ME",5,5,"ME",5,5,"ME",5,5'
    drive.at("+CMGD=1,4", 200)
    assert "+CMTI" in drive.run(60000).decode()


def test_text_mode_prints_what_the_character_set_can_hold():
    drive = Drive({"smsc": {"answer_text": "余额1元"}}).ready()
    drive.at("+CMGF=1")
    drive.at('+CSCS="UCS2"')
    assert drive.at('+CMGS="00310030003000380036"', 100) == ["> "]
    drive.data(b"0043005800590045\x1a", 20000)
    head, body = drive.at("+CMGR=0")[:2]
    assert head.startswith('+CMGR: "REC UNREAD","00310030003000380036",,"25/06/03,09:')
    assert body == "4F59989D00315143"
    assert drive.at("+CMGR=0")[0].startswith('+CMGR: "REC READ"')
    drive.at('+CSCS="GSM"')
    assert drive.at('+CMGL="ALL"')[1] == "4F59989D00315143"
    assert drive.at("+CMGR=7") == ["+CMS ERROR: 321"]


def test_direct_delivery_writes_header_and_body_in_one_piece():
    drive = Drive().ready()
    drive.at("+CNMI=2,2;+CMGF=1")
    drive.operator.sms_service("OK")
    out = drive.run(5000)
    assert b'+CMT: "10086",,"25/06/03,09:3' in out and out.endswith(b'"\r\nOK\r\n')
    assert drive.modem.sms.slots == {}


def test_a_bar_on_messages_is_told_by_its_cause():
    from posworld.network.account import Bar

    drive = Drive().ready()
    drive.operator.bar(Bar("sms", 50))
    assert ask(drive) == ["+CMS ERROR: 50"]


def test_messages_wait_for_a_terminal_out_of_reach():
    drive = Drive().ready()
    drive.at("+CFUN=4", 4000)
    drive.operator.sms_service("hello")
    drive.run(60000)
    assert drive.modem.sms.slots == {}
    drive.at("+CFUN=1", 30000)
    assert texts(drive) == ["hello"]


def test_ussd_answers_in_every_encoding_that_modules_use():
    def answer(form, seed=1):
        drive = Drive(
            {"modem": {"ussd_form": form}, "account": {"balance_minor": 4208}}, seed
        ).ready()
        assert drive.at('+CUSD=1,"*100#",15', 300) == ["OK"]
        return drive.data(b"", 10000)

    assert answer("te") == ['+CUSD: 0,"Balance: 42.08 CNY",15']
    assert answer("ucs2")[0].startswith('+CUSD: 0,"00420061006C')
    assert answer("packed")[0].startswith('+CUSD: 0,"C2303B')
    assert answer("lies")[0].endswith('",15') and "0042" in answer("lies")[0]
    assert answer("cut")[0].endswith("42.08")


def test_asking_the_balance_may_drop_the_data_session():
    drive = Drive({"modem": {"sms_drops_data": True}}).ready()
    drive.at("+QIACT=1", 4000)
    out = ask(drive)
    assert '+QIURC: "pdpdeact",1' in out and "OK" in out
