"""The words of guideline packs with their Japanese labels."""

from todoke.foundation.labels import Labelled

NOT_RECORDED = "未収録"  # the source has the fact, or may have it; we do not


class PackSubject(Labelled):
    """What a pack is about; a plan of the same kind is made from it."""

    OVERALL = "overall", "全体方針"
    STANDARDISATION = "standardisation", "標準化・共通化"
    ONLINE = "online", "行政手続のオンライン化"
    STRATEGY = "strategy", "推進計画"
    WORKFORCE = "workforce", "人材"
    INDICATORS = "indicators", "指標"
    OTHER = "other", "その他"


class NodeKind(Labelled):
    """What a node of a guideline is."""

    GROUP = "group", "区分"
    STEP = "step", "ステップ"
    PHASE = "phase", "フェーズ"
    TASK = "task", "作業"
    GATE = "gate", "関門"
    DELIVERABLE = "deliverable", "成果物"
    CHECK = "check", "確認"
    MEASURE = "measure", "取組"


class LinkType(Labelled):
    """How two nodes hang together in time."""

    FS = "FS", "終わってから始める"
    SS = "SS", "始まってから始める"
    FF = "FF", "終わってから終える"
    SF = "SF", "始まってから終える"


class Strength(Labelled):
    """Who claims a link, a window or a deadline."""

    GUIDELINE = "guideline", "手順書"
    PRACTICE = "practice", "実務"
    LOCAL = "local", "団体"


class Basis(Labelled):
    """Where a figure comes from. Our own defaults are never shown as the ministry's."""

    SOURCE = "source", "出典"
    PRODUCT = "product-default", "製品の既定値"
    BODY = "body", "団体の入力"


class Relation(Labelled):
    """What became of a node in the next edition."""

    SAME = "same", "そのまま"
    REWORDED = "reworded", "文言の変更"
    MOVED = "moved", "移動"
    SPLIT = "split", "分割"
    MERGED = "merged", "統合"
    DROPPED = "dropped", "削除"
    ADDED = "added", "追加"


class Weight(Labelled):
    """How heavy a finding about a pack is: a fault keeps it from being taken over."""

    FAULT = "fault", "誤り"
    DOUBT = "doubt", "注意"
    NOTE = "note", "参考"


class ChangeKind(Labelled):
    """What a change between two editions touches: only the wording, or what a plan computes with."""

    TEXT = "text", "文言"
    SEMANTIC = "semantic", "内容"


class EditionOrigin(Labelled):
    """How an edition came to a body."""

    SHIPPED = "shipped", "製品に付属"
    OWN = "own", "自団体で登録"
    RECEIVED = "received", "他団体から受領"
