"""Bulgarian, Serbian and Croatian."""

MONTHS = ""
STRICT = False
FILL = ""
TO = ""
FRAUD = "спрян|заред|блокир|blokir|dopun|terminal"
PLAIN = (
    "|aktivan|iznosi|trenutno|stanje|je|vas|vasa|vase|vasem|na|u|i|ili|za|sa|s|od|do|su|bio|bila|ce|biti|"
    "postovani|korisnice|korisnik|broj|telefona|kartica|sim|racun|racunu|usluga|usluge|"
    "paket|internet|podaci|promet|odlazni|pozivi|zbog|neplacanja|privremeno|danas|ваш|вашият|"
    "вашата|номер|карта|сметка|сметката|е|са|на|в|с|и|за|от|до|уважаеми|клиент|услугите|"
    "услугата|поради|"
)
WORDS = """\
low недостатъчен баланс|nedovoljno sredstava|nizak kredit|kredit je potrosen|nemate dovoljno|\
nedovoljan kredit|нямате достатъчно|недостатъчен кредит
suspended е спряна|е блокиран|je suspendovan|je iskljucen|je blokiran|je deaktiviran|је спряна|\
е спрян|е деактивиран|je obustavljen
used_up изчерпахте|potrosili ste|potrosili|iskoristili ste|изчерпан|изразходвахте
expired е изтекъл|je istekao|je istekla
topped_up успешно заредихте|uspesna dopuna|uspjesna nadoplata|dopunili ste|nadoplatili ste|\
je uvecan|je povecan|je dopunjen|je nadoplacen|заредихте
no_number недостъпн|грешка|greska|nedostupn|http
if ако|ako~|ce biti
own vas broj|vasa kartica|vasa linija|вашият номер|вашата карта
product фактура|racun za|pretplat
alien банка|карта|banka|kartic|posiljk|paket~|paketa|uplatnic|пратка|превод
offer заредете|dopunite|osvoj
balance вашият баланс|наличен кредит|баланс|кредит|nalichen kredit|stanje na racunu|\
stanje racuna|stanje vaseg racuna|stanje|kredit|vas kredit|stanje kredita|trenutno stanje|\
raspolozivi iznos|raspolozivo stanje|vase stanje|наличност|balans|вашият кредит е
bonus бонус|bonus
left оставащи|preostalo|остават|preostali promet|preostalo vam je|оставащи мб|na raspolaganju
used iskoristeno|potroseno
valid валиден до|валидност до|валидност|vazi do|vrijedi do|vazenje do|validen do|до~|do~|vazenja|\
datum isteka|istice|rok vazenja|vrijedi|krajnji datum|валидна до|активен до|изтича на|istjece|\
validnost|validna do
not бонус|bonus
pack min~|minut|sms~|мин~|минути|sekund
reload dopuna|nadoplata|зареждане
done uspesna|uspesno|uspjesno|uspjesna|успешно|uspesno
datum internet|promet|podac|данни|интернет
gone potrosen|iskorist|изчерпан|изразход
cut blokiran|suspendovan|deaktiviran|iskljucen|obustavljen|спрян|блокиран|деактивиран"""
