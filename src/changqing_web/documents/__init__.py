"""申报材料: drafted, filled in where they stand, edited in Word, stamped, made."""
