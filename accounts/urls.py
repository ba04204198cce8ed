"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts import views

urlpatterns: list[URLPattern] = [
    path("login/", views.LogInView.as_view(), name="login"),
    path("logout/", views.log_out, name="logout"),
    path("language/", views.set_language, name="set-language"),
    path("text-size/", views.set_text_size, name="set-text-size"),
    path("contact/", views.contact, name="contact"),
    path("keep-alive/", views.keep_alive, name="keep-alive"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("people/", views.people, name="people"),
    path("people/<int:pk>/active/", views.set_active, name="set-account-active"),
    path("roles/", views.roles, name="roles"),
    path("roles/hand-over/", views.hand_over, name="hand-over"),
    path("audit-log/", views.audit_log, name="audit-log"),
]
