"""Payment providers: the contract, the data that crosses it, and where to find one."""
