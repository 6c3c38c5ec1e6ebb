"""The texts: the same in every language, complete, short, and printable on a GBK console."""

import re

import pytest

from posdiag import cli, errors
from posdiag.facts import names
from posdiag.facts.model import Event, Status
from posdiag.show import i18n
from posdiag.show.i18n import LANGUAGES, Texts, default_language, fill, load
from posdiag.show.words import event_words, path_words
from posproto import ids
from source_files import ROOT

TABLES = {
    "verdict": names.VERDICTS,
    "event": names.EVENTS,
    "sim": names.SIMS,
    "layer": names.LAYERS,
    "rung": names.RUNGS,
    "result": names.RESULTS,
    "counter": names.COUNTERS,
    "flag": names.FLAGS,
    "severity": names.SEVERITIES,
    "cause_domain": names.DOMAINS,
    "why": names.WHYS,
    "message_state": names.MESSAGE_STATES,
    "settlement": names.SETTLEMENT_STATES,
    "evidence": names.EVIDENCE,
    "platform": names.PLATFORM_STATES,
}
OTHERS = [lang for lang in LANGUAGES if lang != "en"]


def leaves(lang):
    """{(table, key, ..): text} of a language."""
    found = {}
    for table, entries in load(lang).items():
        for key, value in entries.items():
            if isinstance(value, dict):
                found |= {(table, key, part): text for part, text in value.items()}
            else:
                found[table, key] = value
    return found


def placeholders(text):
    return sorted(re.findall(r"\{(\w+)(?:!r)?\}", text))


def optional_parts(text):
    return sorted(tuple(placeholders(part)) for part in re.findall(r"\[([^\[\]]*)\]", text))


@pytest.mark.parametrize("lang", OTHERS)
def test_languages_have_the_same_keys_and_placeholders(lang):
    english, other = leaves("en"), leaves(lang)
    assert set(english) == set(other)
    for key, text in english.items():
        if key[0] == "click":  # not ours: its "integer range" is better left out
            assert set(placeholders(other[key])) <= set(placeholders(text)), key
            continue
        assert placeholders(text) == placeholders(other[key]), key
        assert optional_parts(text) == optional_parts(other[key]), key


@pytest.mark.parametrize("table", TABLES)
def test_every_number_that_leaves_the_agent_has_a_text(table):
    missing = {name for name in TABLES[table].values() if name not in load("en")[table]}
    assert not missing


def test_no_text_is_left_without_its_number():
    for table, known in TABLES.items():
        left = set(load("en")[table]) - set(known.values()) - {"unknown"}
        assert not left, table


