# Imported with the project, so that every process that sends a task sends it to our broker.
from config.celery import app as celery_app

__all__ = ["celery_app"]
