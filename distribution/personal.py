"""Where selling and the sales floor keep people's data, so that erasure finds them."""

from leads.personal import Personal, holds

holds(
    Personal(
        "distribution.Delivery",
        blanks={"payload": None, "message": "", "client_reference": ""},
        kept=("keys", "decided_by", "pool", "windows", "booking", "state", "reason", "tracking"),
    ),
    Personal(
        "distribution.Attempt",
        "delivery__lead",
        blanks={"request": {}, "answer": "", "message": "", "request_sha256": ""},
        kept=("outcome", "rule"),
    ),
    Personal("distribution.DeliveryCopy", "delivery__lead", blanks={"payload": None, "message": ""}, kept=("state", "reason")),
    Personal("distribution.Ping", blanks={"request": {}, "answer": "", "message": "", "reference": ""}, kept=("state", "verdict", "rule")),
    Personal("distribution.Decision", kept=("stop", "trace", "inputs")),
    Personal("distribution.Return", "delivery__lead", blanks={"reason": "erased", "answer": ""}, kept=("state",)),
    Personal("distribution.MailEvent", "delivery__lead", blanks={"detail": ""}, kept=("kind", "source", "key", "recipient")),
    Personal("pullqueue.Result", blanks={"note": ""}, kept=("state", "then")),
)
