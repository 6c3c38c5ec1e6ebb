"""Hungarian."""

MONTHS = ""
STRICT = False
FILL = ""
TO = ""
FRAUD = "letilt|feltolt|terminal"
PLAIN = (
    "|feltoltott|aktualis|egyenleged|egyenlege|jelenleg|on|onnek|az|a|es|vagy|szamu|szama|telefonszama|"
    "elofizetese|elofizetes|kartyaja|sim|kedves|ugyfelunk|ertesitjuk|hogy|mai|napon|miatt|"
    "szolgaltatas|adat|adatforgalom|internet|keret|mar|most|ideiglenesen|van|"
)
WORDS = """\
low alacsony egyenleg|keves az egyenleg|egyenlege alacsony|egyenlege kimerult|\
elfogyott az egyenlege|nincs eleg
suspended szolgaltatas szunetel|felfuggesztettuk|letiltottuk|korlatozva|szuneteltetve|letiltva|\
felfuggesztve|kikapcsolva
used_up adatkeret elfogyott|adatkerete elfogyott|elhasznalta|elfogyott az adat|\
adatkeretet elhasznalt|100%-at
expired lejart
topped_up sikeres feltoltes|feltoltes sikeres|feltoltotte
no_number nem elerheto|hiba~|http
if ha~|amennyiben
own az on szama|telefonszama|az on kartyaja|szolgaltatasa|sim-kartyaja
product szamla|elofizetes
alien bank|kartya|kod~|csomag erkez|kuldemeny|utalas|szamlaegyenleg
offer toltson fel|toltsd fel|nyerj
balance aktualis egyenleg|az on egyenlege|egyenlege|egyenleged|egyenleg|\
rendelkezesre allo egyenleg|jelenlegi egyenleg|felhasznalhato egyenleg
bonus bonusz
left maradek|megmaradt|fennmarado|meg felhasznalhato|maradt
valid lejarat|ervenyesseg|ervenyes|felhasznalhato|ervenyessegi ido|ervenyes eddig|lejarat:|\
lejarati datum|ervenyesseg vege
ends -ig~
not bonusz|perc|nap
pack perc~|percet|sms~
reload feltoltes
done sikeres|megtortent
datum adatkeret|adatforgalm|internet
gone elfogyott|elhasznal|kimerult
cut letiltott|letiltva|felfuggeszt|korlatoz|kikapcsol"""
