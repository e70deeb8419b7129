"""An edition and what only the body knows in; its plan, item by item, out（全体方針、取組、期限、担当、財政支援）."""
