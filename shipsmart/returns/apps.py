from django.apps import AppConfig

# What the store is told of a return, by kind: functions of write_back.py.
HANDLERS = {
    "returns.begin": "begin",
    "returns.approve": "tell_approved",
    "returns.decline": "tell_declined",
    "returns.tell_label": "tell_label",
    "returns.process": "tell_received",
    "returns.close": "tell_closed",
}


class ReturnsConfig(AppConfig):
    name = "shipsmart.returns"

    def ready(self) -> None:
        from shipsmart.inbox.lanes import LABELS  # noqa: PLC0415
        from shipsmart.inbox.operations import register  # noqa: PLC0415 - models exist only now

        told, paid = f"{self.name}.write_back", f"{self.name}.paying_back"
        for kind, handler in HANDLERS.items():
            register(kind, f"{told}.{handler}", on_dead=f"{told}.given_up")
        bought = f"{self.name}.buying"
        register("returns.buy_label", f"{bought}.handle", on_dead=f"{bought}.given_up", lane=LABELS)
        register("returns.refund", f"{paid}.pay_back", on_dead=f"{paid}.given_up")