def test_every_sentence_is_said_somewhere():
    """Named in the code, on the page, in the report; or by the beginning of an f-string."""
    folder = ROOT / "host_tools" / "posdiag"
    files = [path for kind in ("py", "js", "html") for path in folder.rglob(f"*.{kind}")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    built = set(re.findall(r'f"([a-z]+(?:_[a-z]+)*_)\{|`([a-z]+_)\$\{', code))
    starts = tuple(one or other for one, other in built)
    for table in ("page", "sheet", "say", "error", "screen", "report", "budget"):
        keys = [key for key in load("en")[table] if not key.startswith(starts)]
        assert len(keys) > 2
        unsaid = [key for key in keys if not re.search(rf"[\"'.]{re.escape(key)}\b", code)]
        assert unsaid == [], table


def test_every_registration_state_of_the_standard_has_a_text():
    assert {str(stat) for stat in range(12)} <= set(load("en")["stat"])


def test_every_error_class_has_a_sentence():
    keys = {
        cls.key
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, errors.PosdiagError)
    }
    assert keys <= set(load("en")["error"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_texts_print_on_a_gbk_console(lang):
    for text in leaves(lang).values():
        text.encode("gbk")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_verdict_is_at_most_two_short_sentences_and_one_action(lang):
    longest = 130 if lang == "en" else 60
    for (table, key, *part), text in leaves(lang).items():
        if table != "verdict":
            continue
        sentences = len(re.findall(r"[.。](?:\s|$)", text))
        limit = {"title": 0, "meaning": 2, "do": 1, "helpdesk": 1}[part[0]]
        assert sentences <= limit, (key, part, text)
        assert len(text) <= longest, (key, part, len(text))


# Words that a technician need not know stand only beside their explanation.
EXPLAINED = {"PUK": "unlock code", "APN": "access point name"}
BANNED = ("PDP", "EPS", "RSRP", "CFUN", "EMM", "ESM", "ICCID", "IMSI", "DNS", "TLS", "AT ", "URC")


def test_what_a_shop_reads_has_no_unexplained_acronym():
    for (table, key, *part), text in leaves("en").items():
        if table != "verdict" or part[0] not in ("title", "meaning", "do"):
            continue
        for word in BANNED:
            assert word not in text, (key, part)
        whole = " ".join(load("en")["verdict"][key].values()).lower()
        for word, explanation in EXPLAINED.items():
            if word in text:
                assert explanation in whole, (key, part)


@pytest.mark.parametrize("lang, words", [("en", "no restart"), ("zh", "不用重启")])
def test_advice_after_a_top_up_says_that_no_restart_is_needed(lang, words):
    for name in ("credit_low", "credit_exhausted", "credit_suspected", "credit_plan_expired"):
        assert words in load(lang)["verdict"][name]["do"]
    assert "restart" in load("en")["verdict"]["credit_overdue"]["do"]
    assert "不用重启" in load("zh")["verdict"]["credit_overdue"]["do"]


def test_optional_parts_need_all_their_values():
    template = "Denied[, cause {cause}][ after {age}]"
    assert fill(template, {}) == "Denied"
    assert fill(template, {"cause": 15}) == "Denied, cause 15"
    assert fill(template, {"cause": 0, "age": ""}) == "Denied, cause 0"
    assert fill("Port {port}", {}) == "Port ?"


def test_a_verdict_of_a_newer_agent_is_called_unknown_with_its_number():
    text = Texts("en").verdict(names.name_of(names.VERDICTS, 999))
    assert text.title == "Cause not known (code 999)"
    assert Texts("en").verdict("unknown").title == "Cause not known"


@pytest.mark.parametrize(
    "environment, lang",
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"POSDIAG_LANG": "zh", "LC_ALL": "C"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_language_comes_from_the_locale(environment, lang):
    assert default_language(environment) == lang


def test_a_missing_text_shows_its_key():
    assert Texts("zh").get("event", "not_there") == "not_there"
    assert i18n.Texts("fr").lang == "en"


def test_a_flag_without_a_name_keeps_its_bit():
    assert names.flag_names(ids.FLAG_SAFE_MODE | 1 << 20) == ["safe_mode", "unknown_1048576"]


def test_the_glossary_keeps_one_word_for_one_thing():
    folder = ROOT / "host_tools" / "posdiag" / "texts"
    table = (folder / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)
    unused = [word for _, words in rows[1:] for word in words.split("、")]
    assert len(unused) > 25
    parts = ("zh", "money_zh", "config_zh", "page_zh", "report_zh")
    fleet = ROOT / "host_tools" / "posfleet" / "texts" / "zh.toml"  # one shop reads both tools
    for path in (*(folder / f"{part}.toml" for part in parts), fleet):
        text = path.read_text(encoding="utf-8").replace("网络拒绝上网", "")  # the one place for it
        assert [word for word in unused if word in text] == [], path.name
    for path in sorted((ROOT / "host_tools" / "posworld" / "scenarios").glob("*.toml")):
        titles = "".join(re.findall('(?m)^title_zh = "(.*)"$', path.read_text(encoding="utf-8")))
        assert titles and [word for word in unused if word in titles] == [], path.name
    said = (folder / "zh.toml").read_text(encoding="utf-8")
    for words, _ in rows[1:]:
        assert any(word in said for word in words.split("、")), words


def test_chinese_is_set_as_chinese_is():
    """Quotation marks are Chinese, and a unit follows its number without a gap."""
    for (table, *key), text in leaves("zh").items():
        if table != "click":
            assert '"' not in text or key[-1] == "match", (table, key)
        assert not re.search(r"[0-9}] (KB|MB|%|[笔张条次号秒分天])", text), (table, key)
        assert not re.search(r"第 \{", text), (table, key)
    fleet = (ROOT / "host_tools" / "posfleet" / "texts" / "zh.toml").read_text(encoding="utf-8")
    assert re.findall(r"[0-9}] (?:KB|MB|%|[笔张台个条次号秒分天])", fleet) == []


def test_a_chinese_technician_reads_his_own_words():
    """What was once said otherwise: a test's name is no success, a wait names what is awaited."""
    said = load("zh")
    assert said["check_name"]["registered"] == "网络注册"
    assert (said["check"]["open"], said["screen"]["waiting_none"]) == ("未测到", "无")
    assert said["screen"]["path"] == "链路"
    assert said["field"]["no_way"] == "此卡不支持短信/USSD查余额，请在供应商平台查"
    assert "网络拒绝上网，表现与欠费停机相同" in said["verdict"]["credit_suspected"]["meaning"]
    assert said["verdict"]["terminal_deactivated"]["do"] == "请联系收单机构，并报终端号、商户号。"
    assert said["verdict"]["no_signal"]["do"].endswith("移到窗边；若手机也没信号，请等网络恢复。")
    assert said["verdict"]["modem_dead"]["do"] == (
        "先等15分钟；仍不恢复，关机再开机一次；再出现就送修。"
    )
    assert said["verdict"]["settlement_late"]["title"] == "应答逾期未到"
    assert said["verdict"]["settlement_pending"]["title"] == "有报文待发送"
    status = Status(layer=ids.LAYER_SIM, layer_s=60, uptime_s=300, verdict=ids.V_NO_DATA)
    assert path_words(Texts("zh"), status) == "通到SIM卡，网络以上不通（已4分钟）"
    later = Event(id=ids.E_REPEAT_LATER, args={"f39": "96", "wait_s": 60})
    assert event_words(Texts("zh"), later) == (
        "收单机构暂不受理：收单机构系统异常（96），终端会自动重发，1分钟后"
    )


@pytest.mark.parametrize(
    "line, said",
    [
        ("log --count x", "--count/-n 的值不对：“x”不是数字"),
        ("log --count", "选项 --count 后面缺少值"),
        ("ports one two", "多出了参数"),
        ("simulate --speed -3", "-3.0 超出范围，应满足 x>=0"),
        ("log --severity x", "“x”不在可选值之内"),
    ],
)
def test_a_wrong_command_line_is_said_in_chinese_to_the_end(line, said, capsys):
    assert cli.main(["--lang", "zh", *line.split()]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert not re.search(r"\b(is|not|requires|extra|Try|Error)\b", told), told
    assert cli.main(["log", "--help", "--lang", "zh"]) == 0
    told = capsys.readouterr().out
    assert "用法：" in told and "选项" in told and "Usage" not in told and "INTEGER" not in told


def test_a_command_line_without_a_command_is_the_help_not_one_long_line(capsys):
    assert cli.main([]) in (0, 2)  # 0 with a click before 8.2
    told = capsys.readouterr()
    assert len((told.err + told.out).splitlines()) > 30
