from clients.models.account import AccountMethod, DeliveryAccount
from clients.models.client import Client, ClientGroup, ConfigRevision
from clients.models.method import DeliveryMethod

__all__ = ["AccountMethod", "Client", "ClientGroup", "ConfigRevision", "DeliveryAccount", "DeliveryMethod"]
