"""職員・役割・権限: a signed-in person in; what that person may see and do out. Denied unless granted."""
