"""Addresses of the officer face."""

from django.urls import path

from licensing.views.officer import advice, cases, queue, recommendations, registrations, returns

urlpatterns = [
    path("", queue.queue, name="officer"),
    path("export.csv", queue.export, name="officer-export"),
    path("cases/<str:reference>/", cases.case, name="officer-case"),
    path("cases/<str:reference>/documents/<int:number>/", cases.document, name="officer-document"),
    path("cases/<str:reference>/claim/", cases.claim, name="officer-claim"),
    path("cases/<str:reference>/release/", cases.release, name="officer-release"),
    path("cases/<str:reference>/accept/", cases.accept, name="officer-accept"),
    path("cases/<str:reference>/return/", returns.send_back, name="officer-return"),
    path("cases/<str:reference>/advise/", advice.advise, name="officer-advise"),
    path("cases/<str:reference>/recommend/", recommendations.recommend, name="officer-recommend"),
    path("cases/<str:reference>/decline/", recommendations.decline, name="officer-decline"),
    path("cases/<str:reference>/countersign/", recommendations.countersign, name="officer-countersign"),
    path("licences/<str:number>/pdf/", cases.licence_pdf, name="officer-licence-pdf"),
    path("registrations/", registrations.registrations, name="officer-registrations"),
    path("registrations/<int:number>/", registrations.registration, name="officer-registration"),
]
