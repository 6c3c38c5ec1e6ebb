"""Central and South America."""

COUNTRIES = """\
704 es GTQ .dmy q|gtq
706 es USD .dmy $
708 es HNL .dmy l|hnl|lps
710 es NIO .dmy c$|nio
712 es CRC ,dmy ₡|crc|colones
714 es PAB .dmy $|b/.|pab
716 es PEN .dmy s/.|s/|pen|soles|nuevos soles
722 es ARS ,dmy $|ars|pesos
724 pt BRL ,dmy r$|brl|reais
730 es CLP ,dmy $|clp|pesos
732 es COP ,dmy $|cop|pesos
734 es VES ,dmy bs.|bs|ves
736 es BOB ,dmy bs.|bs|bob|bolivianos
740 es USD .dmy $
744 es PYG ,dmy gs.|gs|₲|pyg
748 es UYU ,dmy $|uyu"""
ROWS = """\
70402 Tigo *256#?
71610 Claro *777#
722070 Movistar *444#?
72402,72403,72404 TIM *222#
72405 Claro *544#
72406 Vivo *8000#?
73001 Entel *103#
732101 Claro *103#
73003 Claro *103#
74000 Movistar *100#
74001 Claro *102#
74404 Tigo *611#
74405 Personal *121#"""
