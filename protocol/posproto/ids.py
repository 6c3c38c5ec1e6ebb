"""Every number of ours that leaves the agent, once.

A number is never reused: frames, logs on flash and vectors outlive the code that wrote them.
Texts for people live in posdiag/texts, under the lower-case names found here.
"""

from . import const

# Link: frame types (header byte 0) and the protocol version (header byte 1).
PROTOCOL_VERSION = const(2)
FRAME_HELLO = const(1)
FRAME_STATUS = const(2)
FRAME_EVENT = const(3)
FRAME_LOG = const(4)
FRAME_REQUEST = const(5)
FRAME_RESPONSE = const(6)
FRAME_SIGNED = const(7)  # a status or event inside a COSE_Mac0 by the report key

# Severity: of verdicts and events.
SEV_OK = const(0)
SEV_INFO = const(1)
SEV_WARNING = const(2)
SEV_ERROR = const(3)
SEV_CRITICAL = const(4)

# Status frame keys. A reader keeps keys that it does not know.
ST_BOOT = const(0)  # boot number, counted up at each start
ST_UPTIME_S = const(1)
ST_UNIX_S = const(2)  # absent while the clock is not set
ST_VERDICT = const(3)
ST_CONFIDENCE = const(4)  # percent
ST_VERDICT_S = const(5)  # uptime_s at which this verdict began
ST_REGISTRATION = const(6)  # [cs, ps, eps], +CREG stat 0..11 (TS 27.007 cl. 7.2), -1 unknown
ST_ACT = const(7)  # access technology (TS 27.007 cl. 7.3)
ST_SIGNAL_DBM = const(8)  # RSRP on LTE, else RSSI; absent when not known
ST_SIM = const(9)  # SIM_*
ST_LAYER = const(10)  # highest LAYER_* that is proven
ST_LAYER_S = const(11)  # uptime_s since when the layer above ST_LAYER fails
ST_BALANCE_MINOR = const(12)  # ISO 4217 minor units, may be negative; absent when not known
ST_CURRENCY = const(13)  # ISO 4217 letters
ST_BALANCE_S = const(14)  # uptime_s of the answer; negative: before this boot
ST_OUTBOX = const(15)  # records waiting
ST_OUTBOX_OLDEST_S = const(16)  # age of the oldest, seconds
ST_ACK_S = const(17)  # uptime_s of the last acknowledgement; absent: none since boot
ST_COUNTERS = const(18)  # sum of everything dropped or refused since boot; details on request
ST_RUNG = const(19)  # next healing RUNG_*; absent: nothing to heal
ST_RUNG_S = const(20)  # uptime_s at which it may act
ST_FLAGS = const(21)  # FLAG_* bits
ST_CAUSE = const(22)  # the cause behind the verdict: (domain << 8) | number, CAUSE_*
ST_VERDICT_2 = const(23)  # a second verdict that holds beside the first
ST_LOG_LAST = const(24)  # EV_SEQUENCE of the newest record that is on flash; absent: none
ST_PLMN = const(25)  # digits of the serving network (TS 23.003 cl. 12.1); absent when not known
ST_AREA = const(26)  # TAC on LTE, else LAC: of the cell that the modem named last
ST_CELL = const(27)  # its cell id (TS 27.007 cl. 10.1.22)
ST_CELL_S = const(28)  # uptime_s at which the modem still named it; absent: none yet
ST_RSRQ_DB = const(29)  # LTE; absent when not known
ST_SINR_DB = const(30)  # LTE, of this cell, at most a quarter of an hour old
ST_CARD = const(31)  # 1 or 2, the card in use; absent where there is one
ST_CARD_LEFT = const(32)  # LEFT_* of the other card; absent: nothing speaks against it
ST_ACQUIRER = const(33)  # whose the verdict is, where there are several; absent: no one's
ST_ACQUIRER_2 = const(34)  # and the second verdict

FLAG_CONFIG_REFUSED = const(1)  # the config file was refused, defaults are in use
FLAG_SAFE_MODE = const(2)
FLAG_LOCKED = const(4)  # production build
FLAG_CLOCK_SET = const(8)
FLAG_VIRTUAL_TIME = const(16)  # simulated: agent time is not wall time
FLAG_LOG_DAMAGED = const(32)  # a torn or damaged record was skipped at start
FLAG_KEYED = const(64)  # a key is provisioned
FLAG_TLS_UNDATED = const(128)  # the last handshake looked past dates: the modem's clock is not set
FLAG_TLS_UNNAMED = const(256)  # nor was it told which cipher suites to offer: it has no setting

# Cause domains for ST_CAUSE and events.
CAUSE_NONE = const(0)
CAUSE_EMM = const(1)  # TS 24.301 cl. 9.9.3.9
CAUSE_GMM = const(2)  # TS 24.008 cl. 10.5.5.14
CAUSE_MM = const(3)  # TS 24.008 cl. 10.5.3.6
CAUSE_ESM = const(4)  # TS 24.301 cl. 9.9.4.4 and SM, TS 24.008 cl. 10.5.6.6
CAUSE_CME = const(5)  # TS 27.007 cl. 9.2
CAUSE_CMS = const(6)  # TS 27.005 cl. 3.2.5
CAUSE_SOCKET = const(7)  # the module's own socket error
CAUSE_F39 = const(8)  # last domain: 0x800 + the two characters of an F39 in base 36
WIDE_CAUSE = const(0x10000)  # a number beyond one byte: this | domain << 12 | number

