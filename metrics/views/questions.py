"""What is often asked. The answer to each stands in the template of its name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One question; its name is its anchor on the page."""

    name: str
    words: str

    @property
    def template(self) -> str:
        return f"metrics/knowledge/questions/_{self.name.replace('-', '_')}.html"


@dataclass(frozen=True)
class Group:
    """Questions about one thing."""

    name: str
    title: str
    questions: tuple[Question, ...]


QUESTIONS = (
    Group(
        "counting",
        "What is counted",
        (
            Question("live-birth", "What counts as a live birth?"),
            Question("zero", "Zero, missing, closed: what is the difference?"),
            Question("missing-month", "What happens when a month is missing?"),
            Question("more-deaths", "Can there be more deaths than births?"),
            Question("groups", "Can figures be split by sex or other groups?"),
            Question("changed", "Why did my figure change?"),
        ),
    ),
    Group(
        "rates",
        "Rates and intervals",
        (
            Question("average", "Why are the rates of sites not averaged?"),
            Question("interval", "What does the interval mean?"),
            Question("twelve", "Why twelve months, and not one?"),
            Question("maternal", "Why is maternal mortality stated per 100,000?"),
            Question("benchmarks", "May I compare my program with a country?"),
        ),
    ),
    Group(
        "verdicts",
        "Verdicts",
        (
            Question("not-certain", "Why does the page say “not yet certain”?"),
            Question("twenty", "Why does a verdict need 20 deaths?"),
            Question("whole-numbers", "How is a target judged in whole numbers?"),
            Question("cause", "Does it prove that the program worked?"),
            Question("comparison", "What is a comparison site?"),
            Question("contract", "Why is the contract locked?"),
        ),
    ),
    Group(
        "people",
        "People and data",
        (
            Question("who-sees", "Who sees what?"),
            Question("approve", "Who approves a report?"),
            Question("take-out", "How do I take the data out?"),
        ),
    ),
)
