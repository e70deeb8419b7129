"""The journey of a guideline, in order. Read this first.

1. packs: a guideline（手順書・計画）is data in immutable editions; a new edition says what became of each item of the old.
2. plans: a body pins an edition and makes its own plan of it; a new edition is merged item by item, by a named person.
3. progress: reports with their as-of date, append-only; every figure is derived from them.
4. forecast: when it will be done, with which load, how likely, and why on this date; pure and seeded.
5. review: the monthly close（PDCA）and decision cards（OODA）.
6. rollup: a town submits a signed snapshot; the prefecture sees submissions and never drafts; the nation what is forwarded.
"""
