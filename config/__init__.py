"""Settings, URLs and the Celery application; nothing of the product's own logic lives here."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
