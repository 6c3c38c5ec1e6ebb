"""Decimals of currencies (ISO 4217, list one): amounts are whole numbers of the minor unit."""

# Every other currency has two.
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"


def exponent(code):
    """How many decimals the minor unit of the currency `code`, such as CNY, stands for."""
    for decimals, codes in ((0, _NONE), (3, _THREE), (4, _FOUR)):
        if code in codes.split(" "):
            return decimals
    return 2
