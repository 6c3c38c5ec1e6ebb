"""Latvian, Lithuanian and Estonian."""

MONTHS = ""
STRICT = False
FILL = ""
TO = ""
FRAUD = "blok|papild|terminal"
WORDS = """\
low nepietiek|nepakanka|pole piisavalt
topped_up konts papildinats|saskaita papildyta|konto on laetud
no_number nav pieejam|klaida|viga~|kluda|http
if ja~|jeigu|kui~
alien banka|karte|bank|kood
balance konta atlikums|jusu konta|atlikums|saskaitos likutis|likutis|saskaitoje|konnejaak|\
kontojaak|jaak
bonus bonus|premija
valid deriguma termins|derigs lidz|deriga lidz|galioja iki|kehtib kuni
not bonus|min|sms"""