# SIM states.
SIM_UNKNOWN = const(0)
SIM_READY = const(1)
SIM_ABSENT = const(2)
SIM_PIN = const(3)
SIM_PUK = const(4)
SIM_FAILED = const(5)
SIM_BUSY = const(6)
SIM_BOUND = const(7)  # personalised to another device or network
SIM_BLOCKED = const(8)  # PUK used up

# Why the other card of two was left.
LEFT_COVERAGE = const(1)  # nothing heard, or nobody admits it
LEFT_DENIED = const(2)  # registration
LEFT_REFUSED = const(3)  # data, for good
LEFT_NO_DATA = const(4)  # and nobody says why
LEFT_UNPAID = const(5)  # said by its operator, or shown by the evidence
LEFT_CARD = const(6)  # absent or failed
LEFT_LOCKED = const(7)  # PIN, PUK, bound to another device
LEFT_ORDERED = const(8)  # nothing is wrong with it: somebody ordered the other one

# Layers of the path, lowest first: each is proven by its own evidence.
LAYER_NONE = const(0)
LAYER_MODEM = const(1)  # answers AT
LAYER_SIM = const(2)  # ready
LAYER_REGISTERED = const(3)
LAYER_CONTEXT = const(4)  # PDP context or EPS bearer with an address
LAYER_DNS = const(5)  # a name resolved, or the host is an address
LAYER_TCP = const(6)  # connected to the acquirer
LAYER_ANSWER = const(7)  # a message was answered

# Healing rungs, cheapest first.
RUNG_NONE = const(0)
RUNG_SOCKET = const(1)
RUNG_SECOND_HOST = const(2)
RUNG_CONTEXT = const(3)
RUNG_ATTACH = const(4)
RUNG_REREGISTER = const(5)
RUNG_CFUN4 = const(6)
RUNG_CFUN0 = const(7)
RUNG_MODULE_RESET = const(8)
RUNG_POWER_KEY = const(9)
RUNG_MCU_RESET = const(10)
RUNG_FASTER = const(11)  # to LTE, where the module stays on 2G
RUNG_OTHER_CARD = const(12)  # where the terminal has two

# Verdicts. Hundreds = family.
V_UNKNOWN = const(0)
V_ALL_CLEAR = const(1)
V_STARTING = const(2)

V_CREDIT_LOW = const(101)
V_CREDIT_EXHAUSTED = const(102)
V_CREDIT_OVERDUE = const(103)  # suspended for arrears: said by the operator
V_CREDIT_DATA_USED_UP = const(104)
V_CREDIT_PLAN_EXPIRING = const(105)
V_CREDIT_PLAN_EXPIRED = const(106)
V_CREDIT_NO_WAY_TO_ASK = const(107)
V_CREDIT_UNREADABLE = const(108)
V_CREDIT_RESTORED = const(109)
V_CREDIT_SUSPECTED = const(110)  # the evidence points to arrears, nobody said so
V_CREDIT_RESTRICTED = const(111)  # fraud control: the owner must show papers
V_CREDIT_FEE_DUE = const(112)
V_CREDIT_DATA_LOW = const(113)
V_CREDIT_STORE_FULL = const(114)  # no room for a text message: answers cannot arrive

V_SIM_ABSENT = const(201)
V_SIM_PIN = const(202)
V_SIM_PUK = const(203)
V_SIM_SWAPPED = const(204)
V_SIM_FAILED = const(205)
V_SIM_BOUND = const(206)
V_SIM_PIN_REFUSED = const(207)
V_SIM_BLOCKED = const(208)

V_NO_SIGNAL = const(301)
V_SEARCHING = const(302)
V_DENIED = const(303)
V_ROAMING_NOT_ALLOWED = const(304)
V_NO_DATA = const(305)  # registered, no data connection
V_WRONG_APN = const(306)
V_DETACHED = const(307)
V_SMS_ONLY = const(308)
V_SLOW_RAT = const(309)
V_WEAK_SIGNAL = const(310)
V_CONGESTION = const(311)
V_EMERGENCY_ONLY = const(312)
V_RADIO_OFF = const(313)
V_CONNECTING = const(314)  # registered, the data connection is being set up

V_DNS = const(401)
V_HOST_UNREACHABLE = const(402)
V_TLS = const(403)
V_HOST_LATE = const(404)
V_CAPTIVE = const(405)
V_HOST_SILENT = const(406)  # accepts connections, answers nothing

V_SETTLEMENT_PENDING = const(501)
V_SETTLEMENT_LATE = const(502)
V_SETTLEMENT_REFUSED = const(503)
V_SETTLEMENT_UNBALANCED = const(504)
V_UPLOAD_INCOMPLETE = const(505)
V_REVERSAL_UNACKNOWLEDGED = const(506)
V_OUTCOME_UNKNOWN = const(507)
V_NOT_SETTLED = const(508)
V_CLOSED_WITH_DIFFERENCE = const(509)
V_OUTBOX_FULL = const(510)
V_MESSAGE_EXPIRED = const(511)
V_ANSWER_UNPARSED = const(512)
V_SETTLEMENT_UNKNOWN = const(513)  # 0500 sent, no 0510
V_REVERSAL_OPEN = const(514)  # nobody answers it in its time: sales go on, it goes on being sent
V_REVERSAL_UNCLEAR = const(515)  # confirmed, and two sales that it may be about stay open

