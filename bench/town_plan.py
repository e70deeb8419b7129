"""A synthetic plan of one town: 4 shared tasks and 13 for each 事務, after the 17 tasks of 標準化・共通化.

Durations and demands are invented（製品の見本）; only the tasks and their order follow the founding document. Nothing here is
a figure of a ministry.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from todoke.foundation.calendars import rules as calendars
from todoke.programme.forecast.values import (
    Activity,
    Demand,
    Dependency,
    Network,
    PeriodUnits,
    ResourceCapacity,
    StartWindow,
    WorkingDays,
)

OFFICE, LEAD, SYSTEMS, VENDOR = "業務主管課", "DX推進担当", "情報担当", "事業者"
STAFF = (OFFICE, LEAD, SYSTEMS)
START, DEADLINE = date(2021, 9, 6), date(2026, 3, 31)
SHARED = {"w1", "w4", "w8", "w16"}
# node: label, likely working days, early startable, hundredths of 業務主管課, DX推進担当, 情報担当, 事業者
TASKS: dict[str, tuple[str, int, bool, int, int, int, int]] = {
    "w1": ("推進体制の立ち上げ", 20, True, 0, 200, 0, 0),
    "w2": ("現行システムの概要調査", 40, True, 50, 0, 50, 0),
    "w3": ("標準仕様との比較分析", 60, True, 150, 50, 0, 0),
    "w4": ("移行計画作成", 30, True, 0, 200, 100, 0),
    "w5": ("RFI資料の作成", 20, False, 50, 50, 0, 0),
    "w6": ("RFIの実施", 40, False, 0, 50, 0, 0),
    "w7": ("RFI結果分析・計画の詳細化", 30, False, 100, 50, 0, 0),
    "w8": ("予算要求", 40, False, 0, 100, 0, 0),
    "w9": ("ベンダへ提案依頼（RFP）", 40, False, 50, 50, 0, 0),
    "w10": ("ベンダ選定・決定", 30, False, 100, 50, 0, 0),
    "w11": ("契約・詳細スケジュールの確定", 20, False, 0, 50, 0, 0),
    "w12": ("特定個人情報保護評価", 60, False, 100, 0, 0, 0),
    "w13": ("システム移行時の設定", 90, False, 100, 0, 50, 300),
    "w14": ("データ移行", 120, False, 150, 0, 50, 400),
    "w15": ("テスト・研修", 60, False, 300, 0, 50, 200),
    "w16": ("環境構築・ネットワーク", 120, False, 0, 0, 200, 400),
    "w17": ("条例・規則等改正", 40, False, 50, 0, 0, 0),
}
LINKS = (
    ("w1", "w2"), ("w2", "w3"), ("w3", "w4"), ("w4", "w5"), ("w5", "w6"), ("w6", "w7"), ("w7", "w8"), ("w8", "w9"),
    ("w9", "w10"), ("w10", "w11"), ("w7", "w12"), ("w12", "w13"), ("w11", "w13"), ("w13", "w14"), ("w14", "w15"),
    ("w16", "w14"), ("w11", "w17"), ("w6", "w9"), ("w8", "w16"),
)  # fmt: skip
WINDOWS = (
    StartWindow("budget", "予算要求の時期", "budget", (9, 1), (11, 30)),
    StartWindow("assembly-3", "3月定例会", "assembly", (2, 20), (3, 20)),
    StartWindow("assembly-6", "6月定例会", "assembly", (6, 1), (6, 25)),
    StartWindow("assembly-9", "9月定例会", "assembly", (9, 1), (9, 25)),
    StartWindow("assembly-12", "12月定例会", "assembly", (12, 1), (12, 20)),
    StartWindow("contract", "新年度の契約", "contract", (4, 1), (12, 28)),
    StartWindow("moving", "繁忙期", "busy", (3, 15), (4, 15), is_freeze=True),
)
OPEN_IN = {
    "w8": ("budget",), "w9": ("contract",), "w14": ("moving",), "w15": ("moving",),
    "w17": ("assembly-12", "assembly-3", "assembly-6", "assembly-9"),
}  # fmt: skip


@lru_cache(maxsize=8)
def working_days(first: date, years: int = 20) -> WorkingDays:
    """The working days from a date on, national holidays left out of account so that it takes no time."""
    days = (first + timedelta(days=one) for one in range(365 * years))
    return WorkingDays(tuple(day for day in days if calendars.is_business_day(day, lambda _: False)))


def town_plan(  # one knob per question of the bench
    businesses: int = 17,
    *,
    staff: int = 60,
    vendor: int = 60,
    as_of: date = START,
    deadline: date | None = DEADLINE,
    with_windows: bool = False,
) -> Network:
    """4 + 13 × `businesses` activities; `staff` persons in all（a pool of each role in proportion）, `vendor` slots."""
    activities = tuple(_activities(businesses, with_windows=with_windows))
    links = tuple(
        dict.fromkeys(
            Dependency(_key(before, at), _key(after, at))
            for at in range(businesses)
            for before, after in LINKS
        )
    )
    shares = {OFFICE: staff * 65, LEAD: staff * 25, SYSTEMS: staff * 15}
    capacities = [
        ResourceCapacity(role, role, False, (PeriodUnits(None, None, much),)) for role, much in shares.items()
    ]
    capacities.append(ResourceCapacity(VENDOR, VENDOR, True, (PeriodUnits(None, None, vendor * 100),)))
    windows = WINDOWS if with_windows else ()
    return Network(
        "見本の標準化計画",
        as_of,
        working_days(as_of),
        activities,
        links,
        windows,
        tuple(capacities),
        deadline,
    )


def _activities(businesses: int, *, with_windows: bool) -> Iterator[Activity]:
    for node in TASKS:
        for at in range(1 if node in SHARED else businesses):
            yield _activity(node, at, with_windows=with_windows)


def _activity(node: str, at: int, *, with_windows: bool) -> Activity:
    label, likely, is_early, *demand = TASKS[node]
    named = zip((*STAFF, VENDOR), demand, strict=True)
    concept = "" if node in SHARED else f"b{at + 1:02}"
    return Activity(
        _key(node, at), label, likely * 7 // 10, likely, likely * 18 // 10,
        demands=tuple(Demand(name, much) for name, much in named if much),
        windows=OPEN_IN.get(node, ()) if with_windows else (), node=node, concept=concept, concept_label=concept,
        owner=OFFICE, early_startable=is_early, estimated=likely, deliverables=1,
    )  # fmt: skip


def _key(node: str, at: int) -> str:
    return f"{node}@" if node in SHARED else f"{node}@b{at + 1:02}"


def many_towns(businesses: int, steps: int) -> Network:
    """`businesses` chains of `steps` steps, as the monthly publication counts them（20事務 × 40）; demands invented."""
    activities, links = [], []
    for at in range(businesses):
        for step in range(steps):
            key, likely = f"s{step + 1:02}@b{at + 1:02}", 10 + 5 * (step * 7 % 5)
            demand = (
                Demand(OFFICE, 50),
                Demand(STAFF[1 + step % 2], 25),
                *((Demand(VENDOR, 100),) if step > 20 else ()),
            )
            activities.append(Activity(
                key, key, likely * 7 // 10, likely, likely * 18 // 10, demands=demand, node=f"s{step + 1:02}",
                concept=f"b{at + 1:02}", owner=OFFICE, estimated=likely,
            ))  # fmt: skip
            if step:
                links.append(Dependency(f"s{step:02}@b{at + 1:02}", key))
    model = town_plan(1, vendor=15)
    return Network(
        "見本の40工程",
        START,
        working_days(START),
        tuple(activities),
        tuple(links),
        (),
        model.capacities,
        DEADLINE,
    )
