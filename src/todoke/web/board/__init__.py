"""The board（推進本部の画面）: plans, roadmap, progress, forecast, roll-up."""
