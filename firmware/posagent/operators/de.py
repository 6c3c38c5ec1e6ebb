"""German."""

MONTHS = "janfebmaraprmaijunjulaugsepoktnovdez"
STRICT = False
FILL = ""
TO = "nummer"
FRAUD = "sperr|auflad|terminal|gesperrt"
PLAIN = (
    "|betragt|betraegt|aktuell|aktuelles|noch|ihr|ihre|ihrer|ihrem|dein|deine|deiner|der|die|das|"
    "den|dem|des|ein|eine|und|oder|in|im|am|an|auf|von|vom|zu|zum|zur|fur|mit|ohne|wegen|"
    "aufgrund|da|ist|sind|wurde|wurden|worden|hat|haben|wird|leider|hallo|lieber|liebe|"
    "kunde|kundin|kunden|sehr|geehrter|geehrte|hinweis|info|anschluss|rufnummer|nummer|"
    "mobilfunkanschluss|sim|karte|simkarte|konto|tarif|vertrag|datenvolumen|daten|internet|"
    "guthaben|heute|derzeit|vorubergehend|voruebergehend|bereits|jetzt|sie|"
)
WORDS = """\
low guthaben reicht nicht|guthaben ist fast|guthaben zu niedrig|niedriges guthaben|\
guthaben ist zu gering|guthaben ist aufgebraucht|guthaben aufgebraucht|guthaben ist niedrig
suspended wurde gesperrt|ist gesperrt|wurde deaktiviert|ist deaktiviert|sind gesperrt|\
wurden gesperrt|wurde abgeschaltet|ist inaktiv|wurde gekundigt|karte gesperrt|wurde eingestellt|\
wegen offener
one_way abgehende anrufe|ausgehende anrufe|abgehende gesprache|ausgehende gesprache
data_stopped internet wurde gesperrt|datenverbindung wurde gesperrt
used_up datenvolumen ist aufgebraucht|datenvolumen aufgebraucht|datenvolumen verbraucht|\
datenvolumen ist verbraucht|highspeed-volumen ist|datenvolumen ist erschopft|inklusivvolumen ist|\
highspeed ist verbraucht|100% ihres|100% deines
expired ist abgelaufen|sind abgelaufen
restricted betrug
restored wieder freigeschaltet|sperre wurde aufgehoben
topped_up wurde aufgeladen|aufladung erfolgreich|erfolgreich aufgeladen
restart neu starten
wait bitte warten|erhalten in kurze
no_number nicht verf|fehler|http|erst ab|leider nicht
maintenance wartung
if wenn|falls|wird~|um zu
denied zuvor|letzten monat|ist betrug|war~|wahrend
own ihre rufnummer|ihr anschluss|ihre karte|ihre sim|deine sim|ihr vertrag|dein anschluss|\
ihre mobilfunk|deine rufnummer|deine karte
line die rufnummer
product dieser service|dieser dienst|festnetz|dsl~|rechnung|abo~
alien bank|kreditkarte|tan~|code|paket wurde|sendung|zustellung|sparkasse|volksbank|uberweisung|\
kreditkart|girokonto|pin~
nothing offener rechnung|offenen rechnung|unbezahlter rechnung|unbezahlten rechnung|rueckstand
offer jetzt|sichern|gewinn|aufladen und
balance aktuelles guthaben|dein guthaben|ihr guthaben|restguthaben|prepaid-guthaben|kontostand|\
guthaben|verfugbares guthaben|kontoguthaben|aktueller kontostand|guthabenstand
bonus bonus|promo|mindest
debt offener betrag|offene forderung
left verbleibendes datenvolumen|noch verfugbar|verbleibend|restvolumen|ubrig|noch uber|\
restliches datenvolumen|verbleibende|ihr datenvolumen|dein datenvolumen|datenvolumen:
used verbraucht|genutzt
total paket|von insgesamt
valid gultig bis|gueltig bis|verfugbar bis|lauft ab am|ablaufdatum|bis zum|gultig bis zum|\
gueltig bis zum|ablauf am|lauft ab|verfallt am|verwendbar bis|nutzbar bis|aktiv bis
have sie haben|du hast
after guthaben
after_left verbleibend|verfugbar|ubrig
part startguthaben|kaufguthaben|geschenkguthaben
not bonus|tage
pack min~|minuten|sms~|freiminuten
reload aufladung|aufgeladen
done erfolgreich|erfolgt|gutgeschrieben
datum datenvolumen|internet~|highspeed|surfvolumen
gone aufgebraucht|verbraucht|erschopft|ausgeschopft
cut gesperrt|deaktiviert|abgeschaltet|stillgelegt|gekundigt"""
