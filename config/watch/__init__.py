"""How it goes: readiness and figures for those who watch the product, and where its errors may be sent."""
