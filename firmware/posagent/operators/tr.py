"""Turkish."""

MONTHS = "ocasubmarnismayhaztemagueylekikasara"
STRICT = False
FILL = ""
TO = "numaraya"
FRAUD = "askiya|kapatil|yukle|terminal"
PLAIN = (
    "|isleminiz|kalan|guncel|hattiniz|hattinizin|numaraniz|telefonunuz|degerli|sayin|musterimiz|abonemiz|"
    "merhaba|bilgi|ve|ile|icin|bu|sizin|nedeniyle|dolayi|sebebiyle|borcunuz|borc|odenmemis|"
    "fatura|olan|gecici|olarak|artik|bugun|simdi|tarifeniz|paketiniz|internet|kullanim|"
    "kullaniminiz|bakiyeniz|tl|sim|kartiniz|hesabiniz|size|ait|"
)
WORDS = """\
low yetersiz|bakiyeniz az|bakiyeniz bitmek uzere|bakiyeniz bitti|bakiyeniz tukendi|\
bakiyeniz dusuk
suspended askiya alinm|askiya alind|iptal edilmi|iptal edildi|kapatilmis|kapatildi
one_way aramalara kapatilmis|aramaya kapatilmis|aramalara kapatildi|aramaya kapatildi
used_up internetiniz bitti|paketiniz bitti|kotaniz doldu|kotaniz bitti|internetiniz bitmistir|\
tamamini kullandiniz|internetiniz tukendi|kotanizi doldur|%100'u
expired suresi dol|sona erdi|suresi bit
restored yeniden acil|hattiniz acil|kullanima acil
topped_up tl yuklendi|yukleme basarili|tl yuklediniz|yuklemeniz basari|yuklemeniz gercek|\
yuklemeniz alin|tl yuklenmistir|hattiniza yuklen|yuklediniz
restart yeniden baslat
no_number gecersiz|hata~|http|kullanilam
maintenance bakim
if eger|halinde
denied gecen ay|daha once|dolandiric
own hattiniz|numaraniz|sim kartiniz
product fatura|abonelik
alien banka|kredi kart|sifre|kartinizdan|harcama|havale|kargo|kredi|limitiniz|card~|card'|\
kartiniza
nothing faturaniz nedeniyle|fatura borcunuz|odenmemis faturaniz|faturanizin odenmemesi|\
paketiniz bittik|paketiniz bittig|internetiniz bittik|internetiniz bittig|internetim bitti|\
paketiniz bitme|internetiniz bitme
offer yukleyene|hediye|kazan|kullanabilecegin|indirim kazan
balance kalan bakiyeniz|mevcut bakiyeniz|kontor bakiyeniz|bakiyeniz|bakiye|kalan tl|\
guncel bakiyeniz|toplam bakiyeniz|bakiyeniz:|ana bakiye|kalan tl bakiye|balansiniz|balans
bonus bonus|hediye bakiye|bakiyenize
debt borcunuz|odenecek tutar
left kalan internet|kalan data|internetiniz|kalan paket|kalan gb|internet hakkiniz|\
kalan internet hakki
used kullandiniz|kullanilan
valid son kullanma tarihi|son kullanma|gecerlilik tarihi|gecerlilik|gecerli|son gecerlilik|\
son kullanim tarihi|son kullanim|gecerlilik suresi|bitis tarihi|son tarih|kadar gecerli|\
son istifade tarixi|etibarlidir
not bonus|gun
pack dk~|dakika|sms~|sn~|indirim
reload yukleme|tl yukle
done basarili|basariyla|gerceklesti|tamamlandi
datum internet|kota|paketiniz
gone bitmistir|tamamlandi|bitti~|tukendi~|doldu~
cut kapatilmis|kapatildi|askiya alinmis|iptal edildi|durduruldu|durdurulmus|bloke edildi"""
