"""What a licence can print, and what forms refuse so that no licence stays without its paper."""

from dataclasses import replace

import pytest
import typst

from licensing.forms.goods import GoodsForm
from licensing.forms.parties import PartyForm
from licensing.forms.recommendations import RecommendationForm
from licensing.models import Licence
from licensing.rules.licence_documents import DocumentParty
from licensing.services import letters, licence_documents, licences, review
from tests.licensing import cases
from tests.papers import ANTIMONY

SOURCE = """
#set document(title: "letters", date: datetime(year: 2026, month: 1, day: 1))
#set text(font: ("Noto Sans CJK SC", "Libertinus Serif"), size: 4pt, fallback: false)
#sys.inputs.letters
"""


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Łódź Žďár Cổ phần Ünal & Sons, № 7 ≥ 99.65 %", ()),
        ("湖南示例锑业有限公司 ＡＢＣ 株式会社さくら 𠮷野", ()),
        ("Rua São João\r\n12,\tPorto", ()),
        ("e\u0301clair", ()),
        ("삼성", ("삼", "성")),
        ("สยาม", ("ส", "ย", "า", "ม")),
        ("Acme\u200b Ltd\u202e", ("\u200b", "\u202e")),
        ("a\0b", ("\0",)),
        ("سيام", ("س", "ي", "ا", "م")),
    ],
)
def test_what_can_be_printed(text: str, refused: tuple[str, ...]) -> None:
    assert letters.unprintable(text) == refused
    assert letters.printable(text) is not bool(refused)


def test_every_letter_of_the_list_can_be_set_on_archival_paper(tmp_path: object) -> None:
    source = f"{tmp_path}/letters.typ"
    with open(source, "w") as file:
        file.write(SOURCE)
    every = " ".join(map(chr, sorted(letters._known())))
    assert typst.compile(
        source,
        root=str(tmp_path),
        font_paths=licence_documents._fonts(),
        ignore_system_fonts=True,
        sys_inputs={"letters": every},
        pdf_standards=["a-3a"],
    ).startswith(b"%PDF")  # type: ignore[union-attr]


def test_a_form_refuses_beside_the_field_what_a_licence_cannot_print() -> None:
    party = PartyForm({"role": "end_user", "name": "삼성 Ltd", "name_local": "삼성전자", "address": "1\u200b Street"})
    assert not party.is_valid()
    assert "삼, 성" in party.errors["name"][0]
    assert "U+200B" in party.errors["address"][0]
    assert set(party.errors) == {"name", "address"}
    goods = GoodsForm({"description": "Ingot สยาม", "unit": "kg", "currency": "CNY"})
    assert "description" in goods.errors
    terms = {"outcome": "grant", "grounds": "G.", "months": "6", "further_conditions": "No. 1\u202e"}
    assert "further_conditions" in RecommendationForm(terms, kind="single").errors


@pytest.mark.django_db
@pytest.mark.parametrize("local", ["삼성전자", "บริษัท สยาม จำกัด", "名\u200b前"])
def test_a_name_in_a_script_of_no_font_never_keeps_a_licence_from_paper(local: str) -> None:
    cases.load_law()
    desk = cases.desk()
    company, clerk = cases.exporter(desk.officer)
    case = cases.draft(company, clerk)
    party = case.parties.get(role="end_user")
    values = {"name_local": local}
    cases.applications.put_party(application=case, actor=clerk, values=values, party=party.pk)
    cases.applications.declare(application=case, actor=clerk)
    case = cases.applications.submit(application=case, actor=clerk, on=cases.today())
    cases.screened(case)
    review.accept(application=case, actor=desk.officer, on=cases.today())
    made = review.recommend(
        application=case, actor=desk.officer, outcome=review.Outcome.GRANT, grounds="Plausible.", on=cases.today()
    )
    review.countersign(application=case, actor=desk.second, content_hash=made.content_hash, on=cases.today())
    licence = licences.print_pdf(licence=Licence.objects.get())
    assert licence.pdf
    assert licence.statement["end_user"]["name"] == party.name


def test_the_paper_says_no_to_what_the_list_says_no_to() -> None:
    bad = replace(ANTIMONY, consignee=DocumentParty("삼성", "KR", "Seoul"))
    with pytest.raises(licence_documents.LicenceDocumentError):
        licence_documents._set(bad, "x")
