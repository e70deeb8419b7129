"""The listed rows of the catalogue of bad inputs, all 215 of them.

Group, number and disposition as the catalogue writes them. Numbers are names: they are never filled up or changed.
"""

from collections.abc import Mapping

_ROWS = """
Z01 Q | Z02 Q | Z03 Q | Z04 Q | Z05 Q | Z06 Q | Z08 Q | Z09 Q | Z10 Q | Z11 Q | Z12 Q | Z13 Q | Z15 Q | Z16 Q
Z17 A | Z18 A | Z19 Q | Z20 Q | Z22 Q | Z23 A/Q | Z24 A | Z25 Q | Z26 Q | Z27 Q/R | Z29 Q | Z30 A/Q | Z31 Q | Z32 Q
Z33 Q | Z34 Q | Z36 Q | Z37 Q | Z38 Q | Z39 R/A | Z40 Q | Z41 Q
X01 Q | X02 Q | X03 Q | X04 Q/— | X05 Q | X06 Q | X08 Q | X09 Q | X10 Q | X11 Q | X12 Q | X13 Q | X15 Q | X16 A/Q
X17 A/Q | X18 A | X19 Q | X20 Q | X22 Q | X23 A/Q | X24 X | X25 A | X26 — | X27 X
T01 A | T02 A,H | T03 A | T04 AW | T05 A | T06 A | T08 — | T09 AW | T10 Q | T11 Q/AW | T12 A | T13 A | T15 Q | T16 A
T17 Q | T18 — | T19 — | T20 AW/Q | T22 Q | T23 A | T24 — | T25 —
C01 Q | C02 Q | C04 Q | C05 Q/A | C06 Q/AW | C07 P | C08 Q | C09 — | C11 Q | C12 A | C13 AW | C14 AW | C15 — | C16 —
C18 P | C19 P | C20 A/P | C21 R | C22 AW/Q
S01 D | S03 AW | S04 A,D | S05 P | S06 P | S07 P/AW | S08 AW | S10 X | S11 D/Q | S12 D | S13 — | S14 Q | S15 AW | S17 P
S18 — | S19 —
A01 QA | A02 QA/A | A03 A/QA | A04 A/QA | A06 A/QA | A07 AW | A08 QA | A09 A | A10 QA | A11 AW | A13 A | A14 A | A15 QA/A
E01 H | E02 H | E03 H | E05 — | E06 — | E07 P | E08 H | E09 X | E10 — | E12 — | E13 X | E14 —
F01 — | F02 P | F03 — | F05 R | F06 — | F07 R | F08 P | F09 — | F10 — | F12 — | F13 AW | F14 P | F15 P | F16 — | F17 —
F19 R | F20 — | F21 P | F22 — | F23 — | F24 — | F26 — | F27 —
W01 X | W02 X | W03 X | W05 X | W06 X | W07 — | W08 X | W09 — | W10 — | W12 — | W13 X | W14 X | W15 X | W16 — | W17 —
W19 X | W20 — | W21 X | W22 X | W23 X | W24 — | W26 — | W27 X | W28 — | W29 — | W30 — | W31 —
P01 — | P02 X | P03 X | P04 X | P05 — | P06 — | P08 X | P09 X | P10 X | P11 X | P12 — | P13 X | P15 — | P16 X
U01 X | U02 — | U03 X | U04 — | U06 — | U07 — | U08 X/— | U09 — | U10 —
"""
LISTED: Mapping[str, str] = dict(
    row.split() for line in _ROWS.split("\n") for row in line.split(" | ") if row
)
"""Row → disposition: R refused, Q quarantined, QA attachment sealed, A accepted, AW 要確認, P pending, D duplicate,
H held, X request refused, — decided by the text of the row."""
