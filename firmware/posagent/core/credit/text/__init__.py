"""Reads operators' texts: letters, spans, numbers, subject, facts. Each stage is pure, and where
it may take long a procedure that yields between its pieces.

normalise  letters.py   one form of each letter, digit, dash and space
clauses    words.py     every known word by its kind
           spans.py     the longest first; where sentences end
           numbers.py   amounts, volumes, dates, phone numbers with their units
subject    facts.py     what each sentence speaks of: this line, another one, another product
facts      facts.py     sentence by sentence: which word waits for a number, which state is meant
           amounts.py   which word an amount or a volume belongs to
judge      judge.py     one value per field, or none
"""
