"""Dutch."""

MONTHS = "janfebmaaaprmeijunjulaugsepoktnovdec"
STRICT = False
FILL = ""
TO = "nummer"
FRAUD = "geblokk|opwaard|terminal"
WORDS = """\
low te weinig tegoed|tegoed is laag|bijna op|onvoldoende
suspended is geblokkeerd|is opgeschort|is afgesloten
one_way uitgaand
used_up databundel is op|data is op|bundel is op|tegoed data is op
expired is verlopen
restored is hersteld|is gedeblokkeerd
topped_up is opgewaardeerd|opwaardering gelukt|hebt opgewaardeerd
no_number niet beschikbaar|fout~|http|probeer
maintenance onderhoud
if als~|wordt|indien
product factuur|internet thuis|abonnement
alien bank|code|ideal
offer waardeer op en|win~|ontvang
balance prepaid tegoed|je tegoed|beltegoed|uw tegoed|tegoed|saldo
bonus bonus|gratis
left nog over|resterend|over in je bundel
valid geldig tot|geldig t/m|verloopt op|tot en met
have je hebt|u hebt|u heeft
after tegoed
after_left over|resterend
not bonus|min|sms|dagen"""
