"""Dutch."""

MONTHS = "janfebmaaaprmeijunjulaugsepoktnovdec"
STRICT = False
FILL = ""
TO = "nummer"
FRAUD = "geblokk|opwaard|terminal"
PLAIN = (
    "|bedraagt|is|nog|euro|je|jouw|uw|de|het|een|en|of|van|voor|met|zonder|op|in|zijn|was|werd|"
    "wordt|heeft|hebt|beste|klant|hallo|let|info|nummer|simkaart|sim|kaart|mobiele|"
    "abonnement|bundel|internet|data|tegoed|beltegoed|saldo|wegens|door|tijdelijk|nu|helaas|"
    "reeds|"
)
WORDS = """\
low te weinig tegoed|tegoed is laag|bijna op|onvoldoende|tegoed is bijna|geen tegoed
suspended is geblokkeerd|is opgeschort|is afgesloten|is gedeactiveerd|is onderbroken|\
is buiten gebruik
one_way uitgaand
used_up databundel is op|data is op|bundel is op|tegoed data is op|databundel op|100% van je|\
volledig verbruikt
expired is verlopen
restored is hersteld|is gedeblokkeerd
topped_up is opgewaardeerd|opwaardering gelukt|hebt opgewaardeerd
no_number niet beschikbaar|fout~|http|probeer
maintenance onderhoud
if als~|wordt|indien
own je nummer|uw nummer|je simkaart|uw simkaart|je aansluiting
product factuur|internet thuis|abonnement
alien bank|code|ideal|pakket|bezorg|rekening|creditcard
nothing openstaande factuur|onbetaalde factuur
offer waardeer op en|win~|ontvang
balance prepaid tegoed|je tegoed|beltegoed|uw tegoed|tegoed|saldo|resterend tegoed|huidig tegoed|\
saldo bedraagt
bonus bonus|gratis
left nog over|resterend|over in je bundel|nog beschikbaar|je hebt nog
valid geldig tot|geldig t/m|verloopt op|tot en met|geldig tot en met|geldig t.e.m.|vervalt op|\
te gebruiken tot|houdbaar tot
have je hebt|u hebt|u heeft
after tegoed
after_left over|resterend
not bonus|dagen
pack min~|minuten|sms~|sms'jes
reload opwaardering|opgewaardeerd
done gelukt|geslaagd|succesvol
datum databundel|data~|internet~
gone is op|verbruikt|opgebruikt
cut geblokkeerd|opgeschort|afgesloten|gedeactiveerd"""
