from django.apps import AppConfig


class ShipmentsConfig(AppConfig):
    name = "shipsmart.shipments"

    def ready(self) -> None:
        from shipsmart.inbox.lanes import BULK, LABELS  # noqa: PLC0415
        from shipsmart.inbox.operations import register  # noqa: PLC0415 - models exist only now

        register("shipments.plan", f"{self.name}.planning.handle_plan")
        register(
            "shipments.label", f"{self.name}.labels.handle_label", on_dead=f"{self.name}.labels.given_up", lane=LABELS
        )
        register("shipments.void", f"{self.name}.void.handle_void", on_dead=f"{self.name}.void.given_up", lane=LABELS)
        register("shipments.unfulfil", f"{self.name}.void.handle_unfulfil")
        register("shipments.batch", f"{self.name}.batches.handle_batch", lane=BULK)
        register("shipments.print", f"{self.name}.batch_printing.handle_print", lane=BULK)
        register("shipments.papers", f"{self.name}.papers.handle_papers", lane=LABELS)
        register(
            "shipments.invoice_upload",
            f"{self.name}.invoice_upload.handle_upload",
            on_dead=f"{self.name}.invoice_upload.given_up",
            lane=LABELS,
        )
        register(
            "shipments.fulfil", f"{self.name}.write_back.handle_fulfil", on_dead=f"{self.name}.write_back.given_up"
        )
        for kind, handler, on_dead in (
            ("pickup", "pickups.handle_pickup", "pickups.given_up"),
            ("pickup_cancel", "pickups.handle_cancel", "pickups.cancel_given_up"),
            ("manifest", "manifests.handle_manifest", "manifests.given_up"),
            ("manifest_paper", "manifests.handle_paper", "manifests.paper_given_up"),
        ):
            register(f"shipments.{kind}", f"{self.name}.{handler}", on_dead=f"{self.name}.{on_dead}", lane=LABELS)
