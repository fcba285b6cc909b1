from django.apps import AppConfig


class AdminTheme(AppConfig):
    """The theme's app, with our own site in place of its one."""

    name = "unfold"
    default = False

    def ready(self) -> None:
        from django.contrib import admin  # noqa: PLC0415 -- the apps must be loaded first
        from django.contrib.admin import sites  # noqa: PLC0415

        from config import checks  # noqa: F401, PLC0415 -- registers them
        from config.site import SwitchyardSite  # noqa: PLC0415
        from config.watch.outside import start_watching  # noqa: PLC0415

        start_watching()
        admin.site = sites.site = SwitchyardSite()