V_TERMINAL_DEACTIVATED = const(601)
V_KEYS_OUT_OF_STEP = const(602)
V_MODEM_DEAD = const(603)
V_MODEM_REBOOTING = const(604)
V_SAFE_MODE = const(605)
V_CONFIG_REFUSED = const(606)
V_FLASH_FULL = const(607)
V_MERCHANT_UNKNOWN = const(608)
V_BATCH_OUT_OF_STEP = const(609)
V_HOST_MAINTENANCE = const(610)

V_TRAFFIC_LINK = const(701)  # too many calls, caused by the link
V_TRAFFIC_HOST = const(702)  # caused by refusals of the acquirer
V_TRAFFIC_APPLICATION = const(703)  # caused by the payment application
V_TRAFFIC_CARDS = const(704)  # caused at the counter: declined cards are tried again and again
V_TRAFFIC_LIMITS = const(705)  # caused by limits: of amount, of frequency, of the outbox

# Events and log records: keys.
EV_BOOT = const(0)
EV_UPTIME_S = const(1)
EV_UNIX_S = const(2)  # absent while the clock is not set
EV_ID = const(3)
EV_SEVERITY = const(4)
EV_SEQUENCE = const(5)  # counted through restarts
EV_ARGS = const(6)  # map of A_*; absent when empty
# In the log of a device with a key, and in no event frame: what proves it (SPEC.md, section 7).
EV_STEP = const(7)  # EV_SEQUENCE, less that of the record kept before it; its own and one: none
EV_MAC = const(8)  # HMAC-SHA-256 of the record's bytes up to here, the first 8

# Event arguments.
A_VERDICT = const(0)
A_PREVIOUS = const(1)
A_DOMAIN = const(2)  # registration domain: 0 cs, 1 ps, 2 eps
A_STAT = const(3)
A_CAUSE = const(4)  # (domain << 8) | number
A_RUNG = const(5)
A_RESULT = const(6)
A_WAIT_S = const(7)
A_BALANCE_MINOR = const(8)
A_CURRENCY = const(9)
A_TEXT = const(10)  # masked evidence, never card data
A_RECORD = const(11)  # outbox record id
A_MTI = const(12)  # four digits as a number: 500 is 0500
A_STAN = const(13)
A_RRN = const(14)
A_F39 = const(15)
A_BATCH = const(16)
A_ATTEMPT = const(17)
A_ELAPSED_MS = const(18)
A_STATE = const(19)
A_COUNT = const(20)
A_REASON = const(21)
A_KEY = const(22)  # name of a config key
A_SIM = const(23)
A_LAYER = const(24)
A_CONFIDENCE = const(25)
A_FLAGS = const(26)
A_VERSION = const(27)
A_SIGNAL_DBM = const(28)
A_EVIDENCE = const(29)  # list of EVIDENCE_* numbers
A_FREE_BYTES = const(30)  # of heap; of flash in the self-test of it
A_TEST = const(31)  # TEST_*
A_CARD = const(32)  # 1 or 2
A_ACQUIRER = const(33)  # 2 to 4; absent: the first, or none in particular

# Why a locked board does not start a program.
PROGRAM_UNSIGNED = const(1)  # no manifest of this device's key
PROGRAM_CHANGED = const(2)  # other bytes than the manifest's
PROGRAM_OLDER = const(3)  # a number below the one that was kept

# Events. Hundreds as in the verdicts.
E_BOOT = const(1)  # agent started: A_REASON, A_VERSION
E_VERDICT = const(2)  # A_VERDICT, A_PREVIOUS, A_CONFIDENCE, A_CAUSE
E_CLOCK_SET = const(3)  # A_REASON 1 network, 2 host; A_ELAPSED_MS = step
E_CONFIG_REFUSED = const(4)  # A_KEY, A_REASON
E_LOG_DAMAGED = const(5)  # A_COUNT records skipped
E_KEY_REFUSED = const(6)  # a request with a wrong key: A_COUNT
E_CRASH = const(7)  # A_REASON exception, A_TEXT place, A_COUNT in a row, A_VERSION, A_FREE_BYTES
E_SAFE_MODE = const(8)
E_DROPPED = const(9)  # A_REASON counter id, A_COUNT
E_FELL_BACK = const(10)  # a new version did not prove itself: A_TEXT its slot
E_LOCKED = const(11)  # from now on a production build
E_UNLOCKED = const(12)
E_KEY_SET = const(13)  # the device has a new key
E_CLOCK_DOUBTED = const(17)  # A_REASON as of E_CLOCK_SET, A_WAIT_S: a step not believed yet
E_FLASH_UNREADABLE = const(15)  # a file cannot be read and counts as absent: A_KEY its name
E_FLASH_OLD = const(16)  # the flash shows an earlier state: A_COUNT the last start it has seen
E_PROGRAM_REFUSED = const(18)  # by a locked board: A_TEXT its slot, A_REASON PROGRAM_*
E_SELF_TEST = const(14)  # over: A_TEST the first that failed, A_COUNT of those that did

