"""Polish."""

MONTHS = ""
STRICT = False
FILL = ""
TO = "na numer"
FRAUD = "zablok|doladuj|terminal"
PLAIN = (
    "|wynosi|stan|glowne|to|twoj|twoje|twoja|panstwa|na|w|z|ze|i|oraz|do|od|dla|o|jest|sa|zostal|"
    "zostala|zostalo|zostaly|juz|klient|kliencie|drogi|witaj|uwaga|informujemy|numer|telefon|"
    "telefonu|karta|sim|konto|koncie|usluga|uslugi|polaczenia|wychodzace|pakiet|internet|dane|"
    "transmisja|danych|srodki|konta|powodu|braku|platnosci|srodkow|tymczasowo|dzisiaj|dzis|"
)
WORDS = """\
low niski stan konta|malo srodkow|brak srodkow|niewystarczajac|koncza ci sie srodki|niskie saldo|\
skonczyly sie srodki|brakuje srodkow
suspended zostal zablokowan|zostalo zablokowane|konto zablokowane|zostal zawieszon|\
jest zablokowan|zostalo zawieszon|jest zawieszon|zostaly zablokowan|numer zablokowan|\
zostal wylaczon|zostal dezaktywowan
one_way polaczenia wychodzace zostaly|polaczenia wychodzace sa zablok
data_stopped transmisja danych zostala|internet zostal zablokowan
used_up wykorzystales caly|pakiet zostal wykorzystany|pakiet wyczerpan|wykorzystano caly|\
wykorzystales pakiet|limit danych wyczerpan|pakiet internetu sie skonczyl|100% pakietu
expired stracilo waznosc|wygasl|uplynela waznosc
restored zostal odblokowan|zostalo odblokowane|przywrocon
topped_up doladowano|doladowanie przyjete|zostalo doladowane|zasilono
wait prosimy czekac|otrzymasz sms
no_number niedostepn|blad|http|sprobuj
if jesli|gdy~|aby~|zostanie|w przypadku
denied wczesniej|w zeszlym
own twoj numer|twoja karta|twoje konto jest|twoja usluga|panstwa numer
line na numer
product faktur|swiatlowod|telewizj|abonament
alien bank|karta|kod~|paczk|przesylk|przelew|rachunk|kredyt|doplac|karty
nothing niezaplaconej faktury|nieoplaconej faktury|nieoplaconych faktur
offer doladuj za|doladuj 2|doladuj 5|doladuj 3|odbierz|wygraj|zyskaj
balance stan konta glownego|aktualny stan konta|stan konta|srodki na koncie|saldo konta|saldo|\
twoje konto|konto glowne|dostepne srodki|stan srodkow|na koncie masz|twoje saldo|masz na koncie|\
srodki do wykorzystania
bonus bonus|promocyjn
left pozostalo|zostalo|pozostaly pakiet|do wykorzystania|dostepne gb|pozostaly transfer|\
masz jeszcze|do konca pakietu
used wykorzystano
valid konto wazne do dnia|wazne do dnia|wazne do|wazny do|wazna do|waznosc do|waznosc|\
termin waznosci|waznosc konta|waznosc polaczen wychodzacych|wazne na polaczenia do|\
wazne na polaczenia wychodzace do|waznosci:|termin:|konto wazne do|wykorzystaj do|numer wazny do
have masz|posiadasz
after na koncie
after_left pozostalo|do wykorzystania
not bonus|dni
pack min~|minut|sms~|sekund
reload doladowan
done powiodlo sie|zakonczone|zrealizowane|przyjete|pomyslnie
datum internet|pakiet|transfer|dane~|gb~
gone wykorzystan|wyczerpan|skonczyl|zuzyt
cut zablokowan|zawieszon|wylaczon|dezaktywowan"""
