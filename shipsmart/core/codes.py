"""The codes a request may use: ISO 3166-1 alpha-2 countries, ISO 4217 currencies, schemes, and the customs unions."""


def words(text: str) -> frozenset[str]:
    """Return the blank-separated words of a text, for tables that read better as prose than as lists."""
    return frozenset(text.split())


COUNTRIES = words(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
    MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
    UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """
)

CURRENCIES = words(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND
    VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
    """
)

EU = words("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")

# Registrations that a seller or a platform may hold; a route or a tax names the one it asks for.
SALES_TAX = "US_SALES_TAX"
US_STATES = words(
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR "
    "PA RI SC SD TN TX UT VA VT WA WI WV WY"
)
REGISTRATIONS = words(
    "AU_GST BR_REMESSA_CONFORME CH_VAT CL_VAT EU_IOSS GB_VAT MX_TMEC_COURIER MY_LVG NO_VOEC NZ_GST SG_GST_OVR "
    "UY_FRANQUICIA"
)
SCHEMES = REGISTRATIONS | {f"{SALES_TAX}:{state}" for state in US_STATES}

# Territories that customs law counts with another country (Monaco with France, Liechtenstein with Switzerland).
CUSTOMS_UNIONS = {**dict.fromkeys(EU, "EU"), "MC": "EU", "CH": "CH", "LI": "CH", "IM": "GB", "GB": "GB", "XI": "EU"}


def agreement_key(name: str) -> str:
    """Return the name of an agreement without case and punctuation: `EU-UK TCA` and `eu_uk_tca` are one."""
    return "".join(letter for letter in name.upper() if letter.isalnum())


def customs_union(country: str) -> str:
    """Return the customs territory a country belongs to: its union's name, or its own code."""
    return CUSTOMS_UNIONS.get(country, country)
