"""The team room, my journey and its certificate."""

from collections.abc import Iterator

from tests.browser.acts import Place, press, submit, type_into, write
from tests.browser.demo import Demo

LATELY = "Say something to the team"


def team_room(demo: Demo) -> Iterator[Place]:
    yield Place("team room", "/desk/room/", who="Jaz")
    yield Place("team room, said", "/desk/room/", type_into(LATELY, "Tea is up.", "Say it"), "Jaz")
    yield Place("team room, refused", "/desk/room/", type_into(LATELY, "Ring me on 07911 123456", "Say it"), "Jaz")
    yield Place("team room, the round", "/desk/room/", write("/desk/room/round/", "A quiet bus."), "Jaz")
    yield Place("team room, nobody thanked", "/desk/room/", submit("/desk/room/kudos/"), "Jaz")
    yield Place("team room, as whoever keeps order", "/desk/room/", who="Tom")
    yield Place("my journey", "/desk/journey/", who="Amira")
    yield Place("my journey, a newcomer", "/desk/journey/", who="Sam")
    yield Place("a certificate", "/desk/journey/certificate/", who="Amira")
    yield Place("a certificate, made", "/desk/journey/certificate/", press("Make the page"), "Amira")
    long = type_into("The name to print (optional)", "x" * 81, "Make the page")
    yield Place("a certificate, too long a name", "/desk/journey/certificate/", long, "Amira")
