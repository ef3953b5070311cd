"""What the gate would say of a draft if it were sent as it stands: matched and validated in private, not loaded.

The same steps as a run, bound by the same decisions. The store is asked, and keeps its blocking keys in order as it
does for any batch; nothing of the draft goes into it.
"""

from dataclasses import dataclass

from pipeline import batch_steps, gate_release, loading
from pipeline.draft_check import dry_run
from pipeline.drafts import Draft
from pipeline.settings import Settings
from store.engine import Store


@dataclass(frozen=True)
class Verdict:
    """What the gate says: the expectations that would stop the batch, each with the number of values that break it.

    `entries` and `files` tell of which state of the draft.
    """

    entries: int
    files: int
    stops: tuple[tuple[str, int], ...]
    persons: int

    @property
    def passes(self) -> bool:
        """Would the batch be let in?"""
        return not self.stops


def verdict(draft: Draft, settings: Settings, store: Store) -> Verdict:
    """What the gate would say. Raises UsageError as `draft_check.check`; StoreUnavailable."""
    entries, files = len(draft.entries), len(draft.originals)
    with dry_run(draft, settings, store, draft.replayed) as (made, _):
        batch_steps.match_records(made, store)
        batch_steps.survive(made, store)
        batch_steps.validate_batch(made, loading.batch_facts(made))
        stopping, _ = gate_release.stop_rules(made, store)
        broken = gate_release.broken_of(made.steps.finished("validate_batch").facts["validation"])
        persons = made.steps.finished("survive").tables["golden_persons"]
    return Verdict(entries, files, tuple((b.rule_id, b.unexpected) for b in broken if b.rule_id in stopping), persons)
