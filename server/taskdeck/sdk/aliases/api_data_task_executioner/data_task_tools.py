from taskdeck.sdk.duft import *
