"""Why a label was not bought, in words, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Cause:
    name: Text
    advice: Text


_AWAY = Cause(
    _("The carrier did not answer"), _("Nothing to do: it is asked again by itself. Try again later if it lasts.")
)
_REFUSED = Cause(
    _("The carrier refused"), _("Read the carrier's words on the order, mend the address or the goods, then try again.")
)
_CODE = _("Add the HS code of the product; the order then goes on by itself when you try again.")
_ADDRESS = _("Ask the shopper, correct the address on the order's page, then try again.")
_WHOSE = _("Open an order: it says whose. The shopper's is corrected there, yours in the settings; then try again.")
CAUSES: Mapping[str, Cause] = {
    "partner_refused": _REFUSED,
    "label_refused": _REFUSED,
    "partner_failed": Cause(
        _("The carrier's system failed"), _("Nothing was bought. Try again; if it lasts, ask the carrier.")
    ),
    "timed_out": _AWAY,
    "unreachable": _AWAY,
    "line_broken": _AWAY,
    "unreadable_answer": Cause(
        _("The carrier's answer could not be read"),
        _("We ask the carrier what became of it before anything is bought again. If it stays, report it to us."),
    ),
    "missing_data": Cause(_("Customs data is missing"), _("Open the order: it says which field and where to mend it.")),
    "needs_data": Cause(_("Customs data is missing"), _("Open the order: it says which field and where to mend it.")),
    "hs_code_missing": Cause(_("An HS code is missing"), _CODE),
    "duty_payer_contradiction": Cause(
        _("The duty payer contradicts what the shopper paid"),
        _("The label would break the promise of the checkout. Compare the order with its quote, then release it."),
    ),
    "service_contradicts_incoterm": Cause(
        _("The service cannot be billed as promised"), _("Choose a service of this carrier that bills duty to you.")
    ),
    "unknown_service": Cause(
        _("The carrier does not know this service"), _("Check the services of the carrier account in the settings.")
    ),
    "too_heavy": Cause(_("Too heavy for this service"), _("Split the order, or choose another carrier.")),
    "too_large": Cause(_("Too large for this service"), _("Add a smaller box, or choose another carrier.")),
    "wrong_postcode": Cause(_("The postcode is wrong"), _ADDRESS),
    "party_incomplete": Cause(_("An address is incomplete"), _WHOSE),
    "phone_missing": Cause(_("A phone number is missing"), _WHOSE),
    "on_hold": Cause(_("On hold"), _("Open the order: it says why. Release it when that is settled.")),
    "not_planned": Cause(_("Could not be planned"), _("Open the order and try again; it says what went wrong.")),
    "order_cancelled": Cause(_("The order was cancelled"), _("Nothing to do.")),
    "unpaid": Cause(_("Not paid yet"), _("Its label is bought as soon as the store says that it is paid.")),
    "batch_cancelled": Cause(_("The batch was cancelled"), _("Choose these orders again when you want their labels.")),
}
_OTHER = _("Open one of these orders: it says what is wrong and where to mend it.")


def cause_of(code: str) -> Cause:
    """Return the words for a code; one that we have no words for is shown as it is."""
    return CAUSES.get(code) or Cause(code.replace("_", " "), _OTHER)
