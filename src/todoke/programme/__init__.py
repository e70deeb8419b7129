"""The programme line（DX推進管理）: from the national guideline to this body's roadmap, progress and roll-up."""
