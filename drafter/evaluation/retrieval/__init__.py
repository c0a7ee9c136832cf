"""How well past replies are found: on any set with a reply of its own for each question, with judgements or with
tags, measured beside what people would pick instead."""

from drafter.evaluation.retrieval.measuring import CONFIGURATIONS, DRAFTER, System, chosen, drafter_system
from drafter.evaluation.retrieval.peer import PEER, peer_system
from drafter.evaluation.retrieval.running import Run, run_system
from drafter.evaluation.retrieval.sets import Item, QueryText, load_items, load_qrels
from drafter.evaluation.retrieval.summary import comparison_table, quality_table, report_data, speed_table
from drafter.evaluation.retrieval.tasks import Query, Task, judged_task, own_reply_task, sampled, tag_task
from drafter.evaluation.retrieval.training import Training, train

__all__ = [
    "CONFIGURATIONS",
    "DRAFTER",
    "PEER",
    "Item",
    "Query",
    "QueryText",
    "Run",
    "System",
    "Task",
    "Training",
    "chosen",
    "comparison_table",
    "drafter_system",
    "judged_task",
    "load_items",
    "load_qrels",
    "own_reply_task",
    "peer_system",
    "quality_table",
    "report_data",
    "run_system",
    "sampled",
    "speed_table",
    "tag_task",
    "train",
]
