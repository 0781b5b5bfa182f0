"""Destinations under a broad embargo: nothing is offered there until the merchant switches the market on by name.

Some goods may still be sent; whether these may is the merchant's own decision and often needs a licence, so a row for
"everywhere else" does not cover these countries.
"""

EMBARGOED = {
    "BY": "Regulation (EC) No 765/2006; express carriers have suspended service",
    "CU": "31 CFR Part 515",
    "IR": "31 CFR Part 560; Regulation (EU) No 267/2012",
    "KP": "31 CFR Part 510; Regulation (EU) 2017/1509",
    "RU": "Regulation (EU) No 833/2014; express carriers have suspended service",
}
