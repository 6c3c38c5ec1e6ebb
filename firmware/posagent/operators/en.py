"""English."""

MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
STRICT = False
FILL = ""
TO = "for|to|on behalf of|number"
FRAUD = "suspend|deactivat|top up|topup|recharge|expire|blocked|terminal|overdue"
MENU = (
    "check|enquiry|inquiry|my |for /"
    "/top up|topup|recharge|buy|pay|subscri|transfer|charge|cost|loan|fee|activat"
)
PLAIN = (
    "|left|main|rs|acc|bal|min|remaining|core|as|after|call|loan|total|current|available|the|a|"
    "an|your|our|this|dear|valued|customer|subscriber|user|hello|hi|please|note|notice|alert|"
    "urgent|reminder|info|important|be|informed|advised|we|you|that|has|have|had|is|are|was|were|"
    "been|being|now|currently|temporarily|already|today|on|at|from|since|of|due|to|by|for|"
    "because|non|payment|nonpayment|unpaid|overdue|bill|days|day|account|plan|package|pack|"
    "prepaid|sim|card|line|number|mobile|phone|service|services|data|internet|bundle|network|all|"
    "daily|monthly|high|speed|and|or|with|in|insufficient|credit|airtime|fully|completely|"
    "connection|incoming|regret|inform|sorry|jio|airtel|vi|bsnl|giffgaff|new|updated|hrs|extended|"
)
WORDS = """\
low low balance|balance is low|balance is below|running low|which is low|is low|almost finished|\
insufficient balance|insufficient credit|insufficient airtime|about to finish|balance low|\
low on credit|low on airtime|about to run out
suspended been suspended|been barred|been deactivated|been disconnected|been blocked|\
is suspended|is barred|is blocked|is deactivated|been temporarily suspended|service suspended|\
is currently suspended|been cut off|was suspended|was barred|was deactivated|was disconnected|\
is disconnected|been stopped|is inactive|been switched off|been terminated
one_way outgoing services have been|outgoing service has been|outgoing calls have been|\
outgoing calls are|outgoing services are|outgoing barred|outgoing services barred|\
outgoing calls stopped|outgoing has been|\
outgoing services were|outgoing calls were|outgoing is barred
data_stopped data has been stopped|data service has been|data has been suspended|\
data has been disabled|internet has been suspended|mobile data has been|internet access has been
used_up bundle is depleted|data is depleted|bundle has been depleted|used up your data|\
used up all your|used all your data|bundle is finished|exhausted your data|\
data has been exhausted|data is exhausted|finished your data|bundle has been exhausted|\
run out of data|data volume has been used|100% of your data|used 100% of your data|\
data quota exhausted|\
data quota is exhausted|data limit exhausted|depleted your|data bundle is used|no data left|\
data has been consumed|data is over
expired has expired|plan expired|is expired|have expired|validity is over
restricted security reasons|suspected fraud|registration is incomplete
restored been reactivated|been restored|been reconnected|service is active again|been unblocked
topped_up recharged successfully|recharge was successful|recharge successful|topup successful|\
top-up successful|have recharged|have topped up|successfully recharged|successfully topped up|\
have loaded|been recharged with|recharged amount
restart restart your|reboot your|switch off and on
wait please wait|being processed|will receive an sms|reply by sms|via sms|shortly
no_number not available|try again|invalid|unable|failed|error|http|dial *|download
maintenance maintenance|upgrade
if if~|will be|may be|avoid|unless|once~|before your|to prevent|not linked|in case
denied is fraud|is a scam|last month|last year|previously|for one|for two|for three
own your line|your sim|your number|your mobile|your service
line the number|number you|their|family member|beneficiary|recipient|subscriber you
product fibre|fiber|broadband|whatsapp|facebook|youtube|tiktok|caller tune|hello tune|\
subscription|points|hotstar|netflix|voucher|coupon|postpaid|invoice|roaming|landline|\
social bundle|dth|set top|night bundle|free bundle|package of|insurance|ticket|wifi|loan
alien bank|card ending|verification|otp~|pin code|m-pesa|mpesa|momo~|mobile money|wallet|\
you have transferred|you have paid|you have sent|a transaction of|telebirr account|credit card|\
debit card|debited|avl bal|easypaisa|jazzcash|orange money|airtel money|paypal|account ending|\
okoa|xtratime|prize|paybill|a/c xx|a/c *|a/c no|credited to your a/c|agent|withdraw|deposited|\
electricity|parcel|courier|shipment|refund|autopay|upi~|imps~|neft~|sent to|m-pesa account|\
merchant account|quiz|next question|battery|claims
nothing points balance|reward balance|call balance|sms balance|minimum balance|balance transfer|\
balance inquiry|check balance|balance check|check your balance|check remaining|text balance|\
balance cannot|insufficient funds|for balance|check main balance|balance dial|low balance alert|\
unpaid invoice|unpaid bill|overdue invoice|non-payment of your bill|been barred from
offer get~|win~|recharge now with|recharge with|recharge rs|recharge ksh|buy~|load p|qualif|\
bonus of|when you recharge|will renew|stand a chance|you have received|subscribe|you have bought|\
purchased|successfully bought|has been activated|activated successfully
balance main account bal|main acc bal|main acc|main a/c bal|bal_left|bal-left|balance left|\
bal left|available balance|current balance|main balance|airtime balance|main account balance|\
account balance|talktime balance|balance of subscriber|load balance|credit balance|new balance|\
remaining balance|prepaid balance|main account|main bal~|mainbal~|airtime bal~|core balance|\
a/c balance|your balance|balance is|balance:|balance|bal:|bal~|airtime|your credit|credit is|\
credit:|stored value|talktime|salio lako|current bal~|unused credit|remaining credit|load bal~|\
prepaid bal~|uraccntbal|accntbal
bonus bonus|promotional|free airtime|credit limit|fuliza|limit|cost~|charge|deducted|charged|\
minimum|previous|old balance|discount|cashback|emergency balance|advance balance|\
exchange balance|other balance|pack bal|rem.pack bal
debt you owe|amount due|outstanding balance|overdue amount|outstanding amount|overdue balance
left data balance|data bal~|data left|remaining data|data remaining|data:|internet balance|\
data available|remaining internet|internet left|remaining volume|data volume
used data used|you have used|used|consumed
total of your daily|of daily|total data|data bundle of|bundle of
valid expires on|expire on|expires:|expires|expire|expiry date|expiry|expiring on|expiring at|\
expiring|valid until|valid till|valid to|valid upto|valid:|valid~|validity|val:|exp date|exp:|\
exp~|active until|active till|val till|val~|will expire on|use before|use by|active before|\
keep active until
have you have|you've
after airtime|credit|load balance|remaining load|balance|talktime|in your account
after_left data left|of data left|data remaining|of data remaining|remaining|left~|of data|\
data available
not bonus|or more|or above|voucher|and above|off~|day|point|cashback
pack sec~|secs~|seconds|min~|mins~|minute|sms~|promo|secondary|local~|night|capped|text messages
weak ref:|ref no|reference no|trxid|trx id|txnid|txn id|txn~|transaction id|trans id
reload recharge|top up|topup|top-up|refill|reload
done successful|succeeded|completed
datum data~|internet~|bundle~|data limit|quota~|data pack|mbs~
gone exhausted|depleted|finished|used up|run out|has ended|is over|fully used|fully consumed
cut suspended|barred|blocked|deactivated|disconnected|terminated|inactive|cut off|stopped|locked"""
