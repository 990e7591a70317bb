"""The addresses of catalog."""

from django.urls import path

from catalog.views.products import FacetsView, ProductListView, ProductView
from catalog.views.wishlist import WishlistItemView, WishlistView

urlpatterns = [
    path("products", ProductListView.as_view()),
    path("products/facets", FacetsView.as_view()),
    path("products/<id:product_id>", ProductView.as_view()),
    path("wishlist", WishlistView.as_view()),
    path("wishlist/<id:product_id>", WishlistItemView.as_view()),
]
