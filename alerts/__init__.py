"""Alerts: who is told which changes, and how it arrives. Knows nothing of fetching or of facts.

event.py        what happened to one Article, as the monitor hands it over                    (pure)
rules.py        which Changes a Rule picks                                                    (pure)
payload.py      what an Alert says, complete in itself: wording.py in few words,
                marks.py which words differ                                                   (pure)
outbox.py       Alerts and Deliveries, written in the transaction of the Changes
deliver.py      the loop: claim, send, record, try again (backoff.py), give up visibly
channels/       email/ and webhook/: one method that sends; registry.py adds and tries them
rulebook.py     Rules added and removed by people        replay.py   a Delivery sent again by hand
"""
