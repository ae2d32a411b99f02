"""Words that depend on the platform the evidence names; nothing is said of a platform that is not named."""

from msgspec import Struct

from haproof.core.figures import cut


class Platform(Struct, frozen=True):
    """How one platform is called in titles, and what its figures do not stand for: in one line (`scope`), and
    in the lines of the topology (`note`)."""

    cluster: str
    replication: str
    scope: str
    note: tuple[str, ...]


NOT_RECORDED = "not recorded"

_ELSEWHERE = "not representative of cloud VM or multi-region deployments"

_KNOWN = {
    "docker": Platform(
        "Docker two-node cluster",
        "Docker primary + standby",
        f"one machine, Docker: {_ELSEWHERE}",
        (
            "All timing figures are from controlled local Docker runs.",
            "Results are NOT representative of cloud VM or multi-region deployments.",
        ),
    ),
    "local-processes": Platform(
        "local processes on one machine",
        "local primary + standby",
        f"one machine: {_ELSEWHERE}",
        (
            "All timing figures are from local processes on one machine.",
            "Results are NOT representative of cloud VM or multi-region deployments.",
        ),
    ),
    "network-namespaces": Platform(
        "network namespaces on one machine",
        "primary + standby in network namespaces",
        f"one machine: {_ELSEWHERE}",
        (
            "All timing figures are from network namespaces on one machine.",
            "Results are NOT representative of cloud VM or multi-region deployments.",
        ),
    ),
}


def platform_words(platform: str | None) -> Platform:
    """The words for the recorded platform; for an unknown one its own name, for none `not recorded`."""
    if platform is None:
        words = "platform not recorded"
        said = "The platform is not recorded; the figures apply only where they were taken."
        return Platform(words, words, "platform not recorded: of unknown reach", (said,))
    if platform in _KNOWN:
        return _KNOWN[platform]
    platform = cut(platform)
    return Platform(
        platform,
        platform,
        f"measured on {platform}: not representative of other platforms or topologies",
        (
            f"All timing figures are from {platform}, as tested.",
            "Results are NOT representative of other platforms or topologies.",
        ),
    )
