"""申請処理: from the resident's press of the button to the reply. Read journey.py first."""
