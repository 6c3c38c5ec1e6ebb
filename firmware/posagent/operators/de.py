"""German."""

MONTHS = "janfebmaraprmaijunjulaugsepoktnovdez"
STRICT = False
FILL = ""
TO = "nummer"
FRAUD = "sperr|auflad|terminal|gesperrt"
WORDS = """\
low guthaben reicht nicht|guthaben ist fast|guthaben zu niedrig|niedriges guthaben|\
guthaben ist zu gering
suspended wurde gesperrt|ist gesperrt|wurde deaktiviert|ist deaktiviert
one_way abgehende anrufe|ausgehende anrufe
data_stopped internet wurde gesperrt|datenverbindung wurde gesperrt
used_up datenvolumen ist aufgebraucht|datenvolumen aufgebraucht|datenvolumen verbraucht|\
datenvolumen ist verbraucht|highspeed-volumen ist
expired ist abgelaufen|sind abgelaufen
restricted betrug
restored wieder freigeschaltet|sperre wurde aufgehoben
topped_up wurde aufgeladen|aufladung erfolgreich|erfolgreich aufgeladen
restart neu starten
wait bitte warten|erhalten in kurze
no_number nicht verf|fehler|http|erst ab|leider nicht
maintenance wartung
if wenn|falls|wird~|um zu
own ihre rufnummer|ihr anschluss|ihre karte
line die rufnummer
product dieser service|dieser dienst|festnetz|dsl~|rechnung|abo~
alien bank|kreditkarte|tan~|code
offer jetzt|sichern|gewinn|aufladen und
balance aktuelles guthaben|dein guthaben|ihr guthaben|restguthaben|prepaid-guthaben|kontostand|\
guthaben
bonus bonus|promo|mindest
debt offener betrag|offene forderung
left verbleibendes datenvolumen|noch verfugbar|verbleibend|restvolumen|ubrig
used verbraucht|genutzt
total paket|von insgesamt
valid gultig bis|gueltig bis|verfugbar bis|lauft ab am|ablaufdatum|bis zum
have sie haben|du hast
after guthaben
after_left verbleibend|verfugbar|ubrig
part startguthaben|kaufguthaben|geschenkguthaben
not bonus|min|sms|tage"""
