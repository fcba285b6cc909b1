"""Names of companies that sound real and are made of two words drawn together; none is meant to be a firm."""

from random import Random

FIRST = (
    "Amber", "Anchor", "Aspen", "Badger", "Beacon", "Birch", "Blue", "Bright", "Canyon", "Cardinal", "Cedar", "Clear", "Copper", "Crescent",
    "Cypress", "Dogwood", "Eagle", "Elm", "Falcon", "Granite", "Harbor", "Heron", "Hickory", "Iron", "Juniper", "Keystone", "Lakeview",
    "Larch", "Magnolia", "Maple", "Meadow", "Mesa", "Northgate", "Oak", "Orchard", "Otter", "Palmetto", "Pinion", "Prairie",
    "Quarry", "Redwood", "Ridge", "Sage", "Silver", "Sparrow", "Spruce", "Summit", "Tamarack", "Timber", "Valley", "Walnut", "Willow",
)  # fmt: skip
SECOND = (
    "Arrow", "Bay", "Bend", "Bluff", "Bridge", "Brook", "Coast", "Cove", "Creek", "Crossing", "Dale", "Field", "Forge", "Gate", "Glen",
    "Grove", "Heights", "Hill", "Hollow", "House", "Junction", "Landing", "Line", "Mill", "Park", "Peak", "Point", "Pond", "Post", "Ridge",
    "River", "Row", "Shore", "Spring", "Stone", "Terrace", "Trail", "View", "Works", "Yard",
)  # fmt: skip


def company_names(rng: Random, endings: list[str]) -> list[str]:
    """Return one name for each ending, such as `Copper Glen Solar`; no two begin with the same word."""
    firsts = rng.sample(FIRST, len(endings))
    return [
        f"{first} {rng.choice([word for word in SECOND if word != first])} {ending}" for first, ending in zip(firsts, endings, strict=True)
    ]


def slug(name: str) -> str:
    """Return the name as a host or a path writes it: `copper-glen-solar`."""
    return "-".join("".join(letter for letter in word if letter.isalnum()) for word in name.lower().split() if word != "&")