E_BALANCE = const(101)  # A_BALANCE_MINOR, A_CURRENCY
E_BALANCE_ASKED = const(102)
E_BALANCE_UNREADABLE = const(103)  # A_TEXT
E_BALANCE_NO_ANSWER = const(104)
E_CREDIT_STATE = const(105)  # A_STATE: account.py's states
E_TOPUP_SEEN = const(106)
E_FRAUD_TEXT = const(107)  # A_TEXT
E_PLAN_SET = const(108)
E_QUERY_DROPS_DATA = const(109)  # asking ended the data session: from now on in quiet hours only
E_CREDIT_ALERT = const(110)  # A_VERDICT, A_COUNT days left
E_CREDIT_RESTORED = const(111)  # A_VERDICT before, A_LAYER proven, A_WAIT_S since the cut
E_SMS_FULL = const(112)  # A_COUNT messages stored
E_QUERIES_USED_UP = const(113)  # A_COUNT paid ones this month
E_RESTORED_SEEN = const(114)  # the operator wrote that the line works again: A_TEXT

E_SIM = const(201)  # A_SIM
E_SIM_SWAPPED = const(202)
E_PIN_ENTERED = const(203)
E_PIN_REFUSED = const(204)
E_CARD = const(205)  # another card of two is in use: A_CARD, A_REASON LEFT_* of the one before

E_REGISTRATION = const(301)  # A_DOMAIN, A_STAT, A_CAUSE
E_CONTEXT_UP = const(302)
E_CONTEXT_REFUSED = const(303)  # A_CAUSE
E_CONTEXT_LOST = const(304)
E_RUNG = const(305)  # A_RUNG, A_RESULT, A_CAUSE
E_RUNG_HELD = const(306)  # budget or spacing: A_RUNG, A_WAIT_S
E_LAYER = const(307)  # A_LAYER, A_PREVIOUS
E_PATH_PROVEN = const(308)  # a message was answered; after a cut A_VERDICT, A_WAIT_S of it
E_SIGNAL = const(309)  # A_SIGNAL_DBM

E_MODEM_READY = const(401)  # A_TEXT family and firmware
E_MODEM_RESTARTED = const(402)
E_MODEM_SILENT = const(403)
E_HOST_REFUSED = const(404)  # TCP or TLS to the acquirer failed: A_CAUSE
E_REPORT_REFUSED = const(405)  # the fleet's broker: A_CAUSE, or A_RESULT, CONNACK's return code

E_SUBMITTED = const(501)  # A_RECORD, A_MTI, A_STAN
E_SENT = const(502)  # + A_ATTEMPT
E_ACKNOWLEDGED = const(503)  # A_RECORD, A_MTI, A_STAN, A_F39, A_RRN, A_ELAPSED_MS
E_REFUSED = const(504)  # A_F39
E_OUTCOME_UNKNOWN = const(505)
E_EXPIRED = const(506)
E_LATE_ANSWER = const(507)
E_UNMATCHED_ANSWER = const(508)
E_UNPARSED_ANSWER = const(509)
E_SETTLEMENT_STATE = const(510)  # A_STATE, A_BATCH
E_HOST_ORDER = const(511)  # header order of the acquirer: A_STATE
E_CANCELLED = const(512)
E_OUTBOX_FULL = const(513)
E_NOT_SENT = const(514)  # no byte left and none will: A_RECORD, A_MTI, A_STAN, A_REASON WHY_*
E_REPEAT_LATER = const(515)  # the host asks to wait: A_RECORD, A_F39, A_WAIT_S
E_END_MISMATCH = const(516)  # the upload's end marker contradicts the 0510: A_STATE
E_HOST_TAKES_AGAIN = const(517)  # after refusals that named terminal, keys or host: A_VERDICT
E_ANSWER_DIFFERS = const(518)  # A_KEY the field, A_TEXT its two values, masked
E_REVERSAL_UNCLEAR = const(519)  # acknowledged, and two open sales it may be about: A_COUNT

# Requests: keys. RQ_ARGS depends on the operation.
RQ_OP = const(0)
RQ_ARGS = const(1)
RQ_NONCE = const(2)
RQ_MAC = const(3)  # of version 1: who sends it is told that it is old
RQ_COSE = const(4)  # COSE_Mac0 over {RQ_OP, RQ_ARGS}

# Operations. 1..31 read, no key; 32..63 change something and need the key;
# 64..79 belong to the payment application's port.
OP_HELLO = const(1)
OP_STATUS = const(2)
OP_COUNTERS = const(3)
OP_LOG = const(4)  # args: {0: from sequence, 1: records at most}
OP_TRACE = const(5)
OP_CHALLENGE = const(6)
OP_IDENTITY = const(7)  # masked identities; with the key, whole ones
OP_CREDIT = const(8)
OP_SETTLEMENT = const(9)
OP_LADDER = const(10)
OP_SELF_TEST = const(11)  # args: {0: true to start}
OP_CONFIG_GET = const(12)
OP_CRASHES = const(13)  # kept records, newest last
OP_SIGN = const(14)  # args: {0: true to sign status and events of this port from now on}

OP_SET_TIME = const(32)
OP_HEAL = const(33)
OP_CONFIG_SET = const(34)
OP_ASK_BALANCE = const(35)
OP_PLAN_SET = const(36)
OP_RESTART = const(37)  # args: {0: true for maintenance}
OP_TRACE_TEXTS = const(38)
OP_LOCK = const(39)
OP_UNLOCK = const(40)
OP_KEY_SET = const(41)  # args: {0: salt, 1: the new key under the old one}

OP_SUBMIT_PART = const(64)  # args: {0: record id, 1: offset, 2: bytes}
OP_SUBMIT_COMMIT = const(65)
OP_CANCEL = const(66)
OP_QUERY = const(67)
OP_ANSWER = const(68)  # fetch an answer, in parts
OP_ANSWER_DONE = const(69)  # the application holds the answer: it may be erased
OP_ENDS = const(70)  # args: {0: behind this MSG_END}: what came to its end since

