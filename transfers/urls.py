"""All addresses of the product."""

app_name = "transfers"
urlpatterns: list[object] = []
