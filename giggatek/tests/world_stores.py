"""The store sync of the world: a user of the hub."""

from uuid import uuid4

from accounts.tests.factories import PASSWORD
from storesync.models import Operator
from storesync.models.operator import username_key


def build_stores(world):
    """The owner has a name at the hub."""
    world.operator = Operator.objects.create(user=world.owner, username="Ada", username_key=username_key("Ada"))


def store_bodies(world):
    """Bodies by the names that the table of routes has for them."""
    return {
        "new-operator": {"username": uuid4().hex, "password": PASSWORD},
        "operator": {"username": "ada", "password": PASSWORD},
    }
