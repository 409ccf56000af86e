"""What is handed in: documents from a case, in Word and PDF."""
