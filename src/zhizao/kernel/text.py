"""Text as it comes from files and cells: decoding bytes, folding full-width forms, and the marks that mean “none”."""

from __future__ import annotations

import re
from typing import Final

from zhizao.kernel.result import Place, Problem, Refused, mark

_MAGIC: Final = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"PK\x03\x04", "ZIP (xlsx, docx)"),
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE (xls, doc)"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"\x7fELF", "ELF"),
    (b"{\\rtf", "RTF"),
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
# What office text is made of: Latin, Greek, Cyrillic, punctuation, symbols, CJK, full-width forms, rare ideographs.
_PLAIN: Final = (
    r"\t-\r\x20-\x7e\u00a0-\u04ff\u2000-\u2bff\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
# Bare UTF-16 is believed only if it is made of what a Chinese keyboard gives; other scripts must have their mark.
_UNPLAIN: Final = re.compile(
    r"[^\t-\r\x20-\x7e\u00a0-\u00ff\u2010-\u203b\u2100-\u22ff\u2460-\u2473\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e\uffe0-\uffe5]"
)
_ODD: Final = re.compile(f"[^{_PLAIN}]")
_CHINESE: Final = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")

_FULL_WIDTH: Final = {
    **{ord("０") + i: ord("0") + i for i in range(10)},
    **{ord("Ａ") + i: ord("A") + i for i in range(26)},
    **{ord("ａ") + i: ord("a") + i for i in range(26)},
    **dict(zip(map(ord, "．％＋－−／＝＞＜～"), map(ord, ".%+--/=><~"), strict=True)),
    **dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), ord(" ")),
}
_GROUP_COMMA: Final = re.compile(r"(?<=[0-9])，(?=[0-9]{3}(?![0-9]))")
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_BLANK_MARK: Final = re.compile(r"[-—–―─]*|/|\\|无")


def decode(data: bytes, *, file: str | None = None) -> tuple[str, str]:
    """Decode a text file whose encoding is not told, or refuse it.

    UTF-8 is tried first (a byte order mark or not), then UTF-16 (by its mark, or by the NUL bytes of its ASCII
    characters), then GB18030, which contains GBK and GB2312. A decoding counts only if the text it gives is made of
    printable characters, and one file has one encoding. Line ends are left as they are; the byte order mark is dropped.

    Parameters
    ----------
    data : bytes
        The whole file.
    file : str, optional
        Its name, for the messages.

    Returns
    -------
    text : str
    encoding : str
        One of ``utf-8``, ``utf-8-sig``, ``utf-16-le``, ``utf-16-be``, ``gb18030``.

    Raises
    ------
    Refused
        ``text.empty``, ``text.binary`` (says what it looks to be), ``text.encoding`` (mixed or damaged).

    Examples
    --------
    >>> decode("智造".encode("gb18030"))
    ('智造', 'gb18030')
    >>> decode(b"%PDF-1.7 ...")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: The file is not text; it looks like PDF. Save it as CSV or text in UTF-8 ...
    """
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise Refused(_binary(kind, file))
    text, encoding = _decode(data, file)
    if not text.strip():
        raise Refused(
            Problem(
                "text.empty",
                mark("The file is empty."),
                Place(file=file),
                mark("Check that the right file was chosen."),
            )
        )
    if (found := _CONTROL.search(text)) is not None:
        if found.group() == "\x00":
            raise Refused(_binary(None, file))
        raise Refused(_damaged(file, text.count("\n", 0, found.start()) + 1))
    return text, encoding


def _decode(data: bytes, file: str | None) -> tuple[str, str]:
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding.removesuffix("-sig")), encoding
            except UnicodeDecodeError as error:
                raise Refused(_damaged(file, data.count(b"\n", 0, error.start) + 1)) from None
    if b"\x00" in data:
        return _decode_bare_utf16(data, file)
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise Refused(_damaged(file, data.count(b"\n", 0, error.start) + 1 or line)) from None
    if len(_ODD.findall(text)) * 100 > len(text):
        raise Refused(_damaged(file, line))
    if (utf8_line := _first_utf8_line(data)) is not None:
        raise Refused(_damaged(file, utf8_line))
    return text, "gb18030"


def _decode_bare_utf16(data: bytes, file: str | None) -> tuple[str, str]:
    """UTF-16 without a mark: the high bytes of ASCII characters are NUL, at odd places if little-endian."""
    little = data[1::2].count(0) >= data[0::2].count(0)
    for encoding in ("utf-16-le", "utf-16-be") if little else ("utf-16-be", "utf-16-le"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _UNPLAIN.search(text):
            return text, encoding
    raise Refused(_binary(None, file))


def _first_utf8_line(data: bytes) -> int | None:
    """The first line that is UTF-8 beyond chance (two Chinese characters or more) in a file that as a whole is not."""
    for number, line in enumerate(data.splitlines(), start=1):
        if line.isascii():
            continue
        try:
            text = line.decode()
        except UnicodeDecodeError:
            continue
        if len(_CHINESE.findall(text)) >= 2 and not _ODD.search(text):
            return number
    return None


def _binary(kind: str | None, file: str | None) -> Problem:
    remedy = mark("Save it as CSV or text in UTF-8 and try again.")
    if kind is None:
        return Problem("text.binary", mark("The file is not text."), Place(file=file), remedy)
    message = mark("The file is not text; it looks like %(kind)s.")
    return Problem("text.binary", message, Place(file=file), remedy, params={"kind": kind})


def _damaged(file: str | None, line: int) -> Problem:
    return Problem(
        "text.encoding",
        mark("The encoding is neither UTF-8, GB18030 nor UTF-16, or several are mixed."),
        Place(file=file, line=line),
        mark("Save the file anew in UTF-8 and try again."),
    )


def fold(text: str) -> str:
    """Full-width digits, letters and signs of numbers to half-width, odd blanks to a space; the length does not change.

    A full-width comma is folded only where it groups thousands; brackets and the dash ``—`` stay.

    >>> fold("１，２３４．５％，约")
    '1,234.5%，约'
    """
    return _GROUP_COMMA.sub(",", text.translate(_FULL_WIDTH))


def normalise(text: str) -> str:
    """``fold``, without invisible characters (zero width, soft hyphen), and stripped.

    >>> normalise(" ＡＢ１２\\u3000")
    'AB12'
    """
    return _INVISIBLE.sub("", fold(text)).strip()


def is_blank_mark(text: str) -> bool:
    """Whether a cell holds nothing or one of the marks that mean “none”: ``—``, ``--``, ``-``, ``/``, ``无``.

    >>> [is_blank_mark(s) for s in ("", "——", "／", "无", "0", "无锡")]
    [True, True, True, True, False, False]
    """
    return _BLANK_MARK.fullmatch(normalise(text)) is not None
