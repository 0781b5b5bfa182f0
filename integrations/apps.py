from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from integrations.carriers.fedex import handlers as fedex  # noqa: PLC0415 - models exist only now
        from integrations.carriers.ups import handlers as ups  # noqa: PLC0415
        from integrations.storefronts.shopify import handlers as shopify  # noqa: PLC0415
        from integrations.storefronts.vtex import handlers as vtex  # noqa: PLC0415

        for partner in (shopify, vtex, ups, fedex):
            partner.register()
