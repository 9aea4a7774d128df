"""How well rules find what a careful reader finds: the labelled texts, our rules on them beside four simpler
methods, and every error by its kind. `python -m benchmarks evaluation` prints what docs/evaluation.md quotes.

    labels     the texts, who labelled them how, which were for tuning and which held out
    headlines  the two topics of config.example.toml, on headlines written for them
    polls      recorded items of real feeds
    methods    ours and its rivals
    figures    precision, recall, F1, intervals, kappa
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.evaluation import headlines
from benchmarks.evaluation.figures import RESAMPLES, Score, intervals, score_of, total
from benchmarks.evaluation.labels import (
    FLAGSHIPS,
    FOLDER,
    HELD_OUT,
    SECOND_HELD_OUT,
    TOPICS,
    Pool,
    agreement_table,
    agreements,
    disputed,
    held_out_texts,
    is_for_tuning,
    labelled_texts,
    labels_in,
    lines_of,
    plain_table,
)
from benchmarks.evaluation.methods import METHODS, Method, Rules, ours, rules_in
from benchmarks.evaluation.polls import ARCHIVES, labelled_polls, poll_documents
from benchmarks.measure import table

STAGES = {
    "first": "topics.first.toml",
    "tuned": "topics.toml",
    "revised": "topics.revised.toml",
    "final": "topics.final.toml",
}
"""Rules before any text was seen; after those of the tuning half; after all errors of both halves were read; after
those of the first texts held out were read, too.
"""

POOLED = "all topics"
HEAD = ("topic", "method", "right", "wrong", "missed", "precision", "recall", "F1")

Outcomes = Mapping[str, Sequence[Score]]
"""By topic, one entry a text in the order of the pool."""


def outcomes(method: Method, rules: Rules, pool: Pool, topics: Sequence[str] = TOPICS) -> Outcomes:
    """How the method does, topic by topic, and with all topics added up under `POOLED` (micro-average)."""
    held = method(rules, list(pool.documents.values()))
    each: dict[str, Sequence[Score]] = {
        topic: [
            score_of(number in held[topic], topic in pool.labels[name]) for number, name in enumerate(pool.documents)
        ]
        for topic in topics
    }
    return each | {POOLED: [total(scores) for scores in zip(*each.values(), strict=True)]}


def report(resamples: int = RESAMPLES, archives: Path = ARCHIVES) -> str:
    """All tables as Markdown; those of the recorded polls only if their folder is there."""
    texts = labelled_texts()
    rules = {stage: rules_in(FOLDER / file) for stage, file in STAGES.items()}
    tuning, reporting = halves(texts)
    parts = [
        *_labels_told(),
        "### Our rules: as first written, as tuned, and after all errors were read",
        stages_table(rules, {"tuning": tuning, "reporting": reporting, "both": texts}),
        f"### Beside simpler methods: tuned rules, the {len(reporting.documents)} texts of the reporting half",
        methods_table(rules["tuned"], reporting, resamples),
    ]
    for stage in ("tuned", "revised"):
        parts.append(f"### Beside simpler methods: {stage} rules, all {len(texts.documents)} texts, topics added up")
        parts.append(methods_table(rules[stage], texts, resamples, shown=(POOLED,)))
    for stage in ("tuned", "revised"):
        parts += [f"### Errors of the {stage} rules", errors_table(rules[stage], texts)]
    parts += _first_held_out_told(rules, reporting, resamples)
    seen = texts + held_out_texts()
    parts.append(f"### Beside simpler methods: final rules, the {len(seen.documents)} texts whose errors were read")
    parts.append(methods_table(rules["final"], seen, resamples, shown=(POOLED,)))
    parts += _second_held_out_told(rules, resamples)
    parts += headlines.told(rules["final"])
    return "\n\n".join((*parts, *_polls_told(rules["final"], resamples, archives)))


def halves(texts: Pool) -> tuple[Pool, Pool]:
    """The half that rules were tuned on, and the half that is reported."""
    names = texts.documents.keys()
    return texts.only(filter(is_for_tuning, names)), texts.only(name for name in names if not is_for_tuning(name))


def _labels_told() -> Iterator[str]:
    first, second = labels_in(FOLDER / "labels_a.jsonl"), labels_in(FOLDER / "labels_b.jsonl")
    yield "### Two labellers"
    yield agreement_table(agreements(first, second))
    yield f"Disputed pairs of text and topic: {len(disputed(first, second))}."


def stages_table(rules: Mapping[str, Rules], pools: Mapping[str, Pool]) -> str:
    """Precision, recall and F1 of ours at each stage on each half."""
    found = {(stage, half): outcomes(ours, rules[stage], pool) for stage in rules for half, pool in pools.items()}
    rows = [
        [topic, half, *(figure for stage in rules for figure in _plain_figures(total(found[stage, half][topic])))]
        for topic in (*TOPICS, POOLED)
        for half in pools
    ]
    return table(["topic", "half", *(f"{stage} {what}" for stage in rules for what in ("P", "R", "F1"))], rows)


def _plain_figures(score: Score) -> list[str]:
    return [f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}"]


def methods_table(
    rules: Rules, pool: Pool, resamples: int, *, topics: Sequence[str] = TOPICS, shown: Sequence[str] = ()
) -> str:
    """Every method on every topic (or on those `shown`), with 95 % intervals."""
    found = {name: outcomes(method, rules, pool, topics) for name, method in METHODS.items()}
    return table(
        HEAD,
        [
            [topic, name, *figures_row(found[name][topic], resamples)]
            for topic in shown or (*topics, POOLED)
            for name in METHODS
        ],
    )


def figures_row(scores: Sequence[Score], resamples: int) -> list[str]:
    whole = total(scores)
    figures = zip((whole.precision, whole.recall, whole.f1), intervals(scores, resamples), strict=True)
    told = [f"{value:.3f} [{low:.2f}–{high:.2f}]" for value, (low, high) in figures]
    return [*map(str, (whole.true, whole.false, whole.missed)), *told]


def errors(rules: Rules, pool: Pool) -> list[tuple[str, str, str]]:
    """Text, topic, and "missed" or "wrong", of all that our rules get wrong."""
    found = outcomes(ours, rules, pool)
    return [
        (name, topic, "missed" if score.missed else "wrong")
        for topic in TOPICS
        for name, score in zip(pool.documents, found[topic], strict=True)
        if score.missed or score.false
    ]


def errors_table(rules: Rules, texts: Pool, folder: Path = FOLDER) -> str:
    """Each error with the class that a reader gave it in errors.jsonl of the folder."""
    known = {(line["id"], line["topic"]): line for line in lines_of(folder / "errors.jsonl")}
    rows = []
    for name, topic, kind in errors(rules, texts):
        line = known.get((name, topic), {"class": "not classed", "note": ""})
        rows.append([line["class"], kind, topic, name, texts.documents[name].title, line["note"]])
    return plain_table(["class", "error", "topic", "text", "title", "why"], sorted(rows))


def _first_held_out_told(rules: Mapping[str, Rules], reporting: Pool, resamples: int) -> Iterator[str]:
    """The revised rules on texts written after them; then all texts on which the tuned ones are blind."""
    texts = held_out_texts()
    unseen = reporting + texts
    yield "### On texts written after the revised rules"
    yield f"{len(texts.documents)} texts. Our rules:"
    yield stages_table(rules, {"neither": texts})
    yield "Beside simpler methods, revised rules:"
    yield methods_table(rules["revised"], texts, resamples)
    yield "The same with the first rules:"
    yield methods_table(rules["first"], texts, resamples, shown=(POOLED,))
    yield f"Tuned rules, the reporting half and these, {len(unseen.documents)} texts:"
    yield methods_table(rules["tuned"], unseen, resamples, shown=(POOLED,))
    yield "Errors of the revised rules:"
    yield errors_table(rules["revised"], texts, HELD_OUT)


def _second_held_out_told(rules: Mapping[str, Rules], resamples: int) -> Iterator[str]:
    """The only figures of the final rules that say what to expect."""
    texts = held_out_texts(SECOND_HELD_OUT)
    yield "### On texts that no rule was changed for"
    yield f"{len(texts.documents)} texts. Our rules:"
    yield stages_table(rules, {"neither": texts})
    yield "Beside simpler methods, final rules:"
    yield methods_table(rules["final"], texts, resamples)
    yield "The same with the first rules:"
    yield methods_table(rules["first"], texts, resamples, shown=(POOLED,))
    yield "Errors of the final rules:"
    yield errors_table(rules["final"], texts, SECOND_HELD_OUT)


def _polls_told(rules: Rules, resamples: int, archives: Path) -> Iterator[str]:
    """The two flagship topics on recorded polls: what each method flags there, and figures for what was labelled."""
    yield "### Recorded polls"
    documents = poll_documents(archives)
    if not documents:
        yield f"Left out: {archives.name} is not beside the project."
        return
    flagships = Rules(topics=[topic for topic in rules.topics if topic.name in FLAGSHIPS], lists=rules.lists)
    flagged = {name: method(flagships, list(documents.values())) for name, method in METHODS.items()}
    pool = labelled_polls(documents)
    positive = sum(map(len, pool.labels.values()))
    hits = sum(map(len, flagged["ours"].values()))
    yield f"{len(documents):,} items, {len(pool.documents)} of them read by hand. {_positives_told(positive, hits)}"
    yield table(
        ["flagged", *METHODS], [[topic, *(str(len(held[topic])) for held in flagged.values())] for topic in FLAGSHIPS]
    )
    if positive:
        yield methods_table(flagships, pool, resamples, topics=FLAGSHIPS)


def _positives_told(positive: int, hits: int) -> str:
    """In place of figures that would be divided by nothing."""
    if positive:
        return f"{positive} are about one of the two topics."
    return f"No article about either topic; hits {hits}; misses among those read 0."
