from django.urls import path

from . import changes_view, evidence_view, feeds, glossary_view, search_view, sitemaps, views

app_name = "articles"

urlpatterns = [
    path("", views.home, name="home"),
    path("conditions/", views.guide_list, {"subject": "condition"}, name="conditions"),
    path("conditions/<slug:slug>/", views.article, name="condition"),
    path("conditions/<slug:slug>/evidence/", evidence_view.evidence, name="evidence"),
    path("conditions/<slug:slug>/evidence.csv", evidence_view.evidence_file, name="evidence-file"),
    path("conditions/<slug:slug>/changes/", changes_view.changes, {"folder": "conditions"}, name="changes"),
    path("therapies/", views.guide_list, {"subject": "therapy"}, name="therapies"),
    path("therapies/<slug:slug>/", views.article, name="therapy"),
    path("therapies/<slug:slug>/changes/", changes_view.changes, {"folder": "therapies"}, name="therapy-changes"),
    path("blog/", views.article_list, name="blog"),
    path("blog/<slug:slug>/", views.article, name="article"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("people/<slug:slug>/", views.person, name="person"),
    path("search/", search_view.search, name="search"),
    path("glossary/", glossary_view.glossary_page, name="glossary"),
    path("contact/", views.contact, name="contact"),
    path("corrections/", views.corrections, name="corrections"),
    path("feeds/articles.xml", feeds.articles, name="feed"),
    path("feeds/studies.xml", feeds.studies, name="studies-feed"),
    path("feeds/corrections.xml", feeds.corrections, name="corrections-feed"),
    path("feeds/topics/<slug:slug>.xml", feeds.topic, name="topic-feed"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", sitemaps.sitemap_part, name="sitemap-part"),
    path("robots.txt", views.robots, name="robots"),
]

# Last of all patterns of the site: plain and service pages stand at the root.
plain_urlpatterns = [path("<slug:slug>/", views.article, name="plain")]
