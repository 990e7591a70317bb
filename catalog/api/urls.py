"""The addresses of catalog."""

from django.urls import path

from catalog.api.viewsets import FacetsView, ProductListView, ProductView, WishlistItemView, WishlistView

urlpatterns = [
    path("products", ProductListView.as_view()),
    path("products/facets", FacetsView.as_view()),
    path("products/<id:product_id>", ProductView.as_view()),
    path("wishlist", WishlistView.as_view()),
    path("wishlist/<id:product_id>", WishlistItemView.as_view()),
]
