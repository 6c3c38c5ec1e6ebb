"""Hindi, Marathi, Bengali and Urdu, in their own letters and in Latin ones."""

MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
STRICT = False
FILL = ""
TO = ""
FRAUD = "recharge|band|रिचार्ज|बंद"
PLAIN = (
    "|आपली|तुमच्या|खात्यातील|আপনার|rs|है|hai|ka|ki|aap|mojooda|आपका|आपकी|आपके|नंबर|प्रिय|ग्राहक|सेवा|सेवाएं|सिम|प्लान|पैक|"
    "डेटा|इंटरनेट|हैं|को|का|की|के|में|से|और|अब|आज|कारण|your|dear|customer|is|has|been|"
)
WORDS = """\
low बैलेंस कम|balance kam|balance khatam|बैलेंस समाप्त
suspended बंद कर दी गई|band kar di gayi|band kar diya|बंद कर दिया|बंद कर दिए|বন্ধ করা হয়েছে
used_up data khatam|डेटा समाप्त|डेटा खत्म|डेटा संपला
topped_up recharge safal|recharge ho gaya|रिचार्ज सफल
no_number http
alien बैंक|बँक|ब्याज|लोन|loan|khata|खाता
offer रिचार्ज पर|recharge par
balance बैलेंस|शेष राशि|शिल्लक रक्कम|शिल्लक|ব্যালেন্স|baqaya balance|mojooda balance|\
maujooda balance|aapka balance|aap ka balance
bonus बोनस|bonus|promo|emergency balance|advance balance
left data bacha|शेष डेटा
used use ho|istemal|इस्तेमाल|उपयोग|वापर
valid वैधता|मान्य|tak valid|मान्यता|মেয়াদ|validity till
ends tak~
not बोनस|मिनट
pack minute|मिनट|sms~
reload recharge|रिचार्ज|রিচার্জ
done safal|सफल|সফল|successful"""
