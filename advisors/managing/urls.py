from django.urls import path

from advisors.managing import views, views_figures, views_hooks, views_hours, views_partners, views_people

app_name = "manage"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("failed/", views.failed_list, name="failed"),
    path("failed/<int:pk>/retry/", views.failed_retry, name="retry"),
    path("failed/<int:pk>/close/", views.failed_close, name="close"),
    path("figures/", views_figures.home, name="figures"),
    path("figures/report/", views_figures.funders, name="figures_report"),
    path("figures/<slug:name>.csv", views_figures.sheet, name="figures_csv"),
    path("hours/", views_hours.home, name="hours"),
    path("hours/week/", views_hours.week, name="hours_week"),
    path("hours/close/", views_hours.close, name="hours_close"),
    path("hours/open/", views_hours.reopen, name="hours_open"),
    path("hours/stranded/", views_hours.move_stranded, name="hours_stranded"),
    path("invitations/", views.invitations, name="invitations"),
    path("invitations/<int:pk>/send/", views.resend, name="resend"),
    path("invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("languages/", views.languages_list, name="languages"),
    path("languages/<slug:code>/on/", views.language_on, name="language_on"),
    path("languages/<slug:code>/off/", views.language_off, name="language_off"),
    path("partners/", views_partners.listed, name="partners"),
    path("partners/new/", views_partners.new, name="partner_new"),
    path("partners/<uuid:pk>/", views_partners.home, name="partner"),
    path("partners/<uuid:pk>/end/", views_partners.end, name="partner_end"),
    path("partners/<uuid:pk>/take-up/", views_partners.take_up, name="partner_take_up"),
    path("partners/<uuid:pk>/rules/", views_partners.rules, name="partner_rules"),
    path("partners/<uuid:pk>/look/", views_partners.look, name="partner_look"),
    path("partners/<uuid:pk>/once/", views_partners.shown_once, name="partner_once"),
    path("partners/<uuid:pk>/keys/", views_partners.key, name="partner_key"),
    path("partners/<uuid:pk>/keys/<uuid:key>/revoke/", views_partners.key_revoke, name="partner_revoke"),
    path("partners/<uuid:pk>/webhooks/", views_hooks.add, name="partner_hook_add"),
    path("partners/<uuid:pk>/webhooks/<uuid:hook>/", views_hooks.home, name="partner_hook"),
    path("partners/<uuid:pk>/webhooks/<uuid:hook>/secret/", views_hooks.change_secret, name="partner_secret"),
    path("partners/<uuid:pk>/webhooks/<uuid:hook>/former/", views_hooks.end_former, name="partner_former"),
    path("partners/<uuid:pk>/webhooks/<uuid:hook>/resume/", views_hooks.resume, name="partner_resume"),
    path("partners/<uuid:pk>/webhooks/<uuid:hook>/remove/", views_hooks.remove, name="partner_hook_remove"),
    path("partners/<uuid:pk>/webhooks/<uuid:hook>/<int:row>/", views_hooks.send_again, name="partner_send_again"),
    path("people/", views_people.listed, name="people"),
    path("people/<uuid:pk>/", views_people.person, name="person"),
    *(
        path(f"people/<uuid:pk>/{part}/", views_people.change, {"part": part}, name=f"person_{part}")
        for part in ("who", "role", "age", "checks", "work")
    ),
    path("people/<uuid:pk>/leave/", views_people.leave, name="leave"),
    path("words/", views.words_list, name="words"),
    path("words/<uuid:pk>/accept/", views.word_accept, name="word_accept"),
    path("words/<uuid:pk>/refuse/", views.word_refuse, name="word_refuse"),
]
