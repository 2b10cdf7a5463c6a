def run(*a,**k): return True
