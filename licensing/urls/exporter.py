"""Addresses of the exporter's pages."""

from django.urls import include, path

from licensing.views.exporter import (
    applications,
    documents,
    filing,
    goods,
    licences,
    organisations,
    parties,
    sections,
)

of_application = [
    path("", applications.application, name="exporter-application"),
    path("goods/", goods.goods, name="exporter-goods"),
    path("goods/add/", goods.add, name="exporter-goods-add"),
    path("goods/<int:line>/", goods.line, name="exporter-goods-line"),
    path("goods/<int:line>/remove/", goods.remove, name="exporter-goods-remove"),
    path("parties/", parties.parties, name="exporter-parties"),
    path("parties/add/", parties.add, name="exporter-party-add"),
    path("parties/<int:party>/", parties.party, name="exporter-party"),
    path("parties/<int:party>/remove/", parties.remove, name="exporter-party-remove"),
    path("route/", sections.route, name="exporter-route"),
    path("end-use/", sections.end_use, name="exporter-end-use"),
    path("documents/", documents.documents, name="exporter-documents"),
    path("documents/<int:document>/", documents.document, name="exporter-document"),
    path("documents/<int:document>/remove/", documents.remove, name="exporter-document-remove"),
    path("declaration/", filing.declaration, name="exporter-declaration"),
    path("answers/", filing.answers, name="exporter-answers"),
    path("submit/", filing.submit, name="exporter-submit"),
    path("withdraw/", filing.withdraw, name="exporter-withdraw"),
]

urlpatterns = [
    path("", applications.my_applications, name="exporter"),
    path("applications.csv", applications.export, name="exporter-export"),
    path("start/", applications.start, name="exporter-start"),
    path("applications/<str:reference>/", include(of_application)),
    path("items/", goods.items, name="exporter-items"),
    path("licences/", licences.licences, name="exporter-licences"),
    path("licences/<str:number>/", licences.licence, name="exporter-licence"),
    path("licences/<str:number>/pdf/", licences.pdf, name="exporter-licence-pdf"),
    path("organisation/", organisations.organisation, name="exporter-organisation"),
    path("organisation/members/add/", organisations.add_member, name="exporter-member-add"),
    path("organisation/members/<int:membership>/end/", organisations.end_member, name="exporter-member-end"),
]
