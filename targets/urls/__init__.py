"""Addresses of this app, one module per part of the work."""

from targets.urls import acts, entry, imports, organise, plan, reporting, review, settings, uploads

urlpatterns = [
    *entry.urlpatterns,
    *review.urlpatterns,
    *settings.urlpatterns,
    *reporting.urlpatterns,
    *uploads.urlpatterns,
    *imports.urlpatterns,
    *acts.urlpatterns,
    *plan.urlpatterns,
    *organise.urlpatterns,
]
