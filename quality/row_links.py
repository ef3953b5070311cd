"""Where in the folder of failing rows something stands: names of its files, and links from the counts of the report."""

from quality.failing_rows import Cause, RowIndex

INDEX = "index.html"


def folder_of(batch_id: str) -> str:
    """The name of the folder, beside the report."""
    return f"{batch_id}.rows"


def page_name(page: int) -> str:
    """The file of a page of rows."""
    return f"{page:06d}.html"


def rule_name(rule_id: str) -> str:
    """The file that lists the pages of a rule."""
    return f"rule.{rule_id}.html"


def anchor(cause: Cause) -> str:
    """Where on a page the rows of a cause begin."""
    return f"{cause.state}.{cause.rule_id}.{cause.field or 'row'}"


class Links:
    """Links from a report to its failing rows; empty where no row stands there, or nothing was kept of them."""

    def __init__(self, index: RowIndex | None, batch_id: str) -> None:
        self._folder = folder_of(batch_id)
        pages = index.pages if index else ()
        self._files = {file: n for n, file in enumerate(dict.fromkeys(p.file for p in pages), 1)}
        counted = [(p.file, c.cause) for p in pages for c in p.counts]
        self._rules = {cause.rule_id for _, cause in counted}
        self._told = {(file, cause.rule_id) for file, cause in counted}
        self._fields = {cause.field for _, cause in counted if cause.state == "in_review"}

    @property
    def index(self) -> str:
        """The index of the folder."""
        return f"{self._folder}/{INDEX}" if self._rules else ""

    def rule(self, rule_id: str) -> str:
        """The pages of a rule."""
        return f"{self._folder}/{rule_name(rule_id)}" if rule_id in self._rules else ""

    def in_file(self, file: str, rule_id: str) -> str:
        """The pages of a rule in a file."""
        return f"{self.rule(rule_id)}#f{self._files[file]}" if (file, rule_id) in self._told else ""

    def file(self, file: str) -> str:
        """The pages of a file."""
        return f"{self.index}#f{self._files[file]}" if file in self._files else ""

    def field(self, name: str) -> str:
        """The rules that want a field looked at."""
        return f"{self.index}#field-{name}" if name in self._fields else ""
