from django.apps import AppConfig


class QuotesConfig(AppConfig):
    name = "shipsmart.quotes"

    def ready(self) -> None:
        from shipsmart.catalog import imported  # noqa: PLC0415 - models exist only now
        from shipsmart.inbox import upkeep  # noqa: PLC0415

        upkeep.register(f"{self.name}.upkeep.unused_quotes")
        imported.use(f"{self.name}.nomenclature.imported_nomenclature")
