"""The lab: a real directory, real DNS and real TLS on loopback for the end-to-end tests.

A test below this folder asks for the fixture ``lab`` and gets everything running:
``lab.directory`` (Samba as a domain controller with the Exchange schema), ``lab.names`` (NSD for
the inside and the outside view, and resolvers that misbehave), ``lab.clients`` (Client Access
servers behind HAProxy) and ``lab.zoo`` (one TLS endpoint for each quirk). Proxies in front of the
controller record (``lab.recorder()``), limit as Windows does (``lab.windows_limits()``) or fail
(``faults.FaultProxy``). By hand: ``python -m tests.lab up``, ``status``, ``down``.

Nothing here knows the product.
"""
