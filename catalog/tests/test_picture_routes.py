"""Every picture's address answers: drawn, uploaded, or plainly not there."""

from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from catalog.tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("archived_at", [None, timezone.now()])
def test_the_picture_of_a_product_is_drawn(client, archived_at):
    product = ProductFactory(archived_at=archived_at)
    answer = client.get(product.image_url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "XPS 13" in "".join(ElementTree.fromstring(answer.content).itertext())


def test_a_picture_that_the_browser_has_is_not_sent_again(client):
    product = ProductFactory()
    etag = client.get(product.image_url)["ETag"]
    answer = client.get(product.image_url, HTTP_IF_NONE_MATCH=etag)
    assert (answer.status_code, answer.content) == (304, b"")
    product.name = "Another name"
    product.save()
    assert client.get(product.image_url, HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_an_upload_takes_the_drawings_place(client):
    product = ProductFactory()
    product.image.save("photo.png", ContentFile(b"\x89PNG"))
    leads_to = client.get(product.image_url)
    assert (leads_to.status_code, leads_to["Location"]) == (302, product.image.url)
    answer = client.get(product.image.url)
    assert b"".join(answer.streaming_content) == b"\x89PNG"
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")


@pytest.mark.parametrize("name", ["nothing.svg", "%00.svg", "%ff", "💻.svg", "x" * 2000, "%27%20OR%201=1"])
def test_an_unknown_picture_is_plainly_not_found(client, name):
    ProductFactory()
    answer = client.get(f"/images/products/{name}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain")
    assert "no such picture" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["nothing.png", "", ".", "products", "a/%00", "../secret.txt", "%2e%2e/secret.txt", "//etc/passwd"]
)
def test_media_serves_nothing_but_its_own_files(client, settings, path):
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT / "products").mkdir()
    (settings.MEDIA_ROOT.parent / "secret.txt").write_text("secret")
    answer = client.get(f"/media/{path}")
    assert answer.status_code in (400, 404)
    assert b"secret" not in answer.content


@pytest.mark.parametrize("path", ["/images/products/x.svg", "/media/x.png"])
def test_pictures_are_only_looked_at(client, path):
    assert client.post(path).status_code == 405
