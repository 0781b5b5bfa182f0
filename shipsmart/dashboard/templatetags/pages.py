"""How the pages write money, countries, codes and states in the reader's language."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from babel.numbers import format_currency, format_decimal, get_currency_precision
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, to_locale

from shipsmart.dashboard import customs_words, labels
from shipsmart.dashboard.causes import cause_of
from shipsmart.dashboard.declarations import written
from shipsmart.dashboard.reasoning import safe_url
from shipsmart.documents.models import Document
from shipsmart.orders.models import Order
from shipsmart.ports import title_of
from shipsmart.rating.rule_models import PriceRule

register = template.Library()


@lru_cache(maxsize=16)
def locale_named(language: str) -> Locale:
    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def here() -> Locale:
    return locale_named(get_language() or "en")


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@register.simple_tag
def money(amount: Any, currency: str) -> str:
    """Return an amount in the reader's notation. No digit is hidden: half a cent stays visible. Unknown is a dash."""
    number = None if amount in (None, "") else _decimal(amount)
    if number is None:
        return "–"
    if not currency:
        return str(format_decimal(number, locale=here(), decimal_quantization=False))
    whole = number == round(number, get_currency_precision(currency))
    if whole:
        return str(format_currency(number, currency, locale=here()))
    return f"{format_decimal(number, locale=here(), decimal_quantization=False)} {currency}"


@register.filter
def country_name(code: str) -> str:
    return str(here().territories.get(code, code)) if code else ""


@register.simple_tag
def country(code: str) -> SafeString:
    """Return a country as its code in a chip and its name; nothing for an empty code."""
    if not code:
        return format_html("{}", "–")
    return format_html(
        '<span class="country"><abbr class="cc" title="{0}">{1}</abbr> <span class="cname">{0}</span></span>',
        country_name(code),
        code,
    )


@register.simple_tag
def badge(group: str, code: str) -> SafeString:
    if not code:
        return format_html("{}", "")
    text, tone = labels.words(group, code)
    return format_html('<span class="badge {}">{}</span>', tone, text)


@register.simple_tag
def units(lines: Iterable[Any]) -> int:
    return sum(line.quantity for line in lines)


@register.filter
def milestone(code: str) -> str:
    return labels.words("milestone", code)[0]


@register.filter
def charge_kind(kind: str) -> str:
    return str(labels.CHARGE_KINDS.get(kind, kind.replace("_", " ")))


@register.filter
def paper_kind(kind: str) -> str:
    return str(labels.PAPERS.get(kind, kind.replace("_", " ")))


@register.filter
def declaration(values: dict[str, Any]) -> str:
    return written(values)


@register.filter
def carrier_name(key: str) -> str:
    return title_of(key)


@register.filter
def channel_name(key: str) -> str:
    return labels.CHANNELS.get(key, key.replace("_", " "))


@register.filter
def hs(code: str) -> str:
    """Return an HS or national code in the groups people read: 6109.10.00.10."""
    if not code:
        return ""
    rest = code[6:]
    return ".".join([code[:4], code[4:6], *(rest[i : i + 2] for i in range(0, len(rest), 2))])


@register.filter
def grams(weight_g: int | None) -> str:
    """Return a weight in kilograms from one kilogram on, else in grams."""
    if not weight_g:
        return "–"
    if weight_g < 1000:
        return f"{weight_g} g"
    return f"{format_decimal(Decimal(weight_g) / 1000, locale=here(), decimal_quantization=False)} kg"


@register.filter
def percent(ratio: Any) -> str:
    """Return a ratio as whole per cent."""
    return f"{round(Decimal(str(ratio)) * 100)} %"


@register.filter
def percent_exact(ratio: Decimal) -> str:
    """Return a ratio as per cent with every digit it has: 0.075 is "7.5 %"."""
    number = (Decimal(str(ratio)) * 100).normalize()
    return f"{format_decimal(number, locale=here(), decimal_quantization=False)} %"


