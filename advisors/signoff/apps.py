from django.apps import AppConfig

WRITER = "(SELECT writer_id FROM drafting_draftversion WHERE id = NEW.version_id)"


class SignoffConfig(AppConfig):
    name = "advisors.signoff"
    verbose_name = "sign-off"

    def ready(self) -> None:
        from advisors.signoff import checks  # noqa: F401  (checks register on import)
        from advisors.signoff.models import Approval, Wording
        from askpeer import triggers

        # The row's own CHECK keeps its two people apart; this keeps its writer true to the version.
        for act in ("insert", "update"):
            triggers.refuse(
                Approval,
                act,
                when=f"NEW.writer_id <> {WRITER} OR NEW.approver_id = {WRITER}",
                says="nobody approves their own words",
            )
        both = "OLD.approver_id IS NOT NULL AND NEW.approver_id IS NOT NULL"
        changed = f"{both} AND NOT (OLD.text {{same}} NEW.text)"
        triggers.refuse(Wording, "update", when=changed, says="a changed sentence needs a second person again")
