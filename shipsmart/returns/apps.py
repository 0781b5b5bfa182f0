from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "shipsmart.returns"

    def ready(self) -> None:
        from shipsmart.inbox.operations import register  # noqa: PLC0415 - models exist only now
        from shipsmart.returns import paying_back, write_back  # noqa: PLC0415

        for kind, handler in write_back.HANDLERS.items():
            register(kind, handler, on_dead=write_back.given_up)
        register("returns.refund", paying_back.pay_back, on_dead=paying_back.given_up)
