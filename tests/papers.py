"""A licence as the demo's exporter would hold it, to be varied by each test."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from licensing.rules.licence_documents import DocumentLine, DocumentParty, LicenceDocument

GOODS = (
    ("3C003.a", "Antimony ingot, unwrought, Sb ≥ 99.65 %", "未锻轧锑（锑锭），锑含量≥99.65%", "8110101000"),
    ("3C001.a", "Gallium metal (elemental)", "金属镓（单质）", "8112929010"),
    ("1C908.b", "Dysprosium oxide", "氧化镝", "2846901500"),
    (
        "2C902.b",
        "Sintered neodymium-iron-boron permanent magnet material containing terbium or dysprosium, in blocks",
        "含铽或镝的烧结钕铁硼永磁材料，块状",
        "8505111000",
    ),
)


def line(no: int = 1) -> DocumentLine:
    control_code, name_en, name_zh, hs_code = GOODS[(no - 1) % len(GOODS)]
    quantity = Decimal("20000.500") * no
    return DocumentLine(
        no, control_code, name_en, name_zh, hs_code, quantity, "kg", Decimal("512000.00") * no, "USD", "CN"
    )


ANTIMONY = LicenceDocument(
    number="SLC-2026-000417",
    kind="single",
    holder_en="Hunan Xiangjiang Antimony Industry Import & Export Co., Ltd.",
    holder_zh="湖南湘江锑业进出口有限公司",
    holder_uscc="91430100MA4L2QXT7K",
    lines=(line(),),
    consignee=DocumentParty("Siam Metals Trading Co., Ltd.", "TH", "88 Moo 4, Bang Pu, Samut Prakan 10280"),
    end_user=DocumentParty("Thai Flame Retardants Public Company Limited", "TH", "155/9 Lat Krabang, Bangkok 10520"),
    end_use="Antimony trioxide masterbatch for flame-retardant cable sheathing; civil use only.",
    destination="TH",
    transit=("SG",),
    valid_from=date(2026, 11, 23),
    valid_until=date(2027, 5, 22),
    conditions=("Export through Guangzhou customs only.",),
    conditions_zh=("仅限经广州海关出口。",),
    issued_on=date(2026, 11, 22),
    authority_en="Export Control Licensing Desk",
    authority_zh="出口管制许可办公室",
    decision_reference="DEC-2026-00417",
    code="7K3M-9QXT-2BVD-HR5W",
    verify_url="https://desk.example/verify/7K3M-9QXT-2BVD-HR5W/",
    demo=True,
)


def paper(*, lines: int = 1, **changes: Any) -> LicenceDocument:
    """The demo's antimony licence with ``lines`` lines of goods and ``changes``."""
    return replace(ANTIMONY, lines=tuple(line(no) for no in range(1, lines + 1)), **changes)
