"""The addresses of pictures."""

from django.urls import path

from catalog.demo.pictures.views import media, product_picture

urlpatterns = [
    path("images/products/<str:name>", product_picture, name="product-picture"),
    path("media/<path:path>", media, name="media"),
]
