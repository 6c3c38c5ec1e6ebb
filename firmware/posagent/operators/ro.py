"""Romanian."""

MONTHS = ""
STRICT = False
FILL = ""
TO = "la numarul"
FRAUD = "suspend|reincarc|terminal"
WORDS = """\
low credit insuficient|credit scazut|sold insuficient
suspended a fost suspendat|este suspendat|a fost blocat
used_up datele au fost consumate|ai consumat|traficul inclus a fost
expired a expirat
restored a fost reactivat
topped_up reincarcare reusita|ai reincarcat|reincarcarea a fost
no_number indisponibil|eroare|http
if daca|cand~|va fi
product factura|abonament
alien banca|card~|cod~
offer reincarca|castiga|primesti
balance credit disponibil|creditul tau|credit principal|creditul dvs|creditul|contul dvs|\
contul tau|sold disponibil|sold~|credit
bonus bonus
left mai ai|ramas|disponibil net
valid valabil pana la|valabila pana la|valabil|expira la|pana la
have ai~|aveti
after credit
after_left ramas|disponibili
not bonus|min|sms|zile|puncte"""
