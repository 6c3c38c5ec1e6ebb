"""French; Malagasy and Haitian Creole."""

MONTHS = "janfevmaravrmaijuijulaousepoctnovdec"
STRICT = False
FILL = ""
TO = "au numero|vers|pour"
FRAUD = "suspend|recharg|bloqu|expire|terminal"
WORDS = """\
low solde insuffisant|solde faible|credit faible|credit insuffisant|bientot epuise
suspended a ete suspendu|est suspendu|a ete bloqu|est bloqu|a ete desactiv
one_way appels sortants|appels emis
data_stopped internet suspendu|internet est suspendu|internet a ete suspendu|data suspendu
used_up internet est epuise|internet epuise|forfait est epuise|forfait epuise|data est epuise|\
volume est epuise|volume internet est epuise|consomme 100|consomme la totalite
expired a expire|est expire|est arrive a expiration|est echu
restricted fraude|raisons de securite
restored a ete retabli|a ete reactiv|est retabli
topped_up recharge reussie|recharge effectuee|avez recharge|rechargement effectue|\
rechargement reussi|recharge de votre compte a
restart redemarrez
wait patientez|recevrez un sms|en cours de traitement
no_number indispon|erreur|http|non disponible|veuillez reessayer
maintenance maintenance
if si~|sera|lorsque|quand|pour eviter|afin d'eviter
own votre ligne|votre numero
line le numero|vers le|a ete transfere|transfert de
product livebox|box~|fibre|facture|pass~|abonnement|points
alien orange money|mobile money|bancaire|banque|code de|mvola|airtel money|momo~|moov money
offer rechargez|gagnez|profitez|beneficiez|achetez
balance solde principal|votre nouveau solde|nouveau solde|votre solde|solde de votre compte|\
solde|votre credit|credit-nao|credit:|credit principal|balans kont ou|balans
bonus bonus|promo|precedent|forfait
debt montant du|impaye|montant a payer
left il vous reste|internet restant|restant|volume restant|data:
used consomme|utilise
total forfait de
valid valable jusqu'au|valable jusqu au|valable jusqu'a|valide jusqu'au|valide jusqu'a|\
expire le|expire:|expire|expiration|jusqu'au|azo ampiasaina|validite
have vous avez|vous disposez de
after de credit|credit~|sur votre compte
after_left restant|d'internet|de data
not bonus|min|sms|jours|point|de bonus"""
