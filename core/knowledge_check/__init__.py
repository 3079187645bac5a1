"""What could go wrong with the articles, told before customers meet it."""

from core.knowledge_check.findings import RULES, Finding, Rule, Severity
from core.knowledge_check.folder import Report, check

__all__ = ["RULES", "Finding", "Report", "Rule", "Severity", "check"]
