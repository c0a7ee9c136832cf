"""Which of two prompt versions or models drafts better: fixed questions through the same Drafter, scored, compared
question by question, with intervals."""

from drafter.evaluation.compare import Comparison, ComparisonLine, compare, compare_named, open_run
from drafter.evaluation.eval_set import EvalItem, EvalSet, load_eval_set
from drafter.evaluation.report import (
    Table,
    comparison_table,
    notices,
    report_data,
    report_html,
    summary_table,
    write_html,
    write_json,
)
from drafter.evaluation.run import Arm, ArmRun, EvalRun, ItemResult, make_arms, run_evaluation
from drafter.evaluation.scorers import SCORERS, Score, Scorer

__all__ = [
    "SCORERS",
    "Arm",
    "ArmRun",
    "Comparison",
    "ComparisonLine",
    "EvalItem",
    "EvalRun",
    "EvalSet",
    "ItemResult",
    "Score",
    "Scorer",
    "Table",
    "compare",
    "compare_named",
    "comparison_table",
    "load_eval_set",
    "make_arms",
    "notices",
    "open_run",
    "report_data",
    "report_html",
    "run_evaluation",
    "summary_table",
    "write_html",
    "write_json",
]
