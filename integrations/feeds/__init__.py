"""Official tariff files, nomenclatures and exchange rates, imported with a report and swapped in whole."""
