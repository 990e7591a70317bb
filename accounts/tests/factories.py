"""People for tests."""

from typing import Any

import factory

from accounts.models import Address, User
from accounts.roles import Role

PASSWORD = "Correct-horse-1!"


class UserFactory(factory.django.DjangoModelFactory):
    """A customer whose password is PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.com")
    first_name = "Ada"
    last_name = "Lovelace"

    @classmethod
    def _create(cls, model_class: type[User], **kwargs: Any) -> User:
        return model_class.objects.create_user(password=kwargs.pop("password", PASSWORD), **kwargs)


class ManagerFactory(UserFactory):
    """A manager."""

    role = Role.MANAGER


class AdminFactory(UserFactory):
    """An admin."""

    role = Role.ADMIN


class AddressFactory(factory.django.DjangoModelFactory):
    """An address in San Francisco."""

    class Meta:
        model = Address

    user = factory.SubFactory(UserFactory)
    first_name = "Ada"
    last_name = "Lovelace"
    street_address = "123 Main St"
    city = "San Francisco"
    state = "CA"
    zip_code = "94107"
    country = "US"
    phone = "555-123-4567"
