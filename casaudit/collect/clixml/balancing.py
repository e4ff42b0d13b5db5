"""Windows Network Load Balancing: installed or not, its clusters and their nodes."""

from collections.abc import Iterator

from casaudit.collect.clixml.export_kind import Found, Kind, either, having, typed
from casaudit.collect.clixml.properties import PropertyReader, text_of
from casaudit.collect.clixml.values import Exported
from casaudit.snapshot import NlbCluster, NlbFeature, NlbNode, SectionName

_ADDRESSES = ("IPAddress", "ClusterPrimaryIP", "ClusterIPAddress")
_MODES = ("Mode", "OperationMode", "ClusterOperationMode")


def _is_feature(item: Exported) -> bool:
    # Name is the same in every language of Windows, DisplayName is not.
    return text_of(item.properties.get("name")) == "NLB" and "installed" in item.properties


def _read_feature(reading: PropertyReader) -> Iterator[Found]:
    yield NlbFeature(
        server=reading.server(),
        installed=reading.boolean("Installed", "installed"),
        **reading.common(),
    )


def _read_node(reading: PropertyReader) -> Iterator[Found]:
    yield NlbNode(
        server=reading.key("Name"),
        # Get-NlbClusterNode does not say who was asked; it is a node all the same.
        seen_from=reading.about,
        cluster=reading.text("Cluster", "cluster"),
        state=reading.text("State", "state"),
        interface=reading.text("InterfaceName", "interface"),
        **reading.common(),
    )


def _read_cluster(reading: PropertyReader) -> Iterator[Found]:
    yield NlbCluster(
        server=reading.server(),
        name=reading.text(_first(reading, ("Name", "ClusterName")), "name"),
        address=reading.text(_first(reading, _ADDRESSES), "address"),
        mode=reading.text(_first(reading, _MODES), "mode"),
        **reading.common(),
    )


def _first(reading: PropertyReader, names: tuple[str, ...]) -> str:
    """Return the property that this version of the shell has, of several names for one thing."""
    return next((name for name in names if reading.has(name)), names[0])


KINDS = (
    Kind(
        "nlb-feature",
        (SectionName.NLB_FEATURES,),
        _is_feature,
        _read_feature,
        owner=("Server",),
        made_there=True,
    ),
    Kind(
        "nlb-cluster",
        (SectionName.NLB_CLUSTERS,),
        either(
            typed("NetworkLoadBalancingClusters.PowerShell.Cluster"),
            having("IPAddress", "SubnetMask", "Mode"),
            having("ClusterName", "ClusterIPAddress"),
        ),
        _read_cluster,
        owner=("Server",),
        made_there=True,
        may_be_empty=True,
    ),
    Kind(
        "nlb",
        (SectionName.NLB_NODES,),
        either(
            typed("NetworkLoadBalancingClusters.PowerShell.Node"),
            having("Name", "InterfaceName", "HostPriority"),
            having("Name", "InterfaceName", "State"),
        ),
        _read_node,
        owner=("Server",),
        made_there=True,
        may_be_empty=True,
    ),
)
