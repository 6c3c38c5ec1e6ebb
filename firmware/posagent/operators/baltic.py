"""Latvian, Lithuanian and Estonian."""

MONTHS = ""
STRICT = False
FILL = ""
TO = ""
FRAUD = "blok|papild|terminal"
PLAIN = (
    "|yra|ir|on|sudaro|jusu|jus|numeris|saskaita|saskaitoje|kortele|paslaugos|gerbiamas|kliente|"
    "del|numurs|karte|konts|konta|pakalpojumi|cienijamais|klient|jums|tavs|teie|sinu|number|"
    "konto|kontol|teenused|ja|sim|internetas|internets|internet|"
)
WORDS = """\
low nepietiek|nepakanka|pole piisavalt
suspended ir blokets|ir atslegts|uzblokuot|isjungt|on suletud|on blokeeritud|sustabdyt
used_up ir izlietot|isnaudojo|ammendatud
topped_up konts papildinats|saskaita papildyta|konto on laetud
no_number nav pieejam|klaida|viga~|kluda|http
if ja~|jeigu|kui~
alien banka|karte|bank|kood
balance konta atlikums|jusu konta|atlikums|saskaitos likutis|likutis|saskaitoje|konnejaak|\
kontojaak|jaak|atlikums kartei|saskaitos balansas|sask. likutis|kredits
bonus bonus|premija
left atlikusi|liko~|jaanud
valid deriguma termins|derigs lidz|deriga lidz|galioja iki|kehtib kuni|galioja|derigs|deriga|\
kehtib|kehtivus|galiojimas
not bonus
pack min~|sms~
reload papildinajums|papildymas|laadimine
done sekmig|sekming|onnestus"""
