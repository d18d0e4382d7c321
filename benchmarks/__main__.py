"""The quick benchmarks, one after the other."""

from benchmarks import cycle, facts

print("Facts and changes\n")
facts.run()
print("\nThe watch cycle\n")
cycle.run()
print(
    "\nBy name, as they take minutes: python -m benchmarks.day (a simulated day), python -m benchmarks.pace (delays), "
    "python -m benchmarks.compare (the compare page), python -m benchmarks.stories (a story of a thousand articles), "
    "python -m benchmarks.pages (every page at a million versions), python -m benchmarks.deliveries (10,000 that wait)"
)
