"""North America and the Caribbean."""

COUNTRIES = """\
302 en,fr CAD . $|cad|dollars
310 en USD .mdy $
311 en USD .mdy $
312 en USD .mdy $
334 es MXN .dmy $|mxn|pesos
338 en JMD .dmy j$|jmd|$
352 en XCD .dmy ec$|$|xcd
368 es CUP .dmy cup|$
370 es DOP .dmy rd$|dop|$|pesos
372 fr HTG .dmy htg|gourdes|gdes
374 en TTD .dmy tt$|$|ttd"""
ROWS = """\
302720 Speakout *777#
310260 TMobile #999#
334020 Telcel *133#$
334030 Movistar *611#?
338050 Digicel *120#
338180 FLOW *120#
36801 Cubacel *222#
37002 Claro *122#
37203 Natcom *101#"""
