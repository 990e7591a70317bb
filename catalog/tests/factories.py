"""Products for tests."""

from decimal import Decimal

import factory

from catalog.models import Brand, Category, Device, Product


class CategoryFactory(factory.django.DjangoModelFactory):
    """Laptops, unless a slug says otherwise."""

    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    slug = "laptop"
    name = factory.LazyAttribute(lambda category: category.slug.title())


class BrandFactory(factory.django.DjangoModelFactory):
    """Dell, unless a slug says otherwise."""

    class Meta:
        model = Brand
        django_get_or_create = ("slug",)

    slug = "dell"
    name = factory.LazyAttribute(lambda brand: brand.slug.title())


class ProductFactory(factory.django.DjangoModelFactory):
    """The contract's laptop: 599.99, five in stock, for rent at 49.99."""

    class Meta:
        model = Product

    name = "Refurbished Laptop XPS 13"
    sku = factory.Sequence(lambda n: f"XPS13-R-{n:05}")
    description = "Like-new Dell XPS 13 laptop"
    price = Decimal("599.99")
    rental_price = Decimal("49.99")
    category = factory.SubFactory(CategoryFactory)
    brand = factory.SubFactory(BrandFactory)
    condition = "excellent"
    specifications = factory.LazyFunction(lambda: {"cpu": "Intel i7 1165G7", "ram": "16GB", "storage": "512GB SSD"})
    inventory_count = 5
    is_rentable = True
    image_url = "/images/products/laptop-xps-13.jpg"


class DeviceFactory(factory.django.DjangoModelFactory):
    """A device that stands on the shelf; the count of its product follows."""

    class Meta:
        model = Device
        skip_postgeneration_save = True

    product = factory.SubFactory(ProductFactory, is_serialized=True, inventory_count=0)
    serial = factory.Sequence(lambda n: f"SN-{n:06}")
    grade = factory.SelfAttribute("product.condition")
    cost = Decimal("300.00")

    @factory.post_generation
    def received(device, create, extracted, **kwargs):
        """Begin its history, as receiving does."""
        device.begin(note="Received")


def tracked_product(*, devices=2, **fields):
    """A product with this many devices in stock."""
    product = ProductFactory(is_serialized=True, inventory_count=0, **fields)
    for _ in range(devices):
        DeviceFactory(product=product)
    product.refresh_from_db()
    return product
