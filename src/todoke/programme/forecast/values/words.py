"""The words of forecasting with their Japanese labels."""

from todoke.foundation.labels import Labelled


class ActivityState(Labelled):
    """How far a piece of work is; what is left out keeps its place in the order and takes no time."""

    OPEN = "open", "未着手"
    RUNNING = "running", "作業中"
    DONE = "done", "完了済み"
    LEFT_OUT = "left_out", "対象外"


class Verdict(Labelled):
    """What is known about keeping the deadlines. Not finding a plan proves nothing; IMPOSSIBLE is said only with a proof."""

    FOUND = "found", "期限に間に合う計画あり"
    NOT_FOUND = "not_found", "間に合う計画は見つかりません（ないことの証明ではありません）"
    IMPOSSIBLE = "impossible", "間に合わないことが計算で確かです"
    NO_DEADLINE = "no_deadline", "期限なし"


class ProofKind(Labelled):
    """Why keeping a deadline is impossible, whatever the order of work."""

    CHAIN = "chain", "つながりの長さ"
    WORK = "work", "作業量の合計"
    DEMAND = "demand", "一件の必要数"


class DriverKind(Labelled):
    """What holds a start where it is."""

    START = "start", "計画の開始日"
    RUNNING = "running", "すでに着手"
    DONE = "done", "完了"
    PREDECESSOR = "predecessor", "前の作業"
    WINDOW = "window", "時期の制約"
    CAPACITY = "capacity", "人手・事業者の空き待ち"
    FIXED = "fixed", "固定した日付"
    KEPT = "kept", "前の日程のまま"


class LossKind(Labelled):
    """What is lost after a last safe date."""

    DEADLINE = "deadline", "期限に遅れる"
    WINDOW = "window", "次の時期まで待つ"


class LintRule(Labelled):
    """What is odd about a plan."""

    NO_OWNER = "no_owner", "担当が決まっていない"
    DANGLING = "dangling", "前後のつながりがない"
    TOO_LONG = "too_long", "一つの作業が3か月を超える"
    STALE = "stale", "報告が30日より古い"
    NOT_DELIVERED = "not_delivered", "完了なのに成果物がない"
    NOT_CONFIRMED = "not_confirmed", "分割・統合の前の完了を引き継いでいる"
    DEADLINE_BEFORE_WINDOW = "deadline_before_window", "期限が、始められる時期より前"
    CONTRACT_BEFORE_BUDGET = "contract_before_budget", "契約が予算より先"
    PRIVACY_AFTER_GO_LIVE = "privacy_after_go_live", "個人情報保護評価が稼働より後"
    NO_ESTIMATE = "no_estimate", "所要日数がない"
    OVER_CAPACITY = "over_capacity", "一件の必要数が、体制を超える"
    LATE = "late", "期限に間に合わない"


class ChangeWord(Labelled):
    """What a branch changes."""

    ADD_PERSON = "add_person", "人を増やす"
    BUY_SLOTS = "buy_slots", "事業者の枠を買い足す"
    DROP_SCOPE = "drop_scope", "業務を外す"
    ACCEPT_LATER = "accept_later", "特定移行として期限を延ばす"
    SHARE_PROCUREMENT = "share_procurement", "調達を共同で行う"
    SHIFT_START = "shift_start", "開始を遅らせる"


class ForecastKind(Labelled):
    """Why a forecast was kept."""

    BASELINE = "baseline", "基準"
    FORECAST = "forecast", "見通し"
    SCENARIO = "scenario", "もしもの案"
    EXACT = "exact", "厳密解法"


class ExactWord(Labelled):
    """What an exact solver has shown. Only the first two are proofs."""

    OPTIMAL = "optimal", "最も良い日程であることを確かめた"
    IMPOSSIBLE = "impossible", "期限に間に合う日程がないことを確かめた"
    POLISHED = "polished", "より良い日程を見つけた（最も良いことの証明ではない）"
    OPEN = "open", "定めた計算量の中では、確かめられなかった"
