"""Operators that write English."""

THOUSANDS = ","
ORDER = ""
ROWS = """\
63902 KES2 Safaricom,144 *144#
63903 KES2 Airtel *131#
62001 GHS2 MTN,124 *124#
62130 NGN2 MTN,310 *310#
62120 NGN2 Airtel *310#
65510 ZAR2 MTN *135#
65501 ZAR2 Vodacom *135#
23415 GBP2 Vodafone *100#
63601 ETB2 804,Ethiotel *804#
338050 JMD2 Digicel *120#
338180 JMD2 FLOW *120#
53024 NZD2 2degrees *100*1#
51502 PHP2 222,Globe 222:BAL
51503,51505 PHP2 214,Smart 214:?1515
41001 PKR2 Jazz *111#
40410,40445,40490,40440 INR2 Airtel *121#
"""
WORDS = """\
low balance|balance is low|balance is below|running low
been suspended|been barred|been deactivated|is suspended|is barred|been disconnected
outgoing services have been|outgoing calls have been
data has been stopped|data service has been|data has been suspended
bundle is depleted|data is depleted|bundle has been depleted|used up your data|\
used all your data|bundle is finished|100% of your data
has expired|is expired
security reasons|fraud
been reactivated|been restored|been reconnected|service is active again
recharged successfully|recharge was successful|recharge successful|topup successful|\
top-up successful|have recharged|have topped up
restart your|reboot your|switch off and on
please wait|being processed|will receive an sms|reply by sms|via sms|shortly
not available|try again|invalid|unable|failed|error|http|dial *|download
maintenance|upgrade
 if | will be | may be |avoid |unless |once |before your|to prevent
 if | or more| or above| bonus| voucher| and above| off|%|mb|gb|kb| mb| gb|min|sms| day| point
available balance|current balance|main balance|airtime balance|airtime bal|account balance|\
balance of subscriber|your balance|main account|main bal|remaining balance|balance is|balance:|\
bal:
data|bonus|loan|voucher|sms|call|points|previous|minimum|old|insufficient|wallet|reward|m-pesa|\
mpesa|momo|money
bank|card ending|verification|otp|pin code|m-pesa|mpesa|momo|wallet|loan|credit card|debited
transferred to|sent to|paid to|win |prize|invoice
you owe|amount due|outstanding balance|overdue amount
ksh.|kshs.|kshs|ksh|kes|ghs|gh¢|gh₵|¢|ngn|₦|n|zar|r|gbp|£|etb|birr|jmd|j$|nzd|$|php|p|pkr|rs.|\
rs|inr|₹
is|:| |=|of|now|only|are|a |on |your
data balance|data bal|remaining data|data remaining|remaining|data left
data used|you have used|used
total data|data bundle of|bundle of
expires on|expire on|expires:|expiry date|expiry|valid until|valid till|valid to|exp

for|to|on behalf of|number
suspend|deactivat|top up|topup|recharge|expire|blocked|terminal|overdue
"""
