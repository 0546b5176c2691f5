"""What each kind of outbox row does: kind → dotted handler. One test resolves every line."""

HANDLERS = {
    "answer-ready": "questions.intake.notices.something_new",
    "clarification": "questions.intake.notices.something_new",
    "late": "questions.intake.notices.something_new",
    "staff-notice": "advisors.notices.digest",
    "red-question": "advisors.notices.red_question",
    "red-quarantine": "advisors.notices.red_quarantine",
    "safety-report": "advisors.notices.safety_report",
    "escalated": "advisors.notices.escalated",
    "concern": "advisors.notices.concern",
    "nobody-reads-staff": "advisors.notices.nobody_reads_staff",
    "language-off": "advisors.notices.language_off",
    "safeguarding-case": "advisors.notices.safeguarding_case",
    "safeguarding-check": "advisors.notices.safeguarding_check",
    "glass-broken": "advisors.notices.glass_broken",
    "support-call": "advisors.notices.support_call",
    "staff-alert": "advisors.notices.alert",
    "invitation": "advisors.notices.invitation",
    "guardian-request": "advisors.letters.guardian_request",
    "password-reset": "advisors.notices.password_reset",
    "webhook": "questions.partners.hooks.told",
}
