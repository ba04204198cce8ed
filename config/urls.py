"""The addresses of the product: each app's own, in the order of the imports."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("plans.urls")),
    path("", include("targets.urls")),
    path("", include("reports.urls")),
]

handler400 = "accounts.errors.bad_request"
handler403 = "accounts.errors.permission_denied"
handler404 = "accounts.errors.page_not_found"
handler500 = "accounts.errors.server_error"
