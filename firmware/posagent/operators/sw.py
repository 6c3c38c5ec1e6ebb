"""Swahili."""

MONTHS = ""
STRICT = False
FILL = ""
TO = ""
FRAUD = "fung|ongeza salio"
WORDS = """\
low salio lako ni dogo|salio halitoshi
no_number http|jaribu tena
alien m-pesa|mpesa|tigo pesa|airtel money|halopesa|mkopo
offer jipatie|shinda|nunua
balance salio lako kuu|salio lako la muda wa maongezi|salio lako|salio kuu|salio
bonus bonasi|zawadi
left kifurushi|mb zilizobaki
valid litaisha|itaisha|mwisho wa matumizi|hadi
not bonasi|dakika|sms"""
