from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from integrations.storefronts.shopify import webhooks  # noqa: PLC0415 - models exist only now

        webhooks.register()
