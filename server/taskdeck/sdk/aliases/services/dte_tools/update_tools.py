from taskdeck.sdk.update_tools import *
