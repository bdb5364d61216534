from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from zhizao.base.accounts.roles import Role
from zhizao.base.audit.models import AuditEvent
from zhizao.base.files import store
from zhizao.base.files.models import StoredFile
from zhizao.base.files.services import receive
from zhizao.base.files.uploads import take
from zhizao.base.ui import errors
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db

TABLES = {"xlsx", "csv"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def staff(area, make_person):
    return make_person("staff", area=area, role=Role.DEPARTMENT_STAFF)


def workbook(*, filler: int = 10) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sheet.xml", b"0" * filler)
    return buffer.getvalue()


def stored_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("目标.csv", "代码,名称\n1,产值\n".encode("gb18030"), "text/csv"),
        ("targets.csv", "code,name\n1,output\n".encode("utf-16"), "text/csv"),
        ("TARGETS.XLSX", workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_wanted_file_is_kept_with_its_kind_told_by_content(area, staff, name, data, media_type):
    stored = receive(actor=staff, upload=SimpleUploadedFile(name, data), area=area, kinds=TABLES)
    assert (stored.name, stored.size, stored.media_type) == (name, len(data), media_type)
    assert store.read(stored.sha256) == data
    event = AuditEvent.objects.get(action="files.file.receive")
    assert (event.actor, event.details["sha256"]) == (staff, stored.sha256)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.csv", b"", "files.empty"),
        ("blank.csv", b" \n\n", "text.empty"),
        ("program.csv", b"\x7fELF\x02\x01\x01\x00", "text.binary"),
        ("noise.csv", bytes(range(256)) * 4, "text.binary"),
        ("mixed.csv", "产值产值\n".encode() + "名称名称\n".encode("gb18030"), "text.encoding"),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n....", "files.kind"),
        ("text.xlsx", "代码,名称".encode(), "files.name"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "files.kind"),
        ("report.csv", workbook(), "files.name"),
        ("broken.xlsx", b"PK\x03\x04 and then nothing", "tables.damaged"),
        ("bomb.xlsx", workbook(filler=300_000_000), "tables.zip_bomb"),
        ("large.csv", b"a" * 2_000_001, "files.too_large"),
    ],
)
def test_a_bad_file_is_refused_with_a_remedy_and_nothing_is_stored(settings, media, area, staff, name, data, code):
    settings.FILES_MAX_BYTES = 2_000_000
    with pytest.raises(Refused) as refused:
        receive(actor=staff, upload=SimpleUploadedFile(name, data), area=area, kinds=TABLES)
    (problem,) = refused.value.problems
    assert problem.code == code
    assert problem.remedy
    assert problem.place.file == name
    assert stored_files(media) == []
    assert not StoredFile.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_binary_under_the_name_of_a_workbook_is_not_called_text(area, staff):
    with pytest.raises(Refused) as refused:
        receive(actor=staff, upload=SimpleUploadedFile("a.xlsx", b"\x00\x01\x02"), area=area, kinds={"xlsx"})
    assert "not recognised" in str(refused.value)


def test_a_name_keeps_no_folder(area, staff):
    upload = SimpleUploadedFile("x.csv", b"a,b\n")
    upload._name = "../../x.csv"
    assert receive(actor=staff, upload=upload, area=area, kinds=TABLES).name == "x.csv"


def test_the_same_file_again_is_the_same_row(area, staff):
    first, second = (
        receive(actor=staff, upload=SimpleUploadedFile("a.csv", b"a,b\n"), area=area, kinds=TABLES) for _ in range(2)
    )
    assert first == second
    assert AuditEvent.objects.filter(action="files.file.receive").count() == 1


def test_a_download_is_an_attachment_that_no_browser_guesses_at(area, staff, sign_in):
    stored = receive(actor=staff, upload=SimpleUploadedFile("目标.csv", b"<script>"), area=area, kinds=TABLES)
    response = sign_in(staff).get(stored.get_absolute_url())
    assert response.getvalue() == b"<script>"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%9B%AE")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_of_another_area_does_not_exist(area, other_area, staff, make_person, sign_in):
    stored = receive(actor=staff, upload=SimpleUploadedFile("a.csv", b"a\n"), area=area, kinds=TABLES)
    stranger = make_person("stranger", area=other_area, role=Role.DEPARTMENT_STAFF)
    assert sign_in(stranger).get(stored.get_absolute_url()).status_code == 404


