"""Invented people, teams, sets and creatures; nobody real is pictured."""

from __future__ import annotations

FIRST = (
    "Marlo", "Teague", "Orson", "Kellan", "Dario", "Ferris", "Jonty", "Rubio", "Sander", "Ivo", "Casimir", "Bram",
    "Leopold", "Tavian", "Rafe", "Anders", "Zeb", "Emeric", "Hollis", "Matteus", "Corwin", "Dashiell", "Nilo", "Otis",
)  # fmt: skip
LAST = (
    "Vantongeren", "Halloway", "Quillfeather", "Strand", "Okonedo", "Bellacroce", "Marchetti-Roe", "Tamsin",
    "Lindqvord", "Abernash", "Drummond-Vey", "Castellor", "Ferrow", "Nakadai", "Pellworth", "Ravensdale", "Solberg",
    "Thackery", "Umbridge", "Wexcombe", "Yarrow", "Zielinka", "Oduyale", "Montclare",
)  # fmt: skip
CREATURES = {
    "Emberwyrm": "Fire", "Pyrolynx": "Fire", "Magmole": "Fire", "Tidalisk": "Water", "Aquoracle": "Water",
    "Nimbuffle": "Water", "Mossback": "Grass", "Thornling": "Grass", "Verdrake": "Grass", "Voltfang": "Electric",
    "Solarix": "Electric", "Zephyrant": "Electric", "Duskwing": "Psychic", "Lumidrake": "Psychic",
    "Spectrawl": "Psychic", "Glacidrake": "Ice", "Frostalon": "Ice", "Quartzhorn": "Ice",
}  # fmt: skip
"""And their types."""

TEAMS = {
    "Baseball": ("Harbor City Gulls", "Mesa Comets", "Ironport Hammers", "Lakeside Lanterns"),
    "Basketball": ("Bay Falcons", "Northgate Kings", "Copper Valley Suns", "Riverton Storm"),
    "Football": ("Granite Rams", "Coastal Sharks", "Prairie Bulls", "Summit Wolves"),
    "Soccer": ("Atlético Marina", "Rovers of Dunmere", "Sporting Alba", "FC Nordhavn"),
    "Hockey": ("Polar Bears", "Timber Kings", "Frozen Anchors", "Capital Lynx"),
}
POSITIONS = {
    "Baseball": ("Outfield", "Pitcher", "Shortstop"),
    "Basketball": ("Guard", "Forward", "Center"),
    "Football": ("Quarterback", "Running Back", "Receiver"),
    "Soccer": ("Forward", "Goalkeeper", "Midfielder"),
    "Hockey": ("Center", "Goaltender", "Defense"),
}
SETS = {
    "Baseball": ("Heritage Diamond", "Aurora Chrome", "Ballpark Select"),
    "Basketball": ("Prime Hardwood", "Aurora Chrome", "Courtside Mosaic"),
    "Football": ("Gridiron Prime", "Aurora Chrome", "Fieldhouse Select"),
    "Soccer": ("World Pitch", "Aurora Chrome", "Matchday Mosaic"),
    "Hockey": ("Northern Ice", "Aurora Chrome", "Rinkside Premier"),
    "Pokémon": ("Ember Skies", "Tidal Rift", "Ancient Canopy"),
}
PARALLELS = (
    ("", "", "Silver"),
    ("Blue Wave", "Silver Prizm", "Refractor"),
    ("Purple Ice", "Holo Foil", "Galaxy"),
    ("Gold", "Superfractor", "Black Gold"),
)
"""By tier."""
NUMBERED = ((), (299, 199), (99, 75), (25, 10, 5))
"""Print runs by tier; commons carry no serial."""
