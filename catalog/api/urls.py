"""The addresses of the catalogue."""

from catalog.api.viewsets import ProductViewSet, WishlistViewSet
from core.api.viewsets import Router

router = Router()
router.register("products", ProductViewSet, basename="products")
router.register("wishlist", WishlistViewSet, basename="wishlist")
urlpatterns = router.urls
