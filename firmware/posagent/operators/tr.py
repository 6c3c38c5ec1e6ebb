"""Turkish."""

MONTHS = "ocasubmarnismayhaztemagueylekikasara"
STRICT = False
FILL = ""
TO = "numaraya"
FRAUD = "askiya|kapatil|yukle|terminal"
WORDS = """\
low yetersiz|bakiyeniz az|bakiyeniz bitmek uzere
suspended askiya alin|hattiniz kapatil|kullanima kapatil
one_way giden aramalara kapatil|giden aramaya kapatil|giden aramalariniz
used_up internetiniz bitti|paketiniz bitti|kotaniz doldu|kotaniz bitti|internetiniz bitmistir|\
tamamini kullandiniz
expired suresi dol|sona erdi|suresi bit
restored yeniden acil|hattiniz acil|kullanima acil
topped_up tl yuklendi|yukleme basarili|yuklenmistir|yuklemeniz
restart yeniden baslat
no_number gecersiz|hata~|http|kullanilam
maintenance bakim
if eger|halinde
product fatura|abonelik
alien banka|kredi kart|sifre
offer yukleyene|hediye|kazan
balance kalan bakiyeniz|mevcut bakiyeniz|kontor bakiyeniz|bakiyeniz|bakiye|kalan tl
bonus bonus|hediye bakiye
debt borcunuz|odenecek tutar
left kalan internet|kalan data|internetiniz|kalan paket
used kullandiniz|kullanilan
valid son kullanma tarihi|son kullanma|gecerlilik tarihi|gecerlilik|gecerli|son gecerlilik
not bonus|dk|sms|gun"""
