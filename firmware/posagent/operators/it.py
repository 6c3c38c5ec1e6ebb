"""Italian."""

MONTHS = "genfebmaraprmaggiulugagosetottnovdic"
STRICT = False
FILL = ""
TO = "al numero"
FRAUD = "sospes|ricaric|scad|blocc|terminal"
PLAIN = (
    "|e|ora|attuale|disponibile|il|la|lo|le|i|gli|un|una|l|tuo|tua|tuoi|suo|sua|di|del|della|dei|"
    "ed|in|per|con|da|a|al|alla|che|si|ha|hai|stato|stata|stati|sono|gentile|cliente|ciao|"
    "avviso|ti|informiamo|linea|numero|sim|scheda|utenza|servizio|servizi|conto|piano|dati|"
    "internet|credito|traffico|residuo|insufficiente|mancato|pagamento|temporaneamente|"
    "momentaneamente|"
)
WORDS = """\
low credito insufficiente|credito in esaurimento|credito basso|credito esaurito|\
credito terminato|credito quasi esaurito|credito non sufficiente
suspended stata sospes|e sospes|stata bloccat|e bloccat|e stata disattivat|e disattivat|\
risulta sospes|risulta bloccat|e' sospes|e' bloccat
one_way chiamate in uscita
data_stopped dati sospesi|internet sospeso|navigazione sospesa
used_up dati esauriti|giga esauriti|terminato i giga|esaurito i giga|giga terminati|\
hai consumato il 100|traffico dati esaurito
expired scadut
restricted frode
restored stata riattivat|stato riattivat
topped_up ricarica effettuata|ricarica eseguita|hai ricaricato
restart riavvia
wait attendere|attendi
no_number non disponibile|errore|http|riprova
maintenance manutenzione
if se~|sara|quando|per evitare
denied in passato|il mese scorso|una truffa|durante
own la tua linea|il tuo numero|la tua sim|tua linea|il tuo servizio|la sua linea|la sua sim
line al numero
product fibra|fattura|tv~|abbonamento|adsl|punti
alien banca|carta di|codice|pacco|corriere|bonifico|pagamento|conto corrente|spedizione
nothing fatture non pagate|fattura insoluta|fattura non pagata
offer ricarica e|vinci|ricevi|approfitta
balance credito residuo|credito disponibile|il tuo credito|tuo credito|saldo|credito|\
credito attuale|credito telefonico|nuovo credito
bonus bonus|promo|precedente
debt importo dovuto|debito
left rimanenti|ti restano|giga residui|residui|restano|hai ancora|giga disponibili|\
giga rimanenti|traffico dati residuo
used usati|consumato|utilizzato
total pacchetto
valid valido fino al|scadenza|scade il|fino al|valido fino a|valida fino al|scade:|\
data di scadenza|utilizzabile entro|entro il
have hai~
after di credito
after_left rimanenti|residui
not bonus|giorni
pack min~|minuti|sms~|secondi
reload ricarica
done effettuata|con successo|accreditata
datum giga~|dati~|internet~|traffico
gone esaurit|terminat|finit|consumat
cut sospes|bloccat|disattivat|cessat"""
