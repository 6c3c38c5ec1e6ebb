"""Operators in groups, one per language: words of their texts and rows of whom to ask.

Only the group in use is loaded. Each has WORDS (lists of core/credit/text_reader.py, one a line),
THOUSANDS, ORDER of dates, and ROWS: PLMN or ICCID prefixes, currency with the decimals of its
minor unit, numbers that the operator writes from, how to ask.

How to ask: `*100#` is USSD, `*135#>2` a USSD menu with the answers to give, `10086:CXYE/YE` an
SMS with its keywords in the order to try, `$` behind it costs money, `-` there is nobody to ask.
Codes and keywords are what public pages name; the config overrides them.
"""
