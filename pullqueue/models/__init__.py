from pullqueue.models.branch import Branch
from pullqueue.models.user import User

__all__ = ["Branch", "User"]
