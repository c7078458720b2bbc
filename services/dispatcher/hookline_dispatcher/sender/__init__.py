"""HTTP to receivers: whom a request may reach, how it leaves, what is taken of the answer.

Nothing else in the suite opens a connection to a receiver. What always holds here: a connection goes to an address that
the guard has checked and to no other, every exchange ends at its deadline, memory per answer is bounded, and what the
network or the receiver does comes back as a value, never as an exception.
"""