# Responses: keys.
RS_RESULT = const(0)  # R_*
RS_VALUE = const(1)
RS_DETAIL = const(2)  # text for engineers

R_OK = const(0)
R_BAD_REQUEST = const(1)
R_UNKNOWN_OP = const(2)
R_KEY_NEEDED = const(3)
R_KEY_WRONG = const(4)
R_BUSY = const(5)
R_FULL = const(6)
R_REFUSED = const(7)
R_NOT_FOUND = const(8)
R_TOO_LONG = const(9)
R_STALE = const(10)  # nonce used or expired
R_FLASH = const(11)
R_OLD = const(12)  # the asking side speaks a version whose keyed requests are no longer taken
R_KNOWN = const(13)  # these bytes were handed in before, under the id in the answer

# What befell the line in all lives (OP_LADDER, 4): seconds of outage by the highest proven LAYER_*
# below LAYER_TCP, counts, and troubles that ended by the last RUNG_* that acted in them.
LN_OUTAGE_S = const(0)  # and the five behind it
LN_DEREGISTERED = const(6)  # a packet registration was lost, by whatever
LN_REFUSED = const(7)  # activations
LN_RESTARTS = const(8)  # of the module, by us or by itself
LN_OVER = const(9)  # by no rung; and the twelve behind it
LN_COUNT = const(22)

# What is dropped is counted: keys of the OP_COUNTERS answer.
C_MODEM_OVERLONG = const(0)  # lines longer than the buffer
C_MODEM_GARBAGE = const(1)  # lines that fit nothing
C_MODEM_LATE = const(2)  # answers after their time-out
C_MODEM_TIMEOUTS = const(3)
C_MODEM_RESTARTS = const(4)
C_HOST_BAD_CRC = const(5)
C_HOST_BAD_BASE64 = const(6)
C_HOST_OVERLONG = const(7)
C_HOST_CUT = const(8)  # lines cut by a new start
C_HOST_BAD_CBOR = const(9)
C_HOST_REPLAYED = const(10)  # repeated requests, answered from memory
C_HOST_NOT_READING = const(11)  # frames dropped because the host does not read
C_EVENTS_LOST = const(12)  # events that the host never saw (the log has them)
C_UNKEYED = const(13)
C_KEY_WRONG = const(14)
C_LOG_DAMAGED = const(15)
C_LOG_LOST = const(16)
C_SMS_IGNORED = const(17)
C_ANSWERS_LATE = const(18)
C_ANSWERS_UNMATCHED = const(19)
C_ANSWERS_DUPLICATE = const(20)
C_ANSWERS_UNPARSED = const(21)
C_APP_DROPPED = const(22)  # corrupt frames from the payment application
C_CONFIG_REFUSED = const(23)
C_HEAP_LOW = const(24)  # turns that ran out of memory and were given up
C_FLASH_ERRORS = const(25)
C_LAST_RESORT = const(26)  # requests that failed inside, where nothing should
C_UNEXPECTED = const(27)  # events that a table of states does not expect
C_UART_FULL = const(28)  # times that bytes of the modem may have been lost: no room for more

# Hello frame keys.
HELLO_PROTOCOL = const(0)
HELLO_AGENT = const(1)  # version text
HELLO_BOARD = const(2)
HELLO_LINE_MAX = const(3)  # bytes of a line that this side receives, start and LF included
HELLO_CAPABILITIES = const(4)  # CAP_* bits
HELLO_BOOT = const(5)
HELLO_DEVICE_ID = const(6)
HELLO_FAMILY = const(7)  # modem family
HELLO_MESSAGE_MAX = const(8)  # bytes of a message handed over in parts

CAP_KEYED = const(1)  # a key is provisioned
CAP_OUTBOX = const(2)  # takes messages
CAP_ONE_BY_ONE = const(4)  # no flow control: wait for each response before the next request
CAP_VIRTUAL_TIME = const(8)
CAP_ACQUIRERS = const(16)  # there are several: SUB_ACQUIRER names one

# A message in the outbox: keys on the wire, and the fields of its marker on flash.
MSG_ID = const(0)  # the application's own number
MSG_STATE = const(1)  # MS_*
MSG_MTI = const(2)  # four digits as a number
MSG_STAN = const(3)
MSG_BATCH = const(4)
MSG_ATTEMPTS = const(5)
MSG_AGE_S = const(6)
MSG_F39 = const(7)  # of the answer
MSG_RRN = const(8)
MSG_ANSWER = const(9)  # bytes of the answer that wait for the application
MSG_WHY = const(10)  # WHY_*
MSG_HOST_TIME = const(11)  # F13 and F12 of the answer: MMDDhhmmss as a number
MSG_HOST_DATE = const(12)  # F15, the settlement date: MMDD as a number
MSG_ELAPSED_MS = const(13)  # from the send to its answer
MSG_FLAGS = const(14)  # MF_*
MSG_CODE = const(15)  # F60.3
MSG_UNIX_S = const(16)  # when it was accepted, where the clock was set
MSG_DEADLINE_S = const(17)  # age at which it expires
MSG_ORDER = const(18)  # counts accepted messages
MSG_LENGTH = const(19)
MSG_DIGEST = const(20)  # keyed, of the message's bytes; on flash only
MSG_END = const(25)  # counts ends; anew where an end changes. Between them: on flash only
MSG_ACQUIRER = const(27)  # told where it is not the one that was asked; never on flash

