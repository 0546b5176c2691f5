"""The pages of a volunteer's own side, in their order."""

TABS = [
    {"url": "/desk/room/", "label": "Team room"},
    {"url": "/desk/journey/", "label": "My journey"},
    {"url": "/desk/training/", "label": "Training"},
    {"url": "/desk/boundaries/", "label": "Boundaries and limits"},
    {"url": "/desk/turns/", "label": "When I'm here"},
    {"url": "/desk/profile/", "label": "My profile"},
]
# Whoever runs the service takes part in the room and answers no questions.
FOR_MANAGERS = [TABS[0], TABS[5]]
