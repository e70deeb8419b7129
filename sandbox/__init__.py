"""偽の外部: real servers on the loopback interface that play the portal and the core system, and fail on demand."""
