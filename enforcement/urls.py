"""Addresses of enforcement. The hit page stands on the officers' desk."""

from django.urls import path

from enforcement.views import hits

urlpatterns = [path("hits/<int:number>/", hits.hit, name="officer-hit")]
