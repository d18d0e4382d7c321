"""What a number is an amount of: money, per cent, measures, ages, ranges, scores, counts (`read`, in that order)."""
