"""Romanian."""

MONTHS = ""
STRICT = False
FILL = ""
TO = "la numarul"
FRAUD = "suspend|reincarc|terminal"
PLAIN = (
    "|este|disponibil|in|valoare|dvs|dumneavoastra|tau|ta|tale|numarul|numarului|linia|cartela|"
    "contul|contului|serviciile|serviciul|abonamentul|de|la|pe|din|cu|fara|si|sau|a|au|fost|sunt|"
    "stimate|client|draga|salut|va|te|informam|ca|date|internet|creditul|credit|temporar|azi|"
    "acum|neplata|lipsa|platii|sim|"
)
WORDS = """\
low credit insuficient|credit scazut|sold insuficient|creditul este insuficient|credit epuizat|\
nu mai ai credit
suspended a fost suspendat|este suspendat|a fost blocat|este blocat|a fost dezactivat|\
este dezactivat|a fost intrerupt
used_up datele au fost consumate|ai consumat|traficul inclus a fost|traficul a fost consumat|\
ai epuizat|100% din
expired a expirat
restored a fost reactivat
topped_up reincarcare reusita|ai reincarcat|reincarcarea a fost
no_number indisponibil|eroare|http
if daca|cand~|va fi
own numarul tau|numarul dvs|cartela|linia ta|serviciul tau
product factura|abonament
alien banca|card~|cod~|colet|livrare|plata cu
offer reincarca|castiga|primesti
balance credit disponibil|creditul tau|credit principal|creditul dvs|creditul|contul dvs|\
contul tau|sold disponibil|sold~|credit|credit ramas|creditul disponibil|creditul actual|\
sold credit|sold curent|credit actual
bonus bonus
left mai ai|ramas|disponibil net|net ramas|date ramase|trafic ramas|trafic disponibil
valid valabil pana la|valabila pana la|valabil|expira la|pana la|valabil pana in|expira in data|\
data expirarii|valabilitate pana la|valabilitate|activ pana la|este valabil pana la
have ai~|aveti
after credit
after_left ramas|disponibili
not bonus|zile|puncte
pack min~|minute|sms~|secunde
reload reincarcare
done reusita|cu succes|efectuata
datum datele|internet|trafic
gone consumat|epuizat|terminat
cut suspendat|blocat|dezactivat|intrerupt"""
