"""Operators: words of their texts by language, and countries with whom to ask by region.

A language has WORDS (lists of posagent.core.credit.text.spans, one a line), MONTHS (three letters
each), TO (what stands before another line's number), FRAUD (what a stranger speaks of who wants to
be paid), and STRICT with FILL: an amount needs its unit there, and nothing but these characters
between it and its word. Only the language in use is loaded.

MENU, where it is known, is what an item of an SMS menu may add to a balance word, and behind the
`/`s what means the balance in a menu only, and words of menus that are never answered (outside of
the items: they sell something).

SIGNS is what an operator's heading in brackets has in it: another one is another sender's.

A region (first digit of the country code, ITU-T E.212) has
COUNTRIES: code, languages, currency, how numbers are written (decimal sign, "x" where both are,
and the order of a date), units of the currency; and
ROWS: PLMN or ICCID prefixes, numbers or names that the operator writes from, how to ask.

How to ask: `*100#` is USSD, `*135#>2` a USSD menu with the answers to give, `10086:CXYE/YE` an
SMS with its keywords in the order to try (`CXYE>1,101`: with the answers to its menus), `$` behind
it costs money, `-` there is nobody to ask. Codes and keywords are what public pages name; the
config overrides them.
"""
