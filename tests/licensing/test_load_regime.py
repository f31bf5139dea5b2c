"""`load_regime`: the whole pack or nothing, the same result every time, every change said and versioned."""

import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.executor import MigrationExecutor

from licensing.models import Announcement, ControlItem, DestinationMeasure, HsCode, Journal, LawVersion, Suspension
from licensing.regimes.reader import CN, read
from licensing.rules.regime_pack import Pack
from licensing.services import law, regimes
from licensing.services.errors import Refused
from licensing.signals import regime_loading

pytestmark = pytest.mark.django_db

type Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped pack that a test may spoil."""
    return Path(shutil.copytree(CN, tmp_path / "pack", ignore=shutil.ignore_patterns("__*")))


@pytest.fixture
def edit(folder: Path) -> Edit:
    def replace(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")

    return replace


def load(folder: Path, **options: object) -> regimes.Report:
    return regimes.load(pack=read(folder), source="test", by=None, **options)  # type: ignore[arg-type]


def run(folder: Path, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("load_regime", str(folder), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(folder: Path, *options: str) -> tuple[str, str, str, int]:
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as error:
        call_command("load_regime", str(folder), *options, stdout=out, stderr=err)
    return str(error.value), out.getvalue(), err.getvalue(), error.value.returncode


def counts() -> list[int]:
    return [model.objects.count() for model in (Announcement, ControlItem, HsCode, DestinationMeasure, LawVersion)]


class TestFirstLoad:
    def test_writes_every_row_under_version_one(self) -> None:
        report = load(CN)
        assert counts() == [57, 117, 232, 27, 1]
        assert [len(difference.added) for difference in report.differences] == [57, 117, 27, 232, 274]
        assert report.version is not None
        assert report.version.number == 1
        assert report.version.counts == {"announcements": 57, "items": 117, "measures": 27, "hs_codes": 232}

    def test_the_base_holds_the_pack_word_by_word(self) -> None:
        load(CN)
        assert law.law_rows() == read(CN).law

    def test_suspensions_are_rows_that_name_their_announcement(self) -> None:
        load(CN)
        assert Suspension.objects.filter(item__isnull=False).count() == 27
        assert Suspension.objects.filter(measure__isnull=False).count() == 11
        assert Suspension.objects.filter(announcement__isnull=False).count() == 10
        assert Suspension.objects.filter(ordered_by=None).count() == 0
        antimony = Suspension.objects.get(measure__key="DM-004")
        assert (antimony.ordered_by_id, str(antimony.period.end)) == ("CN-2025-72", "2026-11-28")

    def test_is_journalled(self) -> None:
        report = load(CN)
        entry = Journal.objects.get(stream="law")
        assert entry.act == "regime_loaded"
        assert entry.data["hash"] == report.version.hash
        assert entry.data["changes"]["items"]["added"] == 117


class TestAgain:
    def test_changes_nothing(self) -> None:
        load(CN)
        keys = list(ControlItem.objects.values_list("pk", flat=True))
        report = load(CN)
        assert not report
        assert not report.made
        assert list(ControlItem.objects.values_list("pk", flat=True)) == keys
        assert counts()[-1] == 1
        assert Journal.objects.filter(stream="law").count() == 1

    def test_says_so(self) -> None:
        run(CN)
        out, err = run(CN)
        assert "control list entries: 0 added, 0 changed, 0 removed, 117 unchanged" in out
        assert "0 changes. The law stays at version 1." in out
        assert err == ""


class TestChange:
    def test_replaces_the_row_where_it_stands_under_a_new_version(self, folder: Path, edit: Edit) -> None:
        load(folder)
        before = DestinationMeasure.objects.get(key="DM-004").pk
        edit("destination_measures.csv", "US,antimony,presumption_of_denial", "US,antimony,ban")
        report = load(folder)
        (difference,) = [d for d in report.differences if d]
        ((key, (change,)),) = difference.changed.items()
        assert (key, change.field, change.before, change.after) == ("DM-004", "kind", "presumption_of_denial", "ban")
        measure = DestinationMeasure.objects.get(key="DM-004")
        assert (measure.pk, measure.kind) == (before, "ban")
        assert report.version is not None
        assert report.version.number == 2

    def test_a_longer_suspension_is_a_change_of_the_measure(self, folder: Path, edit: Edit) -> None:
        load(folder)
        edit("destination_measures.csv", "2025-11-09,2026-11-27", "2025-11-09,2027-11-27")
        report = load(folder)
        change = report.differences[2].changed["DM-002"][0]
        assert change.before == "2025-11-09 to 2026-11-27 by CN-2025-72"
        # No announcement is in force on just these days; the title of the one of that day tells.
        assert change.after == "2025-11-09 to 2027-11-27 by CN-2025-72"
        assert str(Suspension.objects.get(measure__key="DM-002").period.end) == "2027-11-28"

    def test_the_law_before_it_stays_readable(self, folder: Path, edit: Edit) -> None:
        first = load(folder).version
        edit("destination_measures.csv", "US,antimony,presumption_of_denial", "US,antimony,ban")
        load(folder)
        kinds = [
            next(measure.kind for measure in law.law_book(version).measures if measure.key == "DM-004")
            for version in (first, law.current_version())
        ]
        assert kinds == ["presumption_of_denial", "ban"]

    def test_of_a_listing_alone_leaves_the_law_at_its_version(self, folder: Path, edit: Edit) -> None:
        load(folder)
        edit("entities.csv", "Japan Aerospace Exploration Agency", "Japan Aerospace Agency")
        report = load(folder, allow_removal=True)
        assert report
        assert not report.made
        assert report.version is not None
        assert report.version.number == 1


class TestDryRun:
    def test_shows_the_difference_in_words_and_writes_nothing(self, folder: Path, edit: Edit) -> None:
        load(folder)
        edit("control_list_items.csv", "purity >= 99.99 %", "purity >= 99.9 %")
        edit("conditions.json", '"text": "purity >= 99.99 %"', '"text": "purity >= 99.9 %"')
        edit("conditions.json", '"op": ">=", "value": "99.99"', '"op": ">=", "value": "99.9"')
        edit("destination_measures.csv", "DM-027,", "DM-028,")
        edit("conditions.json", '"DM-027": {', '"DM-028": {')
        out, _ = run(folder, "--dry-run")
        assert "  ~ 3C003.c: threshold: purity >= 99.99 % → purity >= 99.9 %" in out
        assert "  ~ 3C003.c: condition: purity_pct >= 99.99 % → purity_pct >= 99.9 %" in out
        assert "  + DM-028" in out
        assert "  - DM-027" in out
        assert "Nothing was written: this was a dry run." in out
        assert "{" not in out
        assert ControlItem.objects.get(key="3C003.c").threshold == "purity >= 99.99 %"
        assert not DestinationMeasure.objects.filter(key="DM-028").exists()
        assert counts()[-1] == 1

    def test_on_an_empty_base_names_every_row(self) -> None:
        out, _ = run(CN, "--dry-run")
        assert out.count("  + ") == 57 + 117 + 27 + 232 + 274
        assert counts() == [0, 0, 0, 0, 0]

    def test_as_json(self) -> None:
        out, _ = run(CN, "--dry-run", "--json")
        report = json.loads(out)
        assert report["loaded"] is False
        assert report["version"] is None
        assert report["changes"] == 707
        assert len(report["tables"]["items"]["added"]) == 117


class TestRemoval:
    @pytest.fixture
    def shorter(self, folder: Path) -> Path:
        load(folder)
        path = folder / "hs_codes.csv"
        path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
        return folder

    def test_is_refused_and_named(self, shorter: Path) -> None:
        error, out, _, code = refused(shorter)
        assert "Nothing was loaded" in error
        assert "--allow-removal" in error
        assert out.count("\n  - ") == 1
        assert "dry run" not in out
        assert code == 1
        assert HsCode.objects.count() == 232

    def test_happens_when_allowed(self, shorter: Path) -> None:
        out, _ = run(shorter, "--allow-removal")
        assert "HS codes: 0 added, 0 changed, 1 removed, 231 unchanged" in out
        assert HsCode.objects.count() == 231
        assert law.law_rows() == read(shorter).law
        assert counts()[-1] == 2

    def test_of_an_announcement_takes_what_hangs_on_it(self, folder: Path) -> None:
        load(folder)
        for file in ("announcements.csv", "entities.csv"):
            lines = (folder / file).read_text("utf-8").splitlines(keepends=True)
            (folder / file).write_text("".join(line for line in lines if "CN-2025-51," not in line), "utf-8")
        report = load(folder, allow_removal=True)
        assert report.removed["announcements"] == ("CN-2025-51",)
        assert len(report.removed["listings"]) == 3
        assert not Announcement.objects.filter(ref="CN-2025-51").exists()

    def test_of_a_row_in_use_is_refused(self, folder: Path) -> None:
        load(folder)
        Announcement.objects.create(
            ref="CN-2027-1",
            kind="announcement",
            year=2027,
            issuer="MOFCOM",
            title_en="Later",
            source="x",
            confidence="x",
        )
        Suspension.objects.filter(measure__key="DM-002").update(ordered_by="CN-2027-1")
        pack = read(folder)
        # The measure keeps a suspension that the announcement orders, so the announcement cannot go.
        held = Pack(law.law_rows(), pack.listings)
        rows = [row for row in held.law.announcements if row.ref != "CN-2027-1"]
        shorter = type(held.law)(tuple(rows), held.law.items, held.law.measures, held.law.hs_codes)
        with pytest.raises(Refused, match="CN-2027-1 cannot be removed because it is in use"):
            regimes.load(pack=Pack(shorter, pack.listings), source="test", by=None, allow_removal=True)
        assert Announcement.objects.filter(ref="CN-2027-1").exists()


class TestAllOrNothing:
    def test_every_bad_row_is_reported_and_nothing_written(self, folder: Path, edit: Edit) -> None:
        edit("control_list_items.csv", "Ga,gallium,", "Ga,galium,")
        edit("hs_codes.csv", "250410,6,", "250410,six,")
        edit("entities.csv", ",JP,,CN-2026-11", ",XX,,CN-2026-99")
        error, out, err, code = refused(folder)
        assert error == "Nothing was loaded: 4 faults in the pack."
        lines = err.splitlines()
        assert "control_list_items.csv, line 2, family: 'galium' is not known" in lines[0]
        assert lines[1].startswith("hs_codes.csv, line 2, digits: 'six' is not a whole number")
        assert {line.split(":")[0] for line in lines[2:]} == {
            "entities.csv, line 2, country",
            "entities.csv, line 2, announcement",
        }
        assert (out, code) == ("", 1)
        assert counts() == [0, 0, 0, 0, 0]

    def test_faults_as_json(self, folder: Path, edit: Edit) -> None:
        edit("hs_codes.csv", "250410,6,", "250410,six,")
        _, out, err, _ = refused(folder, "--json")
        (fault,) = json.loads(out)["faults"]
        assert (fault["file"], fault["line"], fault["column"]) == ("hs_codes.csv", 2, "digits")
        assert err == ""

    def test_a_receiver_that_fails_undoes_the_load(self) -> None:
        def fail(**_: object) -> None:
            raise RuntimeError("no")

        regime_loading.connect(fail)
        try:
            with pytest.raises(RuntimeError):
                load(CN)
        finally:
            regime_loading.disconnect(fail)
        assert counts() == [0, 0, 0, 0, 0]

    def test_a_folder_that_is_none(self, tmp_path: Path) -> None:
        error, _, err, code = refused(tmp_path / "nowhere")
        assert "is not a folder" in err
        assert code == 1
        assert "1 fault in the pack" in error

    def test_a_missing_file(self, folder: Path) -> None:
        (folder / "destination_measures.csv").unlink()
        _, _, err, _ = refused(folder)
        assert "destination_measures.csv: the file is missing" in err

    def test_a_base_without_tables_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("licensing", "0001_initial")])
        error, *_ = refused(CN)
        assert error.endswith("Run manage.py migrate, then load again.")

    def test_warnings_reach_the_reader(self, folder: Path, edit: Edit) -> None:
        edit("destination_measures.csv", "2025-11-09,2026-11-27", "2025-11-12,2026-11-27")
        _, err = run(folder)
        assert "Look at this: Suspension from 2025-11-12 to 2026-11-27" in err
