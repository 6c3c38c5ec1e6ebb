"""Africa."""

COUNTRIES = """\
602 ar,en EGP .dmy le|egp|جنيه|ج.م|pounds
603 fr,ar DZD ,dmy da|dzd|دج|dinars|dinar
604 fr,ar MAD ,dmy dh|mad|dhs|dirhams|dirham
605 fr,ar TND ,dmy dt|tnd|dinars|dinar
608 fr XOF ,dmy fcfa|f cfa|cfa|francs|xof|f
610 fr XOF ,dmy fcfa|f cfa|cfa|francs|xof|f
611 fr GNF ,dmy gnf|fg
612 fr XOF ,dmy fcfa|f cfa|cfa|francs|xof|f
613 fr XOF ,dmy fcfa|f cfa|cfa|francs|xof|f
614 fr XOF ,dmy fcfa|f cfa|cfa|francs|xof|f
615 fr XOF ,dmy fcfa|f cfa|cfa|francs|xof|f
616 fr XOF ,dmy fcfa|f cfa|cfa|francs|xof|f
617 en MUR .dmy rs.|rs|mur
618 en LRD .dmy $|lrd|l$
619 en SLE .dmy le|sle
620 en GHS .dmy gh¢|gh₵|ghs|ghc|¢|₵|cedis|cedi|ghana cedi(s)|ghana cedis
621 en NGN .dmy ngn|n|₦|naira
622 fr XAF ,dmy fcfa|f cfa|cfa|francs|xaf|f
624 fr,en XAF ,dmy fcfa|f cfa|cfa|francs|xaf|f
626 pt XAF ,dmy fcfa|xaf
628 fr XAF ,dmy fcfa|f cfa|cfa|francs|xaf|f
629 fr XAF ,dmy fcfa|f cfa|cfa|francs|xaf|f
630 fr CDF .dmy cdf|fc
631 pt AOA ,dmy kz|aoa|kwanzas
635 en RWF .dmy rwf|frw|francs
636 en ETB .dmy birr|etb|br|birrs
639 en,sw KES .dmy ksh.|kshs.|kshs|ksh|kes|shillings|shs
640 sw,en TZS .dmy tsh.|tsh|tzs|sh|tshs|shilingi
641 en UGX .dmy ugx|ushs|ush|shs|shillings
643 pt MZN .dmy mt|mzn|meticais
645 en ZMW .dmy zmw|k|kwacha
646 fr MGA ,dmy ariary|ar|mga
648 en USD .dmy $
650 en MWK .dmy mk|mwk|k|kwacha
651 en LSL .dmy m|lsl
652 en BWP .dmy p|bwp
653 en SZL .dmy e|szl
655 en ZAR .dmy zar|r|rand"""
ROWS = """\
60202 Vodafone *868*1#
60301 Mobilis *222#
60402 Inwi *120#
60801 Orange #123#
61001 Malitel *101#
61002 Orange #123#
61203 Orange #122#
62001 MTN,124 *124#
62120 Airtel *310#
62130 MTN,310 *310#
62150 Glo *310#
62401 MTN *155#
63002 Airtel *143#
63102 Unitel *103#
63510 MTN *110#
63601 804,Ethiotel *804#
63902 Safaricom,144 *144#
63903 Airtel *131#
64004 Vodacom *102#
64005 Airtel *102#
64101 Airtel *131#
64110 MTN *131#
64304 Vodacom *100#
64501 Airtel *114#
64502 MTN *114#
64601 Airtel *123#
64602 Orange #123#
64604 Telma -
64804 Econet *125#
65010 Airtel *137#
65501 Vodacom *135#
65510 MTN *135#
60201 Orange #100#
60203 Etisalat *134#
60204 WE *130#
60501 Orange *101#
60502 TT *122#
60503 Ooredoo *100#
62002 Vodafone *122#
65502 Telkom *188#
65507 CellC *101#"""
