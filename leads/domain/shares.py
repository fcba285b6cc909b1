"""Fair shares: exact credits, percentages of a timeframe, and rotation; for clients and for users alike."""

from leads.domain.shares_ledger import Ledger, split, split_up_to
from leads.domain.shares_order import Owed, Rate, balanced, bound, leads_unit, learned_rates, owed
from leads.domain.shares_pool import Booking, PoolState, Sharing, account_pool, book, scaled, undo, without_turn
from leads.domain.shares_rotation import Rotation, Turn, give_back_turn, settle_members, use_turn

__all__ = [
    "Booking",
    "Ledger",
    "Owed",
    "PoolState",
    "Rate",
    "Rotation",
    "Sharing",
    "Turn",
    "account_pool",
    "balanced",
    "book",
    "bound",
    "give_back_turn",
    "leads_unit",
    "learned_rates",
    "owed",
    "scaled",
    "settle_members",
    "split",
    "split_up_to",
    "undo",
    "use_turn",
    "without_turn",
]
