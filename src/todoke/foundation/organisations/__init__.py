"""団体と組織: codes and names in; bodies, sections and their references out."""