# Its states.
MS_READY = const(1)  # accepted, no byte left
MS_SENT = const(2)  # a byte may have left, no answer yet
MS_ACKNOWLEDGED = const(3)
MS_REFUSED = const(4)
MS_UNKNOWN = const(5)  # sent, no answer, may not be repeated
MS_EXPIRED = const(6)  # sent, repeated, never answered in time
MS_CANCELLED = const(7)  # withdrawn before a byte left
MS_NOT_SENT = const(8)  # no byte left and none will
MS_DONE = const(9)  # the application has taken the end of it

# Its handling: the first two are the application's.
MF_REPEATABLE = const(1)  # a refund advice that may be repeated
MF_OPAQUE = const(2)  # protected by the application: the agent sees bytes, the rest is told
MF_VOLATILE = const(4)  # the message itself is never on flash
MF_REVERSAL_DUE = const(8)  # a lost answer leaves a possible charge
MF_TAKEN = const(16)  # the application knows the end, the technician not yet
MF_LATE = const(32)  # the answer came after the outcome was told
MF_REPEATS = const(64)  # the same bytes may leave again, unasked
MF_UNKEYED = const(128)  # came over the console without a key: it holds nothing up
MF_UNSENT = const(256)  # it ended and no byte of it ever left
MF_DATED = const(512)  # MSG_UNIX_S is of a clock that two sources agree on
MF_UNCLEAR = const(1024)  # a sale: a confirmed reversal was about it or about another one

# Why a message was refused at submit, or ended as it did.
WHY_NONE = const(0)
WHY_RESTART = const(1)  # the agent restarted meanwhile
WHY_NO_ANSWER = const(2)
WHY_CONNECTION_LOST = const(3)
WHY_DEADLINE = const(4)
WHY_ATTEMPTS = const(5)
WHY_REJECTED = const(6)  # the host sent it back, or a 0620 about it
WHY_OPEN_NETWORK = const(7)  # plain TCP, and no closed APN is declared
WHY_NO_HOST = const(8)
WHY_NO_VAULT = const(9)  # no key or no cipher: it could only be kept in clear
WHY_UNPARSED = const(10)
WHY_NO_REQUEST = const(11)  # not a message that a terminal sends
WHY_SAME_STAN = const(12)  # one of its class and STAN is under way
WHY_ID_IN_USE = const(13)
WHY_FULL = const(14)
WHY_SENT = const(15)  # a byte may have left: too late to withdraw
WHY_REPLACED = const(16)  # by a newer sign-on
WHY_DAMAGED = const(17)  # at rest
WHY_PARTS = const(18)  # gap, overlap, length or checksum
WHY_FLASH = const(19)
WHY_REVERSED = const(20)  # its 0400 was sent before the answer came
WHY_WITHDRAWN = const(21)  # by the application, between two repeats

# Arguments of the payment application's operations.
SUB_ID = const(0)
SUB_OFFSET = const(1)
SUB_BYTES = const(2)
SUB_LENGTH = const(3)
SUB_CRC = const(4)  # CRC-32 of the whole message
SUB_DEADLINE_S = const(5)
SUB_FLAGS = const(6)  # MF_REPEATABLE, MF_OPAQUE
SUB_MTI = const(7)  # the next three: of an opaque message
SUB_STAN = const(8)
SUB_BATCH = const(9)
SUB_HELD = const(10)  # with OP_ANSWER_DONE: it has the answer, nothing is to be reversed
SUB_ACQUIRER = const(11)  # with each of them: 2 to 4; absent: the first

ACQUIRERS_MAX = const(4)

# States of the settlement of a batch.
SET_NONE = const(0)  # nothing seen yet
SET_OPEN = const(1)  # transactions, no 0500 yet
SET_SENT = const(2)  # 0500 is under way
SET_NO_ANSWER = const(3)
SET_REFUSED = const(4)
SET_BALANCED = const(5)  # accepted; the end of the upload is not confirmed yet
SET_UNBALANCED = const(6)
SET_NO_FLAGS = const(7)  # accepted, nothing said about the totals
SET_UPLOADING = const(8)
SET_UPLOAD_INCOMPLETE = const(9)
SET_DIFFERENCE = const(10)  # closed, the totals differ
SET_CLOSED = const(11)
SET_CLOSED_AFTER_UPLOAD = const(12)

# Answer of OP_SETTLEMENT; args: {0: from MSG_ORDER on, 11: SUB_ACQUIRER}. And of OP_ENDS:
# messages, what to ask on from where there are more, and the newest end.
REP_MESSAGES = const(0)  # maps of MSG_*
REP_NEXT = const(1)  # ask on from here; absent at the end
REP_SETTLEMENT = const(2)  # map of MSG_*, MSG_STATE is SET_*, MSG_FLAGS domestic << 4 | foreign
REP_VERDICTS = const(3)  # [[V_*, cause], ...], the gravest first
REP_TRAFFIC = const(4)  # failed attempts in an hour: [link, host, application, cards, limits]
REP_REPEATS = const(6)  # in that hour: [messages and connections tried again, bytes]
REP_CODES = const(7)  # [dialect, settings f39_groups]: whose codes these are; on the first page
REP_TERMINAL = const(5)  # [F41, F42] as last handed in; on the first page, where known
REP_END = const(8)  # MSG_END of the newest end; less than asked for: another outbox, ask from 0
REP_PAYS = const(
    10
)  # settings [paid_after_days, paid_on working, cut_off_h, helpdesk]: first page
REP_SOLD = const(9)  # payments confirmed in this batch and not undone
REP_ACQUIRERS = const(11)  # where there are several: [[number, host, waiting, gravest V_* or 0]]

