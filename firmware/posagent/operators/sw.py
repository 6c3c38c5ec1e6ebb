"""Swahili."""

MONTHS = ""
STRICT = False
FILL = ""
TO = ""
FRAUD = "fung|ongeza salio"
PLAIN = (
    "|ni|la|yako|ndugu|mteja|laini|namba|lako|chako|wako|ya|cha|wa|na|kwa|sasa|leo|tafadhali|"
    "huduma|salio|kifurushi|bando|data|intaneti|muda|kawaida|kuu|"
)
WORDS = """\
low salio lako ni dogo|salio halitoshi|salio lako limekaribia|huna salio|salio lako halitoshi
suspended imefungwa|imesitishwa|imezuiwa
used_up kifurushi chako kimeisha|umemaliza kifurushi|data yako imeisha
topped_up umeongeza salio|umefanikiwa kuongeza|umeongezewa salio
no_number http|jaribu tena|samahani
alien m-pesa|mpesa|tigo pesa|airtel money|halopesa|mkopo|umetuma|umepokea|pesa~
offer jipatie|shinda|nunua
balance salio lako kuu|salio lako la muda wa maongezi|salio lako|salio kuu|salio|\
salio lako jipya|salio jipya|salio lako la sasa
bonus bonasi|zawadi
left kifurushi|mb zilizobaki|umebakiwa na|zilizobaki|mb zako
valid litaisha|itaisha|mwisho wa matumizi|hadi|kitaisha|itaisha tarehe|inaisha|mwisho
not bonasi
pack dakika|sms~
weak muamala"""
