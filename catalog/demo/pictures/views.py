"""Pictures of products: uploads from the media folder, drawings for everything else."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe
from django.views.static import serve

from catalog.demo.pictures import draw
from catalog.models import Product

# A picture is looked at, and nothing in it runs.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
@conditional_page
@cache_control(public=True, max_age=3600)
def product_picture(request: HttpRequest, name: str) -> HttpResponse:
    """The picture of the product whose `image_url` is this path, archived ones included: orders show them."""
    path = f"/images/products/{name}"
    product = Product.objects.with_names().filter(image_url=path).order_by("archived_at", "pk").first()
    if product is None:
        return HttpResponseNotFound("There is no such picture.", content_type="text/plain")
    if product.image:
        return redirect(product.image.url)
    return HttpResponse(drawing(product), content_type="image/svg+xml", headers={"Content-Security-Policy": POLICY})


def drawing(product: Product) -> str:
    brand = product.brand.name if product.brand else ""
    return draw(category=product.category.slug, brand=brand, name=product.name, accent_seed=product.sku)


@require_safe
@cache_control(public=True, max_age=3600)
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """An uploaded file, as nothing but the kind of file that its name says."""
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except Http404:
        return HttpResponseNotFound("There is no such file.", content_type="text/plain")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response
