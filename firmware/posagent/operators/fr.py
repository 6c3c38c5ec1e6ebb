"""French; Malagasy and Haitian Creole."""

MONTHS = "janfevmaravrmaijuijulaousepoctnovdec"
STRICT = False
FILL = ""
TO = "au numero|vers|pour"
FRAUD = "suspend|recharg|bloqu|expire|terminal"
PLAIN = (
    "|breizh|ny|dia|principal|principale|actuel|seulement|nouveau|restant|e|mobile|votre|vos|le|la|les|l|"
    "un|une|de|du|des|d|et|ou|a|au|en|par|pour|avec|sans|que|est|sont|ete|ont|n|ne|cher|"
    "chere|client|cliente|bonjour|info|rappel|vous|avez|ligne|numero|service|services|carte|sim|"
    "puce|compte|forfait|data|donnees|internet|credit|solde|suite|cause|impaye|paiement|facture|"
    "temporairement|actuellement|desormais|demande|nous|informons|"
)
WORDS = """\
low solde insuffisant|solde faible|credit faible|credit insuffisant|bientot epuise|\
credit est epuise|credit epuise|solde est epuise|credit principal est epuise|plus de credit|\
solde est faible|credit est faible
suspended a ete suspendu|est suspendu|a ete bloqu|est bloqu|a ete desactiv|est desactive|\
a ete coupe|est coupe|a ete resili
one_way appels sortants|appels emis|emission d'appels
data_stopped internet suspendu|internet est suspendu|internet a ete suspendu|data suspendu
used_up internet est epuise|internet epuise|forfait est epuise|forfait epuise|data est epuise|\
volume est epuise|volume internet est epuise|consomme 100|consomme la totalite|plus de mb|\
plus de mo|plus de go|plus d'internet|plus de data|epuise votre forfait|plus de forfait
expired a expire|est expire|est arrive a expiration|est echu
restricted fraude|raisons de securite
restored a ete retabli|a ete reactiv|est retabli
topped_up recharge reussie|recharge effectuee|avez recharge|rechargement effectue|\
rechargement reussi|recharge de votre compte a|avez approvisionne|compte a ete recharge|\
compte a ete credite|compte a ete approvisionne
restart redemarrez
wait patientez|recevrez un sms|en cours de traitement|prise en charge|vous sera envoye|\
vous recevrez
no_number indispon|erreur|http|non disponible|veuillez reessayer
maintenance maintenance
if si~|sera|lorsque|quand|pour eviter|afin d'eviter
denied auparavant|le mois dernier|une arnaque|pendant|etait
own votre ligne|votre numero|votre sim|votre carte sim|votre abonnement mobile
line le numero|vers le|a ete transfere|transfert de
product livebox|box~|fibre|facture|pass~|abonnement|points|delai de grace|autre compte|livraison
alien orange money|mobile money|bancaire|banque|code de|mvola|airtel money|momo~|moov money|\
colis|reglez|cash:|tigo cash|wave~|carte
nothing facture impayee|factures impayees|facture non payee|impaye de facture
offer rechargez|gagnez|profitez|beneficiez|achetez
balance solde principal|votre nouveau solde|nouveau solde|votre solde|solde de votre compte|\
solde|votre credit|credit-nao|credit:|credit principal|balans kont ou|balans|compte principal|\
compte mobile|solde actuel|credit disponible|nouveau credit|credit actuel|credit restant|\
credit de communication|credit breizh|votre credit mobile
bonus bonus|promo|precedent|forfait
debt montant du|impaye|montant a payer
left il vous reste|internet restant|restant|volume restant|data:
used consomme|utilise
total forfait de
valid valable jusqu'au|valable jusqu au|valable jusqu'a|valide jusqu'au|valide jusqu'a|expire le|\
expire:|expire|expiration|jusqu'au|azo ampiasaina|validite|jusqu au|a utiliser avant le|\
a utiliser avant|utilisable jusqu'au|valables jusqu'au|valables jusqu au|valide jusqu au|\
date d'expiration|prend fin le|fin de validite|valable au
have vous avez|vous disposez de
after de credit|credit~|sur votre compte
after_left restant|d'internet|de data
not bonus|jours|point|de bonus
pack min~|mins~|minutes|sms~|secondes|bonus de
weak ref:|reference:|id transaction|transaction id
reload recharge|approvisionn
done reussi|avec succes|effectue|confirme
datum internet~|forfait~|data~|volume~
gone epuise|termine|consomme entierement|plus de mb|plus de mo|plus de go
cut suspendu|bloqu|desactiv|coupe|resili|restreint"""