# What is known of the account: A_STATE of E_CREDIT_STATE and key 0 of OP_CREDIT's answer.
CREDIT_UNKNOWN = const(0)
CREDIT_GOOD = const(1)
CREDIT_LOW = const(2)
CREDIT_EXHAUSTED = const(3)
CREDIT_SUSPENDED = const(4)  # said by the operator, and the network refuses too
CREDIT_SUSPECTED = const(5)  # said in words that may mean something else, or inferred
CREDIT_RESTRICTED = const(6)  # by fraud control

# What a text of the operator says: bits, in the order of the word lists.
SAYS_LOW = const(1)
SAYS_SUSPENDED = const(2)
SAYS_ONE_WAY = const(4)  # calls and messages out are stopped, in is open
SAYS_DATA_STOPPED = const(8)
SAYS_DATA_USED_UP = const(16)
SAYS_EXPIRED = const(32)
SAYS_RESTRICTED = const(64)
SAYS_RESTORED = const(128)
SAYS_TOPPED_UP = const(256)
SAYS_RESTART = const(512)  # advice to restart after paying
SAYS_WAIT = const(1024)  # the answer comes later
SAYS_NO_NUMBER = const(2048)  # wrong keyword, menu, error, link
SAYS_MAINTENANCE = const(4096)
SAYS_WARNING = const(8192)  # a state is named as what shall be avoided
SAYS_BOUND = const(16384)  # stopped because it was put into another device

# What speaks for or against a cut for money: A_EVIDENCE, key 5 of OP_CREDIT's answer.
EVIDENCE_TEXT_SUSPENDED = const(1)
EVIDENCE_TEXT_DEBT = const(2)
EVIDENCE_TEXT_DATA = const(3)  # data used up or stopped
EVIDENCE_TEXT_EXPIRED = const(4)
EVIDENCE_TEXT_RESTRICTED = const(5)
EVIDENCE_BALANCE_EMPTY = const(6)
EVIDENCE_BALANCE_LOW = const(7)
EVIDENCE_BALANCE_GOOD = const(8)  # against
EVIDENCE_CAUSE_ACCOUNT = const(9)  # the reject cause speaks of the account
EVIDENCE_CAUSE_TEMPORARY = const(10)  # against
EVIDENCE_REFUSED_SILENTLY = const(11)  # registered, refused again and again, no cause told
EVIDENCE_NO_TRAFFIC = const(12)  # address and session there, nothing passes
EVIDENCE_CAPTIVE = const(13)
EVIDENCE_GATEWAY = const(14)  # the acquirer's gateway says: deactivated or unpaid
EVIDENCE_PLAN_OVER = const(15)
EVIDENCE_QUOTA_USED = const(16)
EVIDENCE_PLATFORM_STOPPED = const(17)
EVIDENCE_PLATFORM_ACTIVE = const(18)  # against
EVIDENCE_FEE_DAY = const(19)  # a fee was due in the last days
EVIDENCE_SMS_REFUSED = const(20)
EVIDENCE_OUTAGE = const(21)  # against: no signal, no network
EVIDENCE_WORKED_SINCE = const(22)  # against: data passed after the text
EVIDENCE_TEXT_BOUND = const(23)  # stopped because it was put into another device

# Plan data of a card that can ask nobody: arguments of OP_PLAN_SET. -1 or "" removes a value.
PLAN_BEGIN_DAY = const(0)  # activation; days count from 1970
PLAN_END_DAY = const(1)  # last day of the plan year
PLAN_QUOTA_KB = const(2)  # of each period
PLAN_RESET_DOM = const(3)  # day of the month on which a period begins
PLAN_FEE_DOM = const(4)  # day of the month on which a fee is taken
PLAN_FEE_MINOR = const(5)
PLAN_FEE_DAY = const(6)  # of a yearly fee
PLAN_RESELLER = const(7)
PLAN_STATE = const(8)  # PLATFORM_*, as the reseller's platform shows it
PLAN_USED_KB = const(9)  # in this period, as the platform counts
PLAN_BALANCE_MINOR = const(10)
PLAN_CURRENCY = const(11)
PLAN_CARD = const(12)  # of two: the last digits of the ICCID that all this is about

PLATFORM_UNKNOWN = const(0)
PLATFORM_ACTIVE = const(1)
PLATFORM_INACTIVE = const(2)  # to be activated
PLATFORM_STOPPED = const(3)  # nobody says why
PLATFORM_QUOTA = const(4)
PLATFORM_ARREARS = const(5)
PLATFORM_EXPIRED = const(6)
PLATFORM_MANUAL = const(7)
PLATFORM_BOUND = const(8)  # found in another device
PLATFORM_CANCELLED = const(9)

