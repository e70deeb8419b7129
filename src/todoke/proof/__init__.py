"""Pure verification of what arrives: containers, XML, file kinds, signatures, certificates（純粋な検証）."""
