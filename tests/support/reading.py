"""One person's Slack as they use it: read what stands there, press what it says, fill it in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from home_pages import said
from signed import SECRET, Front, Signed, wait_for

from unranked.demo.blocks_limits import view_problems
from unranked.demo.client import Client
from unranked.demo.slack_inputs import elements, initial

View = Mapping[str, Any]


@dataclass
class Reader:
    """Somebody before the Home tab, with the modals that they have open."""

    front: Front = field(repr=False)
    who: str
    client: Client = field(init=False, repr=False)
    filled: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        door = Signed(self.front.http, SECRET)
        self.client = Client(self.front.world.slack, door, self.who, "Europe/Berlin")

    def home(self) -> str:
        """Open the Home tab; return what it says."""
        self.client.open_home()
        wait_for(lambda: bool(self.client.home().view_id))
        return self.page

    @property
    def page(self) -> str:
        """What the Home tab says."""
        return said({"blocks": self.client.home().blocks})

    @property
    def modal(self) -> str:
        """What the modal on top says; empty where none is open."""
        shown = self.client.modal()
        return "" if shown is None else "\n".join([shown.title, said({"blocks": shown.blocks})])

    @property
    def stack(self) -> list[str]:
        """The names of the modals that are open, the one on top last."""
        return [view["callback_id"] for view in self.front.world.slack.modals_of(self.who)]

    @property
    def errors(self) -> Mapping[str, str]:
        """What is said to be wrong in the modal on top, by field."""
        shown = self.client.modal()
        return {} if shown is None else shown.errors

    def labels(self) -> list[str]:
        """Return what the buttons of the modal on top say, else those of the Home tab."""
        return [element["text"]["text"] for _, element in self._buttons()]

    def fields(self) -> list[tuple[str, str]]:
        """Return the fields of the modal on top: their names, and of what kind they are."""
        return [(block_id, one["type"]) for block_id, one in self._elements()]

    def options(self, name: str) -> list[tuple[str, str]]:
        """Return the options of a field: the value of each, and what it says."""
        (element,) = (one for block_id, one in self._elements() if block_id == name)
        groups = [one["options"] for one in element.get("option_groups", [])]
        every = [*element.get("options", []), *(one for group in groups for one in group)]
        return [(one["value"], one["text"]["text"]) for one in every]

    def press(self, label: str, *, place: int = 0) -> None:
        """Press the button of that label, the first one or another, where one is before one."""
        found = [one for one in self._buttons() if one[1]["text"]["text"] == label]
        assert len(found) > place, (label, self.labels())
        block_id, element = found[place]
        self._act(block_id, element["action_id"])

    def fill(self, **values: str | Sequence[str]) -> None:
        """Fill in fields of the modal on top, by their names."""
        known = {block_id: one["action_id"] for block_id, one in self._elements()}
        for name, value in values.items():
            assert name in known, (name, sorted(known))
            self.filled.setdefault(self._on_top["id"], {})[name] = {known[name]: value}

    def send(self) -> Mapping[str, str]:
        """Send the modal off; return what is said to be wrong, by field."""
        view_id = self._on_top["id"]
        self.client.submit(view_id, self.filled.get(view_id, {}))
        self.front.settled()
        return self.errors

    def standing(self, name: str) -> object:
        """Return what stands in a field of the modal on top before anybody types."""
        return next(initial(one) for block_id, one in self._elements() if block_id == name)

    def close(self) -> None:
        """Close the modal on top."""
        self.client.close(self._on_top["id"])

    @property
    def _on_top(self) -> View:
        view = self.front.world.slack.modal_of(self.who)
        assert view is not None, "No modal is open."
        return view

    def _elements(self) -> Iterator[tuple[str, View]]:
        shown = self.client.modal() or self.client.home()
        return elements(shown.blocks)

    def _buttons(self) -> list[tuple[str, View]]:
        return [one for one in self._elements() if one[1]["type"] == "button"]

    def _act(self, block_id: str, action_id: str) -> None:
        modal = self.client.modal()
        container = "home" if modal is None else "modal"
        ref = self.client.home().view_id if modal is None else modal.view_id
        self.client.act(container, ref, (block_id, action_id), "", self.filled.get(ref, {}))
        self.front.settled()
        shown = self.front.world.slack.modal_of(self.who)
        if shown is not None:
            assert view_problems({k: shown[k] for k in _SENT if k in shown}, "modal") == []


_SENT = ("type", "callback_id", "title", "submit", "close", "blocks", "private_metadata")
