import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from shipsmart.merchants.crypto import EncryptedJSONField
from shipsmart.ports import Incoterm, Party, TaxId

INCOTERMS = [(term.value, term.value) for term in Incoterm]


class Merchant(models.Model):
    """A company that sells through us, with the address its parcels leave from.

    `settings_version` counts every change to what a quote depends on (markets, tax registrations, carriers, products);
    each process keeps its copy in memory until the number moves.
    """

    name = models.CharField(max_length=120)
    company = models.CharField("legal name", max_length=120)
    address1 = models.CharField(max_length=120)
    address2 = models.CharField(max_length=120, blank=True)
    district = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80)
    region = models.CharField(max_length=40, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    signatory = models.CharField("who signs the invoices", max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    quote_deadline_ms = models.PositiveIntegerField(default=1000)
    settings_version = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name

    def touch(self) -> None:
        """Tell every process that what quotes depend on has changed."""
        Merchant.objects.filter(pk=self.pk).update(settings_version=models.F("settings_version") + 1)

    def party(self) -> Party:
        """Return the merchant as consignor, with its tax registrations."""
        ids = tuple(TaxId(r.kind, r.number, r.country) for r in self.tax_registrations.all())
        return Party(
            name=self.signatory or self.name,
            company=self.company,
            address1=self.address1,
            address2=self.address2,
            city=self.city,
            region=self.region,
            postcode=self.postcode,
            country=self.country,
            phone=self.phone,
            email=self.email,
            tax_ids=ids,
            district=self.district,
        )


class Member(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", "owner"
        MEMBER = "member", "member"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["merchant", "user"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.role}) of {self.merchant}"

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER


class Market(models.Model):
    """How one destination is sold to: `country` "" stands for every country without a row of its own."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="markets")
    country = models.CharField(max_length=2, blank=True)
    incoterm = models.CharField(max_length=3, choices=INCOTERMS, default=Incoterm.DDP)
    offer_both = models.BooleanField("offer DAP beside DDP", default=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["merchant", "country"], name="market_once")]

    def __str__(self) -> str:
        return f"{self.country or 'everywhere else'}: {self.incoterm}"


class TaxRegistration(models.Model):
    """A number under which the merchant pays tax: `scheme` as in the landed-cost contract, `kind` as on papers.

    An EORI has no scheme. The number is printed only where the paper needs it; an IOSS number never outside a parcel.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="tax_registrations")
    scheme = models.CharField(max_length=30, blank=True)
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=40)
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "kind", "number"], name="registration_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Importer(models.Model):
    """Who answers to customs abroad when it is not the consignee: the merchant's own firm there, or an agent.

    `imports_into`: prepaid goods going there are declared in this party's name; "" only where a person chooses it.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="importers")
    imports_into = models.CharField(max_length=2, blank=True)
    company = models.CharField("legal name", max_length=120)
    name = models.CharField("contact", max_length=80, blank=True)
    address1 = models.CharField(max_length=120)
    address2 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80)
    region = models.CharField(max_length=40, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    tax_ids = models.JSONField(default=list)  # of TaxId as mappings

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "company", "imports_into"], name="importer_once")
        ]

    def __str__(self) -> str:
        return f"{self.company} ({self.country})"

    def party(self) -> Party:
        """Return the importer of record as papers and carriers are told it."""
        named = ("name", "company", "address1", "address2", "city", "region", "postcode", "country", "phone", "email")
        ids = tuple(TaxId(**tax_id) for tax_id in self.tax_ids)
        return Party(**{field: getattr(self, field) for field in named}, tax_ids=ids)


class Hub(models.Model):
    """Another place a merchant's goods leave from than its own address: a warehouse, a fulfilment centre abroad.

    `tags`: products with one of these tags lie here, for stores that do not say where goods lie. A store that says it
    is believed; it names the hub by country and postcode.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="hubs")
    name = models.CharField(max_length=80)
    contact = models.CharField(max_length=80, blank=True)
    address1 = models.CharField(max_length=120)
    address2 = models.CharField(max_length=120, blank=True)
    district = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80)
    region = models.CharField(max_length=40, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    tags = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "country", "postcode"], name="hub_once_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.country})"

    def place(self) -> dict[str, str]:
        """Return the fields of a Party that this hub changes of the merchant's."""
        own = ("address1", "address2", "district", "city", "region", "postcode", "country")
        optional = {"name": self.contact, "phone": self.phone, "email": self.email}
        told = {name: value for name, value in optional.items() if value}
        return {name: getattr(self, name) for name in own} | told

    def party(self, merchant: Party) -> Party:
        """Return the merchant as consignor of goods that lie here: its name and tax numbers, this address."""
        return replace(merchant, **self.place())


class Connection(models.Model):
    """A merchant's store. `account` is its own name (a shop's domain); `token` makes our callback path unguessable."""

    class Status(models.TextChoices):
        ACTIVE = "active", "connected"
        REAUTHORISE = "reauthorise", "must be authorised again"
        UNINSTALLED = "uninstalled", "uninstalled"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="connections")
    storefront = models.CharField(max_length=20)
    account = models.CharField(max_length=200)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    credentials = EncryptedJSONField(default=dict)
    token = models.CharField(max_length=64, unique=True, default=secrets.token_urlsafe)
    settings = models.JSONField(default=dict)
    installed_at = models.DateTimeField(default=timezone.now)
    uninstalled_at = models.DateTimeField(null=True, blank=True)
    last_synced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["storefront", "account"], name="connection_once")]

    def __str__(self) -> str:
        return f"{self.storefront} {self.account}"

    @property
    def needs_a_hand(self) -> bool:
        """Whether the store stands still, or collects no duties, until a person looks at it."""
        if self.status == self.Status.ACTIVE:
            return any(self.settings.get(name) for name in ("set_up_error", "missing_rights", "foreign"))
        return self.status == self.Status.REAUTHORISE


class ApiKey(models.Model):
    """A key of the public API; only its SHA-256 is kept (it has 256 bits of its own, so no slow hash is needed)."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="api_keys")
    label = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.label})"

    @classmethod
    def make(cls, merchant: Merchant, label: str) -> str:
        """Store a new key and return it; it cannot be shown again."""
        key = f"ss_{secrets.token_urlsafe(32)}"
        cls.objects.create(merchant=merchant, label=label, prefix=key[:9], digest=cls.digest_of(key))
        return key

    @staticmethod
    def digest_of(key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()


class AuditQuerySet(models.QuerySet):
    def note(self, merchant: Merchant, *, actor: str, action: str, target: str = "", **data: Any) -> "AuditEntry":
        return self.create(merchant=merchant, actor=actor, action=action, target=target, data=data)

    def note_all(self, entries: Iterable[tuple[Merchant, dict[str, Any]]]) -> None:
        """Write many entries at once: the merchant and the other columns of each."""
        self.bulk_create(self.model(merchant=merchant, **values) for merchant, values in entries)

    def for_merchant(self, merchant: Merchant) -> Self:
        return self.filter(merchant=merchant)


class AuditEntry(models.Model):
    """Who changed what, and when. Rows are written, never changed."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="audit")
    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action} {self.target}"
