"""Hungarian."""

MONTHS = ""
STRICT = False
FILL = ""
TO = ""
FRAUD = "letilt|feltolt|terminal"
WORDS = """\
low alacsony egyenleg|keves az egyenleg|egyenlege alacsony
suspended szolgaltatas szunetel|felfuggesztettuk|letiltottuk
used_up adatkeret elfogyott|adatkerete elfogyott|elhasznalta
expired lejart
topped_up sikeres feltoltes|feltoltes sikeres|feltoltotte
no_number nem elerheto|hiba~|http
if ha~|amennyiben
product szamla|elofizetes
alien bank|kartya|kod~
offer toltson fel|toltsd fel|nyerj
balance aktualis egyenleg|az on egyenlege|egyenlege|egyenleged|egyenleg
bonus bonusz
left maradek|megmaradt|fennmarado
valid lejarat|ervenyesseg|ervenyes|felhasznalhato|ervenyessegi ido
not bonusz|perc|sms|nap"""
