"""Czech and Slovak."""

MONTHS = ""
STRICT = False
FILL = ""
TO = "na cislo"
FRAUD = "zablok|dobij|dobit|terminal"
PLAIN = (
    "|aktualni|vyse|na|cisle|je|ve|vysi|cini|vas|vase|vasi|vaseho|tvoj|na|v|z|ze|s|a|i|k|do|od|pro|pre|jsou|byl|byla|"
    "bylo|bola|bol|bude|uz|jiz|vazeny|zakazniku|zakaznik|dobry|den|upozorneni|cislo|karta|"
    "sim|ucet|sluzba|sluzby|tarif|data|internet|datovy|limit|kredit|duvodu|dovodu|docasne|dnes|"
    "nedostatku|"
)
WORDS = """\
low nizky kredit|nedostatek kreditu|nedostatocny kredit|malo kreditu|kredit je nizky|\
kredit dochazi|kredit klesl|kredit je vycerpan|kredit sa minul
suspended byla zablokovana|bolo zablokovane|je zablokovan|je pozastaven|byla pozastavena|\
bola pozastavena|bola deaktivovana|byla deaktivovana|je blokovan
one_way odchozi hovory|odchadzajuce hovory
used_up data byla vycerpana|vycerpali ste|vycerpal jste|datovy limit|vycerpana data|\
data vycerpana|vycerpan datovy|vycerpany|vycerpal datovy|100 % dat|100% dat
expired vyprsela|uplynula platnost
topped_up dobiti probehlo|kredit byl navysen|dobili jste|dobijanie prebehlo
no_number nedostupn|chyba|http
if pokud|ak~|kdyz|bude
own vase cislo|vasa karta|vase karta|vase sluzby|vase sim|vasa sim|vase linka
product faktur|internet doma
alien banka|karta|kod~|zasilk|zasielk|balik|platba|ucet|uctu
offer dobijte|ziskejte|ziskajte|vyhrajte
balance vyse vaseho kreditu|vas kredit|zostatok kreditu|zustatek kreditu|aktualni kredit|\
zostatok|zustatek|kreditu|kredit|vyse kreditu|stav kreditu|zostatok vasho kreditu|\
zustatek vaseho kreditu|kreditu na karte
bonus bonusovy kredit|bonus
left zbyva|zostava|zbyvajici|zostavajuce|zbyvajici data|zostavajuce data|k vycerpani zbyva|\
mate jeste
valid platnost bezneho kreditu|platnost kreditu|platnost do|platny do|plati do|platna do|\
platnost|platnost kreditu do|platnost:|je platny do|s platnosti do|plati az do|vyuzijte do|\
platny az do
not bonus
pack min~|minut|sms~|sekund
reload dobiti|dobijeni|dobijanie
done uspesne|uspesni|probehlo|prebehlo|dokonceno
datum data~|internet~|datovy|dat~
gone vycerpan|spotrebovan|minul
cut zablokovan|pozastaven|deaktivovan|prerusen|vypnut"""
