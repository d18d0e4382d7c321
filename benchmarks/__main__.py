"""All benchmarks, one after the other."""

from benchmarks import cycle, facts

print("Facts and changes\n")
facts.run()
print("\nThe watch cycle\n")
cycle.run()
