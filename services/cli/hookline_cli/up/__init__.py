"""`hookline up`: starts each service as a child process and watches over them, on one machine."""
