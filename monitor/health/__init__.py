"""How the service is, for people and for machines. It looks and advises; it mends nothing.

status    one moment: what was polled, what is due, what waits, and what is wrong with that
metrics   the same for Prometheus
doctor    the surroundings: config, network, mail server, clock, versions, permissions, disk
"""

from monitor.health.doctor import Finding, Level, examined
from monitor.health.metrics import metrics
from monitor.health.status import NextEdition, Status, notices, problems, status_of

__all__ = ["Finding", "Level", "NextEdition", "Status", "examined", "metrics", "notices", "problems", "status_of"]
