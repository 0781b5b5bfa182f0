from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "shipsmart.tracking"

    def ready(self) -> None:
        from shipsmart.inbox.lanes import TRACKING  # noqa: PLC0415
        from shipsmart.inbox.operations import Kind, register, register_model  # noqa: PLC0415 - models exist only now
        from shipsmart.tracking import operations, readings  # noqa: PLC0415
        from shipsmart.tracking.models import Tracker  # noqa: PLC0415

        register("tracking.start", operations.handle_start, lane=TRACKING)
        register("tracking.reread", readings.handle_reread, lane=TRACKING)
        register("tracking.tell_store", operations.handle_tell_store, lane=TRACKING)
        register_model(Kind(Tracker, operations.handle_tracker, patient=True, lane=TRACKING))
