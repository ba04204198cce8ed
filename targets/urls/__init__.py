"""Addresses of this app, one module per part of the work."""

from targets.urls import entry, imports, plan, review, uploads

urlpatterns = [
    *entry.urlpatterns,
    *review.urlpatterns,
    *uploads.urlpatterns,
    *imports.urlpatterns,
    *plan.urlpatterns,
]
