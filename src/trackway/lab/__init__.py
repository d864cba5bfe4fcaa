"""The lab: evidence with a known truth.

`world` simulates what happens on a host, `witness` writes down what each source would keep of it, `write`
puts that into the files in which Windows and its exporters keep it. The simulation opens no socket, reads
no clock and names only reserved example domains and documentation addresses, perdu.com and
208.97.177.124 of the seed aside.
"""
