"""The calls of the hub, below its mount."""

from django.urls import path

from core.api.viewsets import Router
from storesync.api import auth, connecting, connections, setup, sync, trace, webhooks

router = Router()
router.register("connections", connections.ConnectionViewSet, basename="connections")

urlpatterns = [
    path("auth/register", auth.RegisterView.as_view()),
    path("auth/login", auth.LoginView.as_view()),
    path("auth/logout", auth.LogoutView.as_view()),
    path("sync/status", connections.StatusView.as_view()),
    path("sync/pause", connections.PauseView.as_view()),
    path("sync/resume", connections.ResumeView.as_view()),
    path("sync/trace", trace.TraceView.as_view()),
    path("sync", sync.SyncView.as_view()),
    path("sync/pull-orders", sync.PullView.as_view()),
    path("sync/errors", sync.TroublesView.as_view()),
    path("sync/errors/<str:trouble>/replay", sync.ReplayView.as_view()),
    path("sync/errors/<str:trouble>/dismiss", sync.DismissView.as_view()),
    path("sync/runs", sync.RunsView.as_view()),
    path("connections/prokip", connecting.ProkipView.as_view()),
    path("connections/woocommerce", connecting.WooCommerceView.as_view()),
    path("connections/shopify/initiate", connecting.ShopifyView.as_view()),
    path("connections/callback/shopify", connecting.ShopifyCallbackView.as_view()),
    path("connections/webhook/shopify", webhooks.ShopifyWebhook.as_view()),
    path("connections/webhook/woocommerce", webhooks.WooCommerceWebhook.as_view()),
    path("setup/products", setup.ProductsView.as_view()),
    path("setup/products/matches", setup.MatchesView.as_view()),
    path("setup/products/readiness-check", setup.ReadinessView.as_view()),
    path("setup/mappings", setup.MappingsView.as_view()),
    *router.urls,
]
