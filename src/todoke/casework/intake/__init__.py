"""取り込み: stored packages come in; they leave as verified applications, or in quarantine, or waiting, with reasons."""
