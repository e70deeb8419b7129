"""The fixed table of characters that have two code points in Unicode and one place in JIS X 0208（T08）.

JIS maps the left one, Windows-31J the right one; a CP932 file holds one code for both, so the way there and back does not
return what went in. Both directions are fixed here and tested: to Windows for files in CP932, to JIS for systems that
map as JIS does. Originals are never changed by either.
Source: https://www.w3.org/TR/japanese-xml/ (Conversion from Shift_JIS to Unicode): the ambiguity is theirs, not ours.
"""

from collections.abc import Mapping

TO_WINDOWS: Mapping[str, str] = {
    "\u301c": "\uff5e",  # 〜 WAVE DASH → ～ FULLWIDTH TILDE
    "\u2212": "\uff0d",  # − MINUS SIGN → － FULLWIDTH HYPHEN-MINUS
    "\u2016": "\u2225",  # ‖ DOUBLE VERTICAL LINE → ∥ PARALLEL TO
    "\u2014": "\u2015",  # — EM DASH → ― HORIZONTAL BAR
    "\u00a2": "\uffe0",  # ¢ → ￠
    "\u00a3": "\uffe1",  # £ → ￡
    "\u00ac": "\uffe2",  # ¬ → ￢
}
TO_JIS: Mapping[str, str] = {windows: jis for jis, windows in TO_WINDOWS.items()}
_WINDOWS_CODES = str.maketrans(dict(TO_WINDOWS))
_JIS_CODES = str.maketrans(dict(TO_JIS))


def to_windows(text: str) -> str:
    """The text with the code points that Windows-31J maps."""
    return text.translate(_WINDOWS_CODES)


def to_jis(text: str) -> str:
    """The text with the code points that JIS X 0208 maps."""
    return text.translate(_JIS_CODES)
