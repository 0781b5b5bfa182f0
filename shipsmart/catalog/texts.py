"""What the classifier is told of a variant."""

from shipsmart.catalog.models import Variant
from shipsmart.classify import Item


def item_of(variant: Variant) -> Item:
    """Return what the store tells of a variant; its tags speak as loudly as the description."""
    product = variant.product
    said = " ".join([product.description, *(str(tag) for tag in product.tags)]).strip()
    return Item(f"{product.title} {variant.title}".strip(), description=said, group=product.external_id)
