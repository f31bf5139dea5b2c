"""One application, from the exporter's first click to a licence that can be verified, in a real browser."""

import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from licensing.models import Application, Licence, User
from licensing.services import applications
from tests.journeys.conftest import Town
from tests.licensing import cases

pytestmark = pytest.mark.django_db(transaction=True)
PAPER = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def log_in(browser: Browser, town: Town, person: User) -> Page:
    page = browser.new_context(locale="en-GB", accept_downloads=True).new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{town.url}/account/login/")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", cases.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("body")).to_contain_text(person.name)
    return page


def file_antimony(page: Page, town: Town, tmp_path: Path, *, end_user: tuple[str, str]) -> str:
    """The clerk files 20 t of antimony ingot to Thailand for an end user (name, country). Returns the reference."""
    page.goto(f"{town.url}/exporter/start/")
    page.fill("[name=destination]", "TH")
    page.fill("[name=contract_number]", "HN-2026-0118")
    page.get_by_role("button", name="Save and go on to the goods").click()
    match = re.search(r"/applications/(SL-[^/]+)/", page.url)
    assert match
    here = f"{town.url}/exporter/applications/{match[1]}"

    page.goto(f"{here}/goods/add/")
    page.fill("[name=find]", "3C003.b")
    page.get_by_role("button", name="Search").click()
    page.check("#entries [name=item][value='3C003.b']")
    page.get_by_role("button", name="Use this entry").click()
    page.fill("[name=description]", "Antimony ingot, 99.65 % Sb")
    page.fill("[name=hs_code]", "8110101000")
    page.fill("[name=quantity]", "20,000")
    page.fill("[name=value]", "790000")
    page.get_by_role("button", name="Save and go on").click()

    for role, name, country in (("consignee", "Siam Alloy Works Co., Ltd.", "TH"), ("end_user", *end_user)):
        page.goto(f"{here}/parties/add/")
        page.check(f"[name=role][value={role}]")
        page.fill("[name=name]", name)
        page.fill("[name=country]", country)
        page.fill("[name=address]", "88 Bangpu Industrial Estate")
        page.get_by_role("button", name="Save and go on").click()

    page.goto(f"{here}/end-use/")
    page.check("[name=end_use_category][value=civil]")
    page.fill("[name=end_use]", "Lead-antimony alloy for battery grids.")
    page.fill("[name=end_use_site]", "88 Bangpu Industrial Estate, Samut Prakan")
    page.get_by_role("button", name="Save and go on").click()

    paper = tmp_path / "paper.pdf"
    paper.write_bytes(PAPER)
    page.goto(f"{here}/documents/")
    for slot in page.locator("section:has(.sluice-tag--wait) input[type=file]").all():
        slot.set_input_files(paper)
    page.get_by_role("button", name="Upload and go on").click()

    page.goto(f"{here}/declaration/")
    page.locator("form input[type=checkbox]").check()
    page.get_by_role("button", name="Sign and go on").click()
    expect(page.locator("body")).to_contain_text("Antimony ingot, 99.65 % Sb")
    page.goto(f"{here}/submit/")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Submitted")
    return match[1]


def test_twenty_tonnes_of_antimony_to_thailand(browser: Browser, town: Town, tmp_path: Path) -> None:
    clerk = log_in(browser, town, town.clerk)
    reference = file_antimony(clerk, town, tmp_path, end_user=("Siam Alloy Works Co., Ltd.", "TH"))
    case = f"{town.url}/officer/cases/{reference}/"

    officer = log_in(browser, town, town.officer)
    officer.goto(f"{town.url}/officer/")
    officer.get_by_role("link", name=reference).click()
    expect(officer.locator("main")).to_contain_text("Licence required")
    officer.goto(f"{case}accept/")
    officer.locator("main form button[type=submit]").first.click()
    officer.goto(f"{case}recommend/")
    officer.check("[name=outcome][value=grant]")
    officer.fill("[name=grounds]", "End user known, end use plausible, quantity fits the plant.")
    officer.get_by_role("button", name="Recommend and sign").click()
    assert officer.goto(f"{case}countersign/").status == 404, "one person must never sign twice"

    second = log_in(browser, town, town.second)
    second.goto(f"{case}countersign/")
    second.get_by_role("button", name="Countersign").click()
    expect(second.locator("main")).to_contain_text("Granted")

    licence = Licence.objects.get(application__reference=reference)
    clerk.goto(f"{town.url}/exporter/applications/{reference}/")
    expect(clerk.locator("main")).to_contain_text("20,000")
    with clerk.expect_download() as download:
        clerk.locator(f"a[href*='{licence.number}/pdf/']").first.click()
    paper = tmp_path / "licence.pdf"
    download.value.save_as(paper)

    anybody = browser.new_context(locale="en-GB").new_page()
    anybody.goto(licence.qr)
    expect(anybody.locator("main")).to_contain_text("This licence is genuine.")
    expect(anybody.locator("main")).to_contain_text(licence.number)
    anybody.goto(one_digit_changed(licence.qr))
    expect(anybody.locator("main")).to_contain_text("This is not a genuine licence.")

    assert verified_off_line(paper) == 0
    forged = tmp_path / "forged.pdf"
    forged.write_bytes(flipped(paper.read_bytes()))
    assert verified_off_line(forged) == 1


def verified_off_line(paper: Path) -> int:
    """The exit status of the command that checks a paper without any server."""
    command = [sys.executable, "manage.py", "verify_licence", str(paper)]
    return subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, timeout=120, check=False).returncode


def one_digit_changed(qr: str) -> str:
    """The code with one sign of its payload changed."""
    at = qr.index("?s=") + 140
    return qr[:at] + ("A" if qr[at] != "A" else "B") + qr[at + 1 :]


def flipped(pdf: bytes) -> bytes:
    """The file with one byte changed in its middle."""
    at = len(pdf) // 2
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def test_the_check_page_answers_for_texas_by_way_of_thailand(page: Page, town: Town) -> None:
    question = f"{town.url}/check/?goods=3C003.b&destination=TH&transit=TH&end_user_country=US&end_use=civil&on="
    page.goto(f"{question}2025-02-15")
    expect(page.locator("main")).to_contain_text("Presumption of denial")
    expect(page.locator("main").get_by_role("link", name=re.compile("CN-2024-46")).first).to_be_visible()
    page.goto(f"{question}2026-11-20")
    expect(page.locator("main")).to_contain_text("Licence required")
    expect(page.locator("main")).to_contain_text("2026-11-27")


def test_a_filing_while_the_measure_is_in_force_reaches_the_officer_with_it(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    with time_machine.travel(datetime(2026, 11, 30, 10, tzinfo=ZoneInfo("Asia/Shanghai"))):
        clerk = log_in(browser, town, town.clerk)
        reference = file_antimony(clerk, town, tmp_path, end_user=("Gulf Coast Additives LP", "US"))
        officer = log_in(browser, town, town.officer)
        officer.goto(f"{town.url}/officer/cases/{reference}/")
        expect(officer.locator("main")).to_contain_text("Presumption of denial")
        expect(officer.locator("main")).to_contain_text("CN-2024-46")
    stored = Application.objects.get(reference=reference)
    assert applications.content_of(stored)["parties"][1]["country"] == "US"
