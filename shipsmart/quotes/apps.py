from django.apps import AppConfig


class QuotesConfig(AppConfig):
    name = "shipsmart.quotes"

    def ready(self) -> None:
        from shipsmart.catalog import nomenclatures  # noqa: PLC0415
        from shipsmart.inbox import upkeep  # noqa: PLC0415 - models exist only now
        from shipsmart.quotes.nomenclature import imported_nomenclature  # noqa: PLC0415
        from shipsmart.quotes.upkeep import unused_quotes  # noqa: PLC0415

        upkeep.register(unused_quotes)
        nomenclatures.use(imported_nomenclature)
