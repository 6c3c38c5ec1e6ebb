"""Czech and Slovak."""

MONTHS = ""
STRICT = False
FILL = ""
TO = "na cislo"
FRAUD = "zablok|dobij|dobit|terminal"
WORDS = """\
low nizky kredit|nedostatek kreditu|nedostatocny kredit|malo kreditu
suspended byla zablokovana|bolo zablokovane|je zablokovan|je pozastaven
one_way odchozi hovory|odchadzajuce hovory
used_up data byla vycerpana|vycerpali ste|vycerpal jste|datovy limit
expired vyprsela|uplynula platnost
topped_up dobiti probehlo|kredit byl navysen|dobili jste|dobijanie prebehlo
no_number nedostupn|chyba|http
if pokud|ak~|kdyz|bude
product faktur|internet doma
alien banka|karta|kod~
offer dobijte|ziskejte|ziskajte|vyhrajte
balance vyse vaseho kreditu|vas kredit|zostatok kreditu|zustatek kreditu|aktualni kredit|\
zostatok|zustatek|kreditu|kredit
bonus bonusovy kredit|bonus
left zbyva|zostava|zbyvajici|zostavajuce
valid platnost bezneho kreditu|platnost kreditu|platnost do|platny do|plati do|platna do|\
platnost
not bonus|min|sms"""
