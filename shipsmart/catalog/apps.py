from django.apps import AppConfig

from shipsmart.inbox.lanes import BULK


class CatalogConfig(AppConfig):
    name = "shipsmart.catalog"

    def ready(self) -> None:
        from shipsmart.catalog import checks  # noqa: F401, PLC0415 - registers the checks
        from shipsmart.inbox import preloading, upkeep  # noqa: PLC0415 - models exist only now
        from shipsmart.inbox.operations import register  # noqa: PLC0415

        register("catalog.classify", f"{self.name}.classifying.handle", lane=BULK)
        register("catalog.recall", f"{self.name}.classifying.handle_recall", lane=BULK)
        preloading.register(load_classifier)
        upkeep.register(f"{self.name}.classifying.ask_for_the_forgotten")


def load_classifier() -> None:
    from shipsmart.catalog.engines import classifier  # noqa: PLC0415 - a second of work, for workers only

    classifier()
