"""axe finds nothing serious on the pages where people spend their day, in both languages."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from licensing.models import User
from tests.journeys.conftest import Town
from tests.licensing import cases

pytestmark = pytest.mark.django_db(transaction=True)
SERIOUS = {"serious", "critical"}


def faults(page: Page, url: str) -> list[str]:
    page.goto(url)
    found = Axe().run(page).response["violations"]
    return [f"{url}: {fault['id']}" for fault in found if fault["impact"] in SERIOUS]


def reader(browser: Browser, town: Town, language: str, person: User | None = None) -> Page:
    context = browser.new_context()
    context.add_cookies([{"name": "django_language", "value": language, "url": town.url}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    if person:
        page.goto(f"{town.url}/account/login/")
        page.fill("[name=login]", person.email)
        page.fill("[name=password]", cases.PASSWORD)
        page.locator("main form button[type=submit]").click()
        page.wait_for_url("**/exporter/" if person == town.clerk else "**/officer/")
    return page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_nothing_serious(browser: Browser, town: Town, language: str) -> None:
    company = town.clerk.memberships.get().organisation
    draft = cases.draft(company, town.clerk)
    case = cases.recommended(company, town.clerk, town.officer)
    question = "check/?goods=3C003.b&destination=TH&end_user_country=US&end_use=civil&on=2025-02-15"
    visits = {
        None: ["", question, "control-list/", "control-list/3C003.b/", "verify/", "register/", "account/login/"],
        town.clerk: [
            "exporter/",
            f"exporter/applications/{draft.reference}/",
            f"exporter/applications/{draft.reference}/goods/add/",
            f"exporter/applications/{draft.reference}/documents/",
            f"exporter/applications/{draft.reference}/answers/",
        ],
        town.second: [
            "officer/",
            f"officer/cases/{case.reference}/",
            f"officer/cases/{case.reference}/countersign/",
            "officer/registrations/",
        ],
    }
    found = []
    for person, pages in visits.items():
        page = reader(browser, town, language, person)
        for path in pages:
            found += faults(page, f"{town.url}/{path}")
    assert found == []
