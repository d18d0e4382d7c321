"""All benchmarks, one after the other."""

from benchmarks import cycle, facts

print("Facts\n")
facts.main([])
print("\nThe watch cycle\n")
cycle.run()
