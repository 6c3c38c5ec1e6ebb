"""Decimals of every currency of ISO 4217, list one, that has another number of them than two."""

from posproto.currency import exponent

_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
    2: "CNY HKD MOP TWD USD EUR GBP INR RUB IDR NGN KES PKR BDT TRY MXN BRL THB NZD EGP SAR AED",
}


def test_an_amount_has_as_many_decimals_as_its_currency():
    for decimals in _DECIMALS:
        for code in _DECIMALS[decimals].split():
            assert exponent(code) == decimals, code


def test_a_piece_of_a_code_or_an_unknown_one_has_two():
    for code in ("KW", "WD L", "", "kwd", "XYZ", "JPY KRW"):
        assert exponent(code) == 2, code
