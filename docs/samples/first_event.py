"""Tells Bestendig of a placement and its contract over Kafka, and waits for what became of both.

    pip install confluent-kafka
    KAFKA_BROKERS=127.0.0.1:9092 python3 first_event.py
"""

import datetime
import json
import os
import time

from confluent_kafka import Consumer, Producer

BROKERS = os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092")
FACTS = os.environ.get("HR_FACTS_TOPIC", "bestendig.hr-facts.v1")
OUTCOMES = os.environ.get("HR_OUTCOMES_TOPIC", "bestendig.hr-outcomes.v1")
# Your organisation (OIN) and system. With the id it names a message for ever.
SOURCE = "urn:nld:oin:00000001003214345000:systeem:hr"
# Your key of the employment. A number of nine digits wants a letter before it: it could be taken for a BSN.
EMPLOYMENT = f"E-{int(time.time() * 1000)}"


def event(message_id, short_type, data):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": message_id,
        "ce_source": SOURCE,
        "ce_type": f"nl.bestendig.hr.{short_type}.v1",
        "ce_time": now,
    }
    return headers, json.dumps({"employment": EMPLOYMENT, **data})


MESSAGES = [
    event(f"{EMPLOYMENT}-1", "placement-registered", {
        "person": f"P-{EMPLOYMENT}", "effectiveDate": "2024-03-01", "employer": "kvk:12345678", "sector": "gemeenten",
        "region": "AM13", "hoursPerWeek": 25.5, "arrangement": "ownEmployment", "postOrigin": "jobcarving",
        "aboveFormation": True, "budget": "central", "registrationKind": "newJob", "inTargetGroup": "yes",
    }),
    event(f"{EMPLOYMENT}-2", "contract-signed", {
        "effectiveDate": "2024-03-01", "form": "arbeidsovereenkomst", "plannedEnd": "2025-02-28",
    }),
]

consumer = Consumer({
    "bootstrap.servers": BROKERS, "group.id": f"first-event-{EMPLOYMENT}", "auto.offset.reset": "earliest",
})
consumer.subscribe([OUTCOMES])
# A message is sent once, however often the network makes us try.
producer = Producer({"bootstrap.servers": BROKERS, "enable.idempotence": True})
for headers, value in MESSAGES:
    producer.produce(FACTS, key=EMPLOYMENT, value=value, headers=headers)
producer.flush()

waiting = {headers["ce_id"] for headers, _ in MESSAGES}
while waiting:
    message = consumer.poll(1.0)
    if message is None or message.error():
        continue
    told = json.loads(message.value())
    if told["outcome"] is not None and told["messageId"] in waiting:
        waiting.remove(told["messageId"])
        print(f"{told['messageId']}: {told['outcome']}" + (f" ({told['reason']})" if told["reason"] else ""))
consumer.close()
