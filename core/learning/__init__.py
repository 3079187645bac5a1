"""From a resolved case to a draft article and a question for the evaluation file, for a person to review."""

from core.learning.drafts import Drafts
from core.learning.material import Material, material_of
from core.learning.writing import Draft, assembled, file_of, question_of, read, task_of

__all__ = [
    "Draft",
    "Drafts",
    "Material",
    "assembled",
    "file_of",
    "material_of",
    "question_of",
    "read",
    "task_of",
]
