"""Italian."""

MONTHS = "genfebmaraprmaggiulugagosetottnovdic"
STRICT = False
FILL = ""
TO = "al numero"
FRAUD = "sospes|ricaric|scad|blocc|terminal"
WORDS = """\
low credito insufficiente|credito in esaurimento|credito basso
suspended stata sospes|e sospes|stata bloccat|e bloccat
one_way chiamate in uscita
data_stopped dati sospesi|internet sospeso|navigazione sospesa
used_up dati esauriti|giga esauriti|terminato i giga|esaurito i giga|giga terminati
expired scadut
restricted frode
restored stata riattivat|stato riattivat
topped_up ricarica effettuata|ricarica eseguita|hai ricaricato
restart riavvia
wait attendere|attendi
no_number non disponibile|errore|http|riprova
maintenance manutenzione
if se~|sara|quando|per evitare
own la tua linea|il tuo numero
line al numero
product fibra|fattura|tv~|abbonamento|adsl|punti
alien banca|carta di|codice
offer ricarica e|vinci|ricevi|approfitta
balance credito residuo|credito disponibile|il tuo credito|tuo credito|saldo|credito
bonus bonus|promo|precedente
debt importo dovuto|debito
left rimanenti|ti restano|giga residui|residui|restano
used usati|consumato|utilizzato
total pacchetto
valid valido fino al|scadenza|scade il|fino al
have hai~
after di credito
after_left rimanenti|residui
not bonus|min|sms|giorni"""