@register.filter
def plain(number: Decimal) -> str:
    """Return a number without the zeros that its column adds: 3.5000 is 3.5."""
    return f"{number.normalize():f}"


@register.simple_tag
def rule_conditions(rule: PriceRule) -> str:
    """Return to what a price rule applies, in one line."""
    found = [
        " ".join(rule.countries),
        " ".join(rule.services),
        " ".join(rule.skus),
        ", ".join(rule.tags),
        rule.incoterm,
    ]
    bounds = (("≥", rule.goods_from), ("<", rule.goods_below))
    found += [f"{sign} {money(amount, rule.currency)}" for sign, amount in bounds if amount is not None]
    weights = (("≥", rule.weight_from_g), ("<", rule.weight_below_g))
    found += [f"{sign} {grams(weight)}" for sign, weight in weights if weight is not None]
    return " · ".join(text for text in found if text) or gettext("always")


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """Return the page's query string with some parameters changed; None or "" takes one away."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def active(context: dict[str, Any], *names: str) -> SafeString:
    """Return aria-current for the navigation entry the reader is in."""
    match = getattr(context["request"], "resolver_match", None)
    name = getattr(match, "url_name", None) or ""
    return SafeString('aria-current="page"' if name.startswith(names) else "")


@register.filter
def cm(length_mm: int) -> str:
    return str(format_decimal(Decimal(length_mm) / 10, locale=here(), decimal_quantization=False))


@register.filter
def scheme(code: str) -> str:
    """Return a scheme's code as people say it: EU_IOSS is "EU IOSS"."""
    return str(code or "").replace("_", " ")


@register.filter
def safe_link(url: str) -> str:
    return safe_url(url)


@register.filter
def split(text: str) -> list[str]:
    return text.split()


@register.simple_tag
def collected(order: Order) -> str:
    """Return duty, import tax and fees that the shopper paid ahead, as one amount; a dash when nothing was."""
    values = order.collected
    if not values:
        return "–"
    amounts = [_decimal(values.get(name) or 0) or Decimal(0) for name in ("duty", "import_tax", "fees")]
    return money(sum(amounts, Decimal(0)), values.get("currency") or order.currency)


@register.filter
def changes(data: Mapping[str, Any]) -> list[str]:
    """Return the data of an audit entry as lines; a nonce says nothing to people."""
    lines = []
    for name, value in (data.get("changes") or data).items():
        if name == "nonce":
            continue
        pair = isinstance(value, list) and len(value) == 2
        shown = f"{value[0] or '–'} → {value[1] or '–'}" if pair else str(value)
        lines.append(f"{name}: {shown}")
    return lines


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping.get(key, "")


@register.filter
def advice(code: str) -> str:
    """Return what to do about a label that was refused."""
    return str(cause_of(code).advice)


@register.filter
def newest(papers: Iterable[Document], kind: str) -> list[Document]:
    """Return the latest version of one kind of paper, as a list of one or none."""
    return sorted((paper for paper in papers if paper.kind == kind), key=lambda paper: -paper.version)[:1]


@register.filter
def field(values: Any, name: str) -> Any:
    """Return an attribute by its name."""
    return getattr(values, name, "")


@register.filter
def unlocal(number: float) -> str:
    """Return a number with a point, whatever the reader's language: for attributes; whole numbers to the last digit."""
    return str(number) if isinstance(number, int) else f"{number:g}"


@register.simple_tag
def icon(name: str) -> SafeString:
    href = f"{static('dashboard/icons.svg')}#{name}"
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', href)


@register.filter
def lack_words(lack: str) -> str:
    return str(customs_words.LACK_WORDS.get(lack, lack))


@register.filter
def hint_words(kind: str) -> str:
    return str(customs_words.HINT_WORDS.get(kind, kind.replace("_", " ")))


@register.filter
def question_words(key: str) -> str:
    return customs_words.question(key)


@register.filter
def answer_words(label: str) -> str:
    """Return the words of an answer; those of the law stand as they are."""
    return str(customs_words.ANSWERS.get(label, label))
