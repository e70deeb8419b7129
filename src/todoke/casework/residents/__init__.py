"""Holds copies of resident records and who is protected, for comparison and masking（住民記録の写しと支援措置）."""
