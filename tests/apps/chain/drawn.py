"""A small chain for the tests of the map, the file and the paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhizao.apps.chain import services
from zhizao.apps.chain.map_data import ChainMap, Known, Wanted, chain_map
from zhizao.apps.chain.models import Placement
from zhizao.apps.chain.queries import ChainView, chain
from zhizao.apps.registry import queries as registry
from zhizao.apps.registry import services as register
from zhizao.base.accounts.models import Area
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import Link, Subject

NAME = "甲产品"
# node: stage, names printed at it with the enterprise that each means
NODES = {
    "天线": ("上游", {"外省天线": None}),
    "芯片": ("上游", {"甲芯": "甲区甲芯片有限公司", "外省芯片": None}),
    "模组": ("中游", {"乙模": "甲区乙模组有限公司", "丙模": "甲区丙模组有限公司", "乙模组": "甲区乙模组有限公司"}),
    "整机": ("", {"丁机": "甲区丁整机有限公司"}),
    "门店": ("下游", {"门店": None}),
}
CHANNELS = ("门店",)


@dataclass(frozen=True)
class Drawn:
    """The chain as stored, its nodes and enterprises by name."""

    chain: Subject
    nodes: dict[str, Subject]
    firms: dict[str, Subject]

    def view(self) -> ChainView:
        found = chain(None, self.chain.key)
        assert found is not None
        return found

    def map(self, actor, known: Known | None = None, wanted: Wanted | None = None) -> ChainMap:
        return chain_map(actor, self.view(), registry.view(), known or Known(), wanted)


def draw(area: Area) -> Drawn:
    """Enter the chain in an area."""
    subject = services.add_chain(actor=None, area=area, name=NAME, source="plan")
    nodes, firms = {}, {}
    for name, (stage, members) in NODES.items():
        said = {"chain": subject, "chain_name": NAME, "name": name, "stage": stage, "source": "plan"}
        nodes[name] = services.add_node(actor=None, **said)
        for printed, firm in members.items():
            if firm and firm not in firms:
                firms[firm] = register.enter(actor=None, area=area, name=firm, valid_from=None, source="licence")
            services.place(
                actor=None,
                placement=Placement(
                    subject=nodes[name],
                    name=printed,
                    enterprise=firms.get(firm),
                    member_type="channel" if name in CHANNELS else "enterprise",
                    confidence="H",
                    basis="plan",
                    source="plan",
                ),
            )
    return Drawn(subject, nodes, firms)


def sell(supplier: Subject, buyer: Subject, *, simulated: bool = False, until: date | None = None) -> None:
    """State that one enterprise sells to another."""
    facts.state(
        [
            Link(
                subject=supplier,
                buyer=buyer,
                yearly_amount_fen=100,
                basis="declared",
                confidence="H",
                simulated=simulated,
                valid_to=until,
            )
        ]
    )
