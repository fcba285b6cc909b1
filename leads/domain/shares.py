"""Fair shares: exact credits, percentages of a timeframe, and rotation; for clients and for users alike."""

from leads.domain.shares_ledger import Ledger
from leads.domain.shares_pool import Booking, PoolState, Sharing, account_pool, book, scaled, undo, without_turn
from leads.domain.shares_rotation import Rotation, Turn, give_back_turn, settle_members, use_turn

__all__ = [
    "Booking",
    "Ledger",
    "PoolState",
    "Rotation",
    "Sharing",
    "Turn",
    "account_pool",
    "book",
    "give_back_turn",
    "scaled",
    "settle_members",
    "undo",
    "use_turn",
    "without_turn",
]
