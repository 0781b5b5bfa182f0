"""The page of silent parcels and unread codes: a merchant's own, and nobody else's."""

from datetime import timedelta

from django.utils import timezone

from shipsmart.tracking.models import CodeReading, Tracker, TrackingEvent


def silent(shipment, days):
    since = timezone.now() - timedelta(days=days)
    return Tracker.objects.create(shipment=shipment, silent_since=since)


def unread(shipment, code, text):
    at = timezone.now() - timedelta(hours=len(code))
    return TrackingEvent.objects.create(
        shipment=shipment, key=f"{code}{text}", at=at, code=code, text=text, milestone="unknown"
    )


def test_a_silent_parcel_stands_on_the_page_until_it_is_scanned(shop, owner):
    shipment = shop.shipment
    tracker = silent(shipment, days=9)
    page = owner.get("/tracking/").content.decode()
    assert shipment.waybill in page
    assert shipment.order.number in page
    tracker.silent_since = None
    tracker.save()
    assert shipment.waybill not in owner.get("/tracking/").content.decode()


def test_a_code_nobody_can_read_is_shown_with_the_carriers_words_and_counted(shop, owner):
    shipment = shop.shipment
    unread(shipment, "ZZ", "Held at the moon base")
    unread(shipment, "ZZ", "Held at the moon base again")
    (row,) = owner.get("/tracking/").context["codes"]
    assert (row.code, row.scans, row.carrier) == ("ZZ", 2, shipment.carrier)
    assert "Held at the moon base" in owner.get("/tracking/").content.decode()


def test_a_stranger_sees_neither(shop, owner, stranger):
    shipment = shop.shipment
    silent(shipment, days=9)
    unread(shipment, "ZZ", "Held")
    page = stranger.get("/tracking/")
    assert (page.status_code, list(page.context["page"]), page.context["codes"]) == (200, [], [])


def test_an_installation_without_parcels_says_so(shop, owner):
    page = owner.get("/tracking/").content.decode()
    assert "No parcel is silent" in page
    assert "Every code so far could be read." in page


def explained(client, shipment, milestone="out_for_delivery", code="ZZ"):
    return client.post("/tracking/codes/", {"carrier": shipment.carrier, "code": code, "milestone": milestone})


def test_an_owner_says_what_a_code_means_and_takes_it_back(shop, owner):
    unread(shop.shipment, "ZZ", "Held at the moon base")
    assert explained(owner, shop.shipment).status_code == 302
    (row,) = CodeReading.objects.all()
    assert (row.milestone, row.text, row.actor) == ("out_for_delivery", "Held at the moon base", "owner@example.com")
    assert "Codes that you explained" in owner.get("/tracking/").content.decode()
    assert owner.post(f"/tracking/codes/{row.pk}/remove/").status_code == 302
    assert not CodeReading.objects.exists()


def test_a_code_that_is_not_there_or_no_meaning_is_refused_in_words(shop, owner):
    for values in ({"code": "never seen"}, {"milestone": "unknown"}):
        explained(owner, shop.shipment, **values)
        assert "That did not work" in owner.get("/tracking/").content.decode()
    assert not CodeReading.objects.exists()


def test_only_owners_explain_and_strangers_find_nothing(shop, owner, teammate, stranger):
    unread(shop.shipment, "ZZ", "Held")
    assert explained(teammate, shop.shipment).status_code == 403
    explained(stranger, shop.shipment)
    assert not CodeReading.objects.exists()
    explained(owner, shop.shipment)
    assert stranger.post(f"/tracking/codes/{CodeReading.objects.get().pk}/remove/").status_code == 404
