def something():
    return "helper at work"
