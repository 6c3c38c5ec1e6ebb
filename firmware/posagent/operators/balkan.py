"""Bulgarian, Serbian and Croatian."""

MONTHS = ""
STRICT = False
FILL = ""
TO = ""
FRAUD = "спрян|заред|блокир|blokir|dopun|terminal"
WORDS = """\
low недостатъчен баланс|nedovoljno sredstava|nizak kredit
suspended е спряна|е блокиран|je suspendovan|je iskljucen|je blokiran
used_up изчерпахте|potrosili ste
expired е изтекъл|je istekao|je istekla
topped_up успешно заредихте|uspesna dopuna|uspjesna nadoplata|dopunili ste|nadoplatili ste
no_number недостъпн|грешка|greska|nedostupn|http
if ако|ako~|ce biti
product фактура|racun za|pretplat
alien банка|карта|banka|kartic
offer заредете|dopunite|osvoj
balance вашият баланс|наличен кредит|баланс|кредит|nalichen kredit|stanje na racunu|\
stanje racuna|stanje vaseg racuna|stanje|kredit
bonus бонус|bonus
left оставащи|preostalo|остават
valid валиден до|валидност до|валидност|vazi do|vrijedi do|vazenje do|validen do|до~|do~
not бонус|bonus|min|sms|мин"""
