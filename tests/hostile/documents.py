"""Group X: documents that reach out, blow up, lie about their encoding or are no XML."""

from collections.abc import Callable

from tests.hostile.rows import CANARY, OPENED, Row


def _text(text: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: text.encode(encoding)


def _subset(subset: str, body: str = "&x;") -> Callable[[], bytes]:
    return _text(f"<!DOCTYPE a [{subset}]><a>{body}</a>")


def _laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    return f'<!DOCTYPE a [<!ENTITY l0 "ha">{lines}]><a>&l9;</a>'.encode()


def _quadratic() -> bytes:
    return b'<!DOCTYPE a [<!ENTITY x "%s">]><a>%s</a>' % (b"x" * 90_000, b"&x;" * 9_000)


def _many_attributes() -> bytes:
    return b"<a %s/>" % b" ".join(b'b%d="1"' % number for number in range(200_000))


def _declared(encoding: str, body: str = "<a>髙①</a>", codec: str = "cp932") -> Callable[[], bytes]:
    return _text(f'<?xml version="1.0" encoding="{encoding}"?>{body}', codec)


ROWS = (
    Row("X01", "an external entity of a file", _subset('<!ENTITY x SYSTEM "file:///etc/passwd">'), "XML-201"),
    Row(
        "X02", "an external entity over http", _subset('<!ENTITY x SYSTEM "http://127.0.0.1:9/">'), "XML-201"
    ),
    Row("X03", "a parameter entity", _subset('<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;', ""), "XML-201"),
    Row("X04", "an external DTD", _text('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'), "XML-201"),
    Row(
        "X04",
        "a schema location",
        _text(
            '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="u http://127.0.0.1:9/"/>'
        ),
        OPENED,
    ),
    Row("X04", "a style sheet", _text('<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?><a/>'), OPENED),
    Row("X05", "billion laughs", _laughs, "XML-201"),
    Row("X06", "quadratic blow-up", _quadratic, "XML-201"),
    Row("X08", "300 levels", _text("<a>" * 300 + "</a>" * 300), "XML-202"),
    Row("X08", "100000 levels", lambda: b"<a>" * 100_000 + b"</a>" * 100_000, "XML-202"),
    Row("X09", "an 11 MB text", lambda: b"<a>%s</a>" % (b"x" * 11_000_000), "XML-203"),
    Row("X09", "an 11 MB attribute", lambda: b'<a b="%s"/>' % (b"x" * 11_000_000), "XML-203"),
    Row("X10", "a million siblings", lambda: b"<a>%s</a>" % (b"<b/>" * 1_000_000), "XML-203"),
    Row("X10", "200000 attributes", _many_attributes, "XML-203"),
    Row("X15", "declared UTF-8 over cp932", _declared("UTF-8"), "XML-220"),
    Row("X16", "Shift_JIS with 髙①", _declared("Shift_JIS"), OPENED),
    Row("X16", "Windows-31J with 髙①", _declared("Windows-31J"), OPENED),
    Row("X16", "EUC-JP that no layout allows", _declared("EUC-JP", "<a>試験</a>", "euc_jp"), "XML-220"),
    Row("X17", "UTF-16 with its mark", _text("\ufeff<a>試験</a>", "utf-16-le"), OPENED),
    Row("X17", "UTF-16 without its mark", _text("<a>試験</a>", "utf-16-le"), "XML-220"),
    Row("X17", "UTF-7", _declared("UTF-7", "<a>+ADw-b+AD4-</a>", "ascii"), "XML-220"),
    Row("X17", "EBCDIC", _declared("IBM037", "<a/>", "cp037"), "XML-220"),
    Row("X18", "a mark and line ends", _text('\ufeff<?xml version="1.0"?>\r\n<a>\r\n</a>\r\n\r\n'), OPENED),
    Row("X19", "NUL", _text("<a>\0</a>"), "XML-221"),
    Row("X19", "a reference to U+0001", _text("<a>&#1;</a>"), "XML-221"),
    Row("X19", "a reference to a surrogate", _text("<a>&#xD842;</a>"), "XML-221"),
    Row("X20", "an attribute twice", _text(f'<a b="{CANARY}" b="2"/>'), "XML-210"),
    Row("X20", "two roots", _text(f"<a>{CANARY}</a><b/>"), "XML-210"),
    Row("X20", "junk after the root", _text(f"<a/>{CANARY}"), "XML-210"),
    Row("X23", "a comment inside a value", _text("<a>1<!-- -->0</a>"), OPENED),
    Row("T10", "a lone surrogate", lambda: b"<a>\xed\xa1\x82</a>", "XML-221"),
)