def test_an_enterprise_sees_the_files_it_brought_and_no_others(area, staff, make_person):
    reporter = make_person("reporter", area=area, role=Role.ENTERPRISE_REPORTER, kind="enterprise")
    own = receive(actor=reporter, upload=SimpleUploadedFile("a.csv", b"a\n"), area=area, kinds=TABLES)
    receive(actor=staff, upload=SimpleUploadedFile("b.csv", b"b\n"), area=area, kinds=TABLES)
    assert list(StoredFile.objects.visible_to(reporter)) == [own]


def test_a_download_asks_for_sign_in(client, area, staff):
    stored = receive(actor=staff, upload=SimpleUploadedFile("a.csv", b"a\n"), area=area, kinds=TABLES)
    assert client.get(stored.get_absolute_url()).status_code == 302


def test_a_damaged_file_is_not_handed_out(area, staff, sign_in):
    stored = receive(actor=staff, upload=SimpleUploadedFile("a.csv", b"a\n"), area=area, kinds=TABLES)
    place = store.path(stored.sha256)
    place.chmod(0o640)
    place.write_bytes(b"b\n")
    response = sign_in(staff).get(stored.get_absolute_url())
    assert response.status_code == 500
    assert stored.sha256[:12] in response.content.decode()


# --- the cap on the way in


def upload_view(request: HttpRequest) -> HttpResponse:
    try:
        upload = take(request, "file")
    except Refused as refused:
        if refused.problems[0].code == "files.too_large":
            return errors.too_large(request, limit_mib=1)
        return HttpResponse(refused.problems[0].code, status=400)
    return HttpResponse(f"{upload.size} {request.POST['after']}")


urlpatterns = [path("upload/", upload_view)]


class Endless(io.RawIOBase):
    """200 MB that are made as they are read, and counted."""

    name = "large.csv"

    def __init__(self, head: bytes, tail: bytes, size: int) -> None:
        self.parts = [head, tail]
        self.left = size
        self.length = len(head) + size + len(tail)

    def read(self, count: int = -1) -> bytes:
        if self.parts[0]:
            taken, self.parts[0] = self.parts[0][:count], self.parts[0][count:]
        elif self.left:
            taken = b"a" * min(count, self.left)
            self.left -= len(taken)
        else:
            taken, self.parts[1] = self.parts[1][:count], self.parts[1][count:]
        return taken


@pytest.mark.urls(__name__)
def test_an_upload_of_200_mb_is_refused_with_a_page_and_nothing_is_stored(settings, media, client: Client):
    settings.FILE_UPLOAD_TEMP_DIR = media
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\n\r\n'
    tail = b'\r\n--b\r\nContent-Disposition: form-data; name="after"\r\n\r\nkept\r\n--b--\r\n'
    body = Endless(head, tail, 200_000_000)
    response = client.generic(
        "POST",
        "/upload/",
        b"",
        content_type="multipart/form-data; boundary=b",
        **{
            "wsgi.input": body,
            "CONTENT_LENGTH": str(body.length),
            "CONTENT_TYPE": "multipart/form-data; boundary=b",
        },
    )
    assert response.status_code == 413
    assert body.left == 0, "the rest is read off, or the browser would show a broken connection"
    assert stored_files(media) == []


@pytest.mark.urls(__name__)
def test_a_form_with_a_file_below_the_cap_comes_in_whole(client: Client):
    response = client.post("/upload/", {"file": SimpleUploadedFile("a.csv", b"a" * 3_000_000), "after": "kept"})
    assert response.content == b"3000000 kept"


@pytest.mark.urls(__name__)
def test_a_form_without_a_file_says_so(client: Client):
    assert client.post("/upload/", {"after": "x"}).content == b"files.none"