# Answer of OP_CREDIT.
CRD_STATE = const(0)  # CREDIT_*
CRD_BALANCE_MINOR = const(1)
CRD_CURRENCY = const(2)
CRD_BALANCE_S = const(3)  # uptime of the answer, negative: before this boot
CRD_NEXT_S = const(4)  # seconds until the next question
CRD_EVIDENCE = const(5)  # EVIDENCE_*
CRD_HISTORY = const(6)  # day, balance, day, balance ..., oldest first
CRD_DAYS_LEFT = const(7)  # at the present pace
CRD_PACE = const(8)  # thousandths of a minor unit a day
CRD_FEE = const(9)  # [day of the month, minor units], learned or told
CRD_VALID_DAY = const(10)
CRD_LEFT_KB = const(11)
CRD_TRAFFIC = const(12)  # bytes of this period: settlement, probes, the module's count
CRD_TRAFFIC_BEFORE = const(13)  # of the period before
CRD_QUERIES = const(14)  # [asked, paid ones this month, the month's budget]
CRD_WAY = const(15)  # how it is asked; absent: nobody can be
CRD_PLAN = const(16)  # PLAN_*
CRD_WARNING = const(17)  # V_*
CRD_FLAGS = const(18)  # CRF_*
CRD_TEXT = const(19)  # the last answer without a number, masked

CRF_DROPS_DATA = const(1)
CRF_MUTE = const(2)  # nothing ever answered
CRF_STORE_FULL = const(4)

# Reject causes: how lasting. Automatic retry: yes, elsewhere, no, with another request.
CLASS_TEMPORARY = const(1)
CLASS_AREA = const(2)  # bound to area, network or RAT: another one may serve
CLASS_PERMANENT = const(3)  # only a slow probe, a new SIM or a person may try again
CLASS_CHANGE = const(4)  # the same request fails for ever, another may pass

# Reject causes: which timer rules the next attempt.
TIMER_NONE = const(0)
TIMER_AT_ONCE = const(1)
TIMER_ATTEMPTS = const(2)  # T3411 10 s, five times, then T3402 (GPRS: T3302) 12 min
TIMER_BACK_OFF = const(3)  # T3346, T3396 or T3442 of the network; 15 to 30 min without a value
TIMER_SESSION = const(4)  # T3396 of the network; 12 min without a value
TIMER_FORGIVEN = const(5)  # SIM removal or switch-off; T3245, T3247 where they run
TIMER_FORBIDDEN = const(6)  # lists of forbidden areas (12 to 24 h) and networks

# Reject causes: what they say of the account.
ACCOUNT_NONE = const(0)
ACCOUNT_BARRED = const(1)  # unpaid, suspended, barred by the operator
ACCOUNT_CANCELLED = const(2)  # deactivated, cancelled, not provisioned yet
ACCOUNT_DEVICE = const(3)  # SIM bound to another device, or device black-listed
ACCOUNT_NO_PLAN = const(4)  # service not in the plan, or the plan ended
ACCOUNT_ROAMING = const(5)  # not in the contract here
ACCOUNT_APN = const(6)  # access data wrong or no longer accepted
ACCOUNT_REGION = const(7)  # area lock, regional plan
ACCOUNT_QUOTA = const(8)  # quota or policy, above all when it repeats
ACCOUNT_KEY = const(9)  # the card's authentication key, when it lasts

# What a modem says by itself, in words that know no family (posagent.modems).
NEWS_SOCK_DATA = const(1)  # argument: socket
NEWS_SOCK_CLOSED = const(2)
NEWS_CONTEXT_LOST = const(3)  # argument: cid
NEWS_DETACHED = const(4)  # argument: 1 by the network, 0 by the module
NEWS_SIM_CHANGED = const(5)
NEWS_SMS = const(6)  # argument: index
NEWS_POWERED_DOWN = const(7)
NEWS_SUPPLY = const(8)  # the module complains about its supply

# Socket errors: the numbers of Quectel's TCP/IP note; the other families translate theirs.
TCP_UNKNOWN = const(550)
TCP_PARAMETER = const(552)
TCP_NOT_SUPPORTED = const(555)
TCP_CONTEXT = const(561)
TCP_IN_USE = const(563)
TCP_DNS_BUSY = const(564)
TCP_DNS = const(565)
TCP_CONNECT = const(566)
TCP_CLOSED = const(567)
TCP_BUSY = const(568)
TCP_TIMEOUT = const(569)
TCP_TLS = const(579)  # connected, but the handshake or the certificate failed; above it: why
TCP_TLS_CERTIFICATE = const(580)  # the module's own number says that it was the certificate
TCP_TLS_CLOCK = const(581)  # the module has no date to judge it by
TCP_TLS_NO_CA = const(582)  # no authority was given to the terminal
TCP_TLS_DATES = const(583)  # it holds but for its dates
TCP_TLS_SUITE = const(584)  # one cipher suite is asked for, and the module cannot be told one
TCP_TLS_WEAK = const(585)  # the host takes none of the suites that are offered by default

# The active self-test: its items, in their order, and what became of each: A_RESULT.
TEST_MODEM = const(1)
TEST_SIM = const(2)
TEST_SIGNAL = const(3)
TEST_REGISTERED = const(4)
TEST_CONTEXT = const(5)
TEST_DNS = const(6)
TEST_TCP = const(7)
TEST_ANSWER = const(8)  # of the acquirer to an echo message, where one is configured
TEST_OUTBOX = const(9)
TEST_CLOCK = const(10)
TEST_FLASH = const(11)
TEST_MEMORY = const(12)

TESTED_PASSED = const(0)
TESTED_FAILED = const(1)
TESTED_SKIPPED = const(2)  # what it stands on failed, or nothing is configured, or a message waits

# Answer of OP_SELF_TEST.
SELF_RUNS = const(0)
SELF_AGE_S = const(1)  # since its start or, when it is over, its end; absent: none yet
SELF_RESULTS = const(2)  # maps of A_*
