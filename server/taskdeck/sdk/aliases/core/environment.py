from taskdeck.sdk.duft import Environment

__all__ = ["Environment"]
