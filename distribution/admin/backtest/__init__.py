"""Settings > Client Settings > Distribution > Backtest: ask for one, watch it, read it, save what it tried."""

from distribution.admin.backtest import pages

__all__ = ["pages"]
