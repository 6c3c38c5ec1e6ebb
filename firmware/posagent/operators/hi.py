"""Hindi, Marathi, Bengali and Urdu, in their own letters and in Latin ones."""

MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
STRICT = False
FILL = ""
TO = ""
FRAUD = "recharge|band|रिचार्ज|बंद"
WORDS = """\
low बैलेंस कम|balance kam
suspended बंद कर दी गई|band kar di gayi
no_number http
alien बैंक|बँक|otp|bank
offer रिचार्ज पर|recharge par
balance बैलेंस|शेष राशि|शिल्लक रक्कम|शिल्लक|ব্যালেন্স|main balance|baqaya balance|balance
bonus बोनस|bonus
valid वैधता|मान्य|expiry|validity
not बोनस|मिनट"""
