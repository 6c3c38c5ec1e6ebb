"""Polish."""

MONTHS = ""
STRICT = False
FILL = ""
TO = "na numer"
FRAUD = "zablok|doladuj|terminal"
WORDS = """\
low niski stan konta|malo srodkow|brak srodkow|niewystarczajac
suspended zostal zablokowan|zostalo zablokowane|konto zablokowane|zostal zawieszon
one_way polaczenia wychodzace zostaly|polaczenia wychodzace sa zablok
used_up wykorzystales caly|pakiet zostal wykorzystany|pakiet wyczerpan|wykorzystano caly
expired stracilo waznosc|wygasl|uplynela waznosc
restored zostal odblokowan|zostalo odblokowane|przywrocon
topped_up doladowano|doladowanie przyjete|zostalo doladowane|zasilono
wait prosimy czekac|otrzymasz sms
no_number niedostepn|blad|http|sprobuj
if jesli|gdy~|aby~|zostanie|w przypadku
line na numer
product faktur|swiatlowod|telewizj|abonament
alien bank|karta|kod~
offer doladuj za|doladuj 2|doladuj 5|doladuj 3|odbierz|wygraj|zyskaj
balance stan konta glownego|aktualny stan konta|stan konta|srodki na koncie|saldo konta|saldo|\
twoje konto|konto glowne|dostepne srodki
bonus bonus|promocyjn
left pozostalo|zostalo|pozostaly pakiet|do wykorzystania
used wykorzystano
valid konto wazne do dnia|wazne do dnia|wazne do|wazny do|wazna do|waznosc do|waznosc|\
termin waznosci
have masz|posiadasz
after na koncie
after_left pozostalo|do wykorzystania
not bonus|min|sms|dni"""
