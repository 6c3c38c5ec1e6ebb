"""What operators write to a SIM card. Worded in the usual manner; no customer's text is quoted."""

from ..calendar import civil


def yuan(minor):
    sign = "-" if minor < 0 else ""
    minor = abs(minor)
    return "%s%d.%02d" % (sign, minor // 100, minor % 100)


def _balance_mobile(account, now_s):
    _, month, day, hour, _, _ = civil(now_s + 28800)
    return (
        "尊敬的客户，您好！截至%02d月%02d日%02d时，您的话费余额是%s元。"
        "本月可用的赠款额度0.50元，其中当前已用0.50元。"
        "更多查询请登录掌上营业厅，感谢您的使用。【中国移动】"
    ) % (month, day, hour, yuan(account.balance_minor))


def _balance_unicom(account, now_s):
    return "您当前账户余额%s元,其中可用余额%s元,赠送余额0.00元。【中国联通】" % (
        yuan(account.balance_minor),
        yuan(account.balance_minor),
    )


def _balance_telecom(account, now_s):
    year, month, day = civil((account.valid_until_s or now_s + 15552000) + 28800)[:3]
    return "您的话费余额为%s元,有效期至%d年%02d月%02d日。【中国电信】" % (
        yuan(account.balance_minor),
        year,
        month,
        day,
    )


def _balance_broadnet(account, now_s):
    return "【中国广电】尊敬的用户，您的当前可用余额为%s元。" % yuan(account.balance_minor)


# Per operator: number of the service, keywords that ask for the balance, the answer, signature.
SERVICES = {
    "cmcc": ("10086", ("CXYE", "YE"), _balance_mobile, "【中国移动】"),
    "unicom": ("10010", ("CXYE", "YE"), _balance_unicom, "【中国联通】"),
    "telecom": ("10001", ("101", "102"), _balance_telecom, "【中国电信】"),
    "broadnet": ("10099", ("YE", "CXYE"), _balance_broadnet, "【中国广电】"),
}

RECEIVED = "尊敬的客户，您的请求已受理，结果将以短信方式下发，请稍候。"
UNKNOWN_KEYWORD = "对不起，您发送的指令有误，请发送0000到%s获取帮助。"
LOW = "温馨提醒：尊敬的客户，您的话费余额已低于%s元，为避免余额不足被停机，请及时充值。"
SUSPENDED = "【停机提醒】尊敬的客户，您的号码因欠费%s元已被停机，请充值后自动恢复。"
TOPPED_UP = "【充值成功提醒】尊敬的客户：您已充值%s元，充值后可用余额为%s元。"
RESUMED = "您的号码已恢复使用（复机成功）。缴费复机后如仍不能上网可重启终端。"
DATA_USED_UP = "【流量提醒】您本月国内流量已用完，已为您暂停上网，次月1日自动恢复。"
LOW_NOTICE = "【中国移动】您的话费余额已不足，请及时充值"
MARKETING = "【温馨提示】充100元送50元话费，活动余额有限，先到先得，详询10086，拒收请回复R。"
BILL = "您上月账单为8.00元，已出账，可通过APP查询明细。"
FRAUD = (
    "经发现，您的号码出现通话异常，已对该号码进行功能限制。"
    "如有疑问，请机主本人携带有效证件前往营业厅。"
)


def ussd_balance(account):
    return "Balance: %s %s" % (yuan(account.balance_minor), account.currency)
