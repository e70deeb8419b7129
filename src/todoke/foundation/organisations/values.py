"""The nouns of bodies and their sections."""

from dataclasses import dataclass

from todoke.foundation.labels import Labelled


class OrganisationKind(Labelled):
    """団体の種類."""

    MUNICIPALITY = "municipality", "市区町村"
    PREFECTURE = "prefecture", "都道府県"
    WIDE_AREA_UNION = "wide_area_union", "広域連合"
    PARTIAL_AFFAIRS = "partial_affairs", "一部事務組合"
    NATION = "nation", "国"


@dataclass(frozen=True, slots=True)
class OrganisationRef:
    """A body as others may hold it: 全国地方公共団体コード (6 digits with check digit), name, kind.

    `parent` is the code of the body that it submits to: of a municipality its prefecture, of a prefecture the nation;
    empty where it is not in this installation.
    """

    code: str
    name: str
    kind: OrganisationKind
    parent: str = ""


@dataclass(frozen=True, slots=True)
class SectionRef:
    """A section（課・係）of the body in scope."""

    id: int
    code: str
    name: str
