"""What organizers do with their events."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from core.errors import InvalidInput
from events import on_sale, publishing
from events.models import Event, EventWord, Organizer, Quota, TicketType, Venue
from events.searching import index_all
from events.signals import event_changed
from events.tests.factories import make_event, make_organizer, make_type, make_venue, member_of

pytestmark = pytest.mark.django_db

SOON = timezone.now().replace(microsecond=0) + timedelta(days=30)


def fields(**more):
    return {
        "title": "Jazz Night",
        "description": "Three bands",
        "category_id": 1,
        "venue_id": make_venue().pk,
        "starts_at": SOON,
        "ends_at": SOON + timedelta(hours=3),
        **more,
    }


@pytest.fixture
def organizer():
    return make_organizer()


@pytest.fixture
def owner(organizer):
    return member_of(organizer)


@pytest.fixture
def changes():
    """What was announced about published events."""
    heard = []

    def hear(event, changes, **_):
        heard.append(sorted(changes))

    event_changed.connect(hear)
    yield heard
    event_changed.disconnect(hear)


def test_a_draft_is_made_whole(owner):
    hall = {"name": "Hall", "size": 50}
    event = publishing.create_event(
        by=owner,
        fields=fields(
            refund_policy={"until_hours": 48, "percent": 50},
            tickets=[
                {"name": "Regular", "price": Decimal(5000), "quantity": 40, "quota": hall},
                {"name": "Free", "price": Decimal(0), "quantity": 20, "quota": hall, "max_per_order": 2},
            ],
        ),
    )
    event.refresh_from_db()
    regular, free = event.ticket_types.with_quotas()
    assert (event.status, event.status_history.get().actor) == ("draft", owner)
    assert (event.lowest_price, event.highest_price, event.city) == (0, 5000, "lagos")
    assert regular.shared_quota == free.shared_quota and regular.shared_quota.size == 50
    assert (regular.quota.size, free.max_per_order, regular.max_per_order) == (40, 2, 10)
    assert (event.refund_until_hours, event.refund_percent) == (48, 50)
    assert EventWord.objects.filter(event=event, word="jazz").exists()


def test_nothing_is_made_when_a_part_is_wrong(owner):
    for wrong in ({"category_id": 99}, {"venue_id": 99}, {"ends_at": SOON}):
        with pytest.raises(InvalidInput):
            publishing.create_event(by=owner, fields=fields(**wrong))
    assert not Event.objects.exists() and not Quota.objects.exists()


@pytest.mark.parametrize("role", ["scanner", None])
def test_only_those_who_manage_a_verified_organizer_make_events(organizer, owner, role):
    by = member_of(organizer, role) if role else UserFactory()
    with pytest.raises(publishing.NotTheirs):
        publishing.create_event(by=by, fields=fields())
    Organizer.objects.update(verified_at=None)
    with pytest.raises(publishing.NotTheirs):
        publishing.create_event(by=owner, fields=fields())


def test_the_oldest_verified_organizer_is_meant_unless_another_is_named(owner, organizer):
    other = make_organizer(owner=owner)
    make_organizer()
    assert publishing.create_event(by=owner, fields=fields()).organizer == organizer
    assert publishing.create_event(by=owner, fields=fields(organizer_id=other.pk)).organizer == other
    stranger = make_organizer()
    with pytest.raises(publishing.NotTheirs):
        publishing.create_event(by=owner, fields=fields(organizer_id=stranger.pk))


def test_a_venue_described_twice_is_one(owner):
    hall = {"name": "New Hall", "city": "Jos"}
    described = {name: value for name, value in fields(venue=hall).items() if name != "venue_id"}
    first, second = (publishing.create_event(by=owner, fields=described) for _ in range(2))
    assert first.venue == second.venue and Venue.objects.filter(name="New Hall").count() == 1


def test_publishing_needs_a_start_to_come_and_a_ticket_type(owner, organizer):
    event = publishing.create_event(by=owner, fields=fields())
    with pytest.raises(publishing.NotReady, match="ticket type"):
        publishing.publish_event(event_id=event.pk, by=owner)
    make_type(event)
    Event.objects.update(starts_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(publishing.NotReady, match="future"):
        publishing.publish_event(event_id=event.pk, by=owner)
    Event.objects.update(starts_at=SOON)
    assert publishing.publish_event(event_id=event.pk, by=owner).status == "published"
    assert publishing.publish_event(event_id=event.pk, by=owner).status == "published"
    assert event.status_history.count() == 2


def test_a_step_that_is_not_possible_undoes_what_came_with_it(owner, organizer):
    event = make_event({}, organizer=organizer)
    for status in ("draft", "completed"):
        with pytest.raises(publishing.WrongStep):
            publishing.change_event(event_id=event.pk, by=owner, changes={"title": "Other", "status": status})
    event.refresh_from_db()
    assert event.title == "Jazz by the Lagoon"


def test_what_is_closed_is_not_changed(owner, organizer):
    event = make_event({}, organizer=organizer, status="cancelled")
    (kind,) = event.ticket_types.all()
    for change in (
        lambda: publishing.change_event(event_id=event.pk, by=owner, changes={"title": "Other"}),
        lambda: publishing.publish_event(event_id=event.pk, by=owner),
        lambda: publishing.add_type(event_id=event.pk, by=owner, fields={"name": "x", "price": 1, "quantity": 1}),
        lambda: publishing.change_type(type_id=kind.pk, by=owner, changes={"quantity": 5}),
        lambda: publishing.remove_type(type_id=kind.pk, by=owner),
    ):
        with pytest.raises(publishing.WrongStep):
            change()
    assert publishing.call_off_event(event_id=event.pk, by=owner).status == "cancelled"


def test_another_time_or_place_is_announced_once_it_is_published(owner, organizer, changes):
    event = make_event({}, organizer=organizer, status="draft")
    times = {"starts_at": SOON, "ends_at": SOON + timedelta(hours=3)}
    publishing.change_event(event_id=event.pk, by=owner, changes=times)
    Event.objects.update(status="published")
    publishing.change_event(event_id=event.pk, by=owner, changes={"title": "Other", "starts_at": SOON})
    assert changes == []
    publishing.change_event(event_id=event.pk, by=owner, changes={"ends_at": SOON + timedelta(hours=9)})
    event.refresh_from_db()
    assert event.moved_at is None
    publishing.change_event(event_id=event.pk, by=owner, changes={"starts_at": SOON + timedelta(hours=1)})
    publishing.change_event(event_id=event.pk, by=owner, changes={"venue_id": make_venue(city="Abuja").pk})
    event.refresh_from_db()
    assert changes == [["ends_at"], ["starts_at"], ["venue"]]
    assert event.moved_at and event.city == "abuja"
    with pytest.raises(InvalidInput):
        publishing.change_event(event_id=event.pk, by=owner, changes={"starts_at": timezone.now()})


def test_the_day_is_that_of_the_zone(owner):
    late = datetime(2030, 12, 5, 22, 30, tzinfo=UTC)
    event = publishing.create_event(by=owner, fields=fields(starts_at=late, ends_at=late + timedelta(hours=1)))
    assert str(event.start_day) == "2030-12-05"
    event = publishing.change_event(event_id=event.pk, by=owner, changes={"time_zone": "Asia/Tokyo"})
    assert (str(event.start_day), event.starts_at) == ("2030-12-06", late)


def test_a_total_is_never_below_what_is_taken(owner, organizer):
    event = make_event(organizer=organizer)
    shared = Quota.objects.create(event=event, name="Hall", size=10, taken=6)
    kind = make_type(event, quantity=8, shared=shared)
    Quota.objects.filter(pk=kind.quota_id).update(taken=6)
    for change in ({"quantity": 5}, {"quota": {"name": "Hall", "size": 5}}):
        with pytest.raises(on_sale.BelowTaken):
            publishing.change_type(type_id=kind.pk, by=owner, changes=change)
    changed = publishing.change_type(
        type_id=kind.pk, by=owner, changes={"quantity": 6, "quota": {"name": "Hall", "size": 6}}
    )
    assert (changed.quota.size, changed.shared_quota.size, changed.left) == (6, 6, 0)


def test_what_was_sold_keeps_its_price_and_stays(owner, organizer):
    event = make_event({"price": "5000"}, {"price": "100"}, organizer=organizer)
    sold, free = event.ticket_types.all()
    Quota.objects.filter(pk=sold.quota_id).update(taken=1)
    for change in ({"price": Decimal(1)}, {"quota": {"name": "Hall", "size": 5}}):
        with pytest.raises(on_sale.Sold):
            publishing.change_type(type_id=sold.pk, by=owner, changes=change)
    publishing.change_type(type_id=sold.pk, by=owner, changes={"price": Decimal(5000), "name": "Early"})
    with pytest.raises(on_sale.Sold):
        publishing.remove_type(type_id=sold.pk, by=owner)
    publishing.change_type(type_id=free.pk, by=owner, changes={"price": Decimal(200)})
    event.refresh_from_db()
    assert (event.lowest_price, event.highest_price) == (200, 5000)
    publishing.remove_type(type_id=free.pk, by=owner)
    event.refresh_from_db()
    assert (event.lowest_price, event.ticket_types.count(), event.quotas.count()) == (5000, 1, 1)


def test_a_published_event_keeps_a_ticket_type(owner, organizer):
    event = make_event({}, organizer=organizer)
    with pytest.raises(on_sale.LastType):
        publishing.remove_type(type_id=event.ticket_types.get().pk, by=owner)
    Event.objects.update(status="draft")
    publishing.remove_type(type_id=event.ticket_types.get().pk, by=owner)
    assert not TicketType.objects.exists() and not Quota.objects.exists()


def test_what_was_never_ordered_is_deleted(owner, organizer):
    event = make_event({}, organizer=organizer)
    publishing.change_event(event_id=event.pk, by=owner, changes={"title": "Found"})
    assert publishing.remove_event(event_id=event.pk, by=owner) is True
    assert not Event.objects.exists() and not Quota.objects.exists() and not EventWord.objects.exists()


def test_words_follow_new_names(owner, organizer):
    event = publishing.create_event(by=owner, fields=fields(title="Chess"))
    publishing.change_event(event_id=event.pk, by=owner, changes={"title": "Poetry"})
    words = set(event.words.values_list("word", flat=True))
    assert "poetry" in words and "chess" not in words and "eko" in words
    Venue.objects.update(name="Oriental", city="Jos")
    index_all(Event.objects.filter(venue=event.venue))
    event.refresh_from_db()
    words = set(event.words.values_list("word", flat=True))
    assert {"oriental", "jos"} <= words and not {"eko", "lagos"} & words and event.city == "jos"
