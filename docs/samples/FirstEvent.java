// Tells Bestendig of a placement and its contract over Kafka, and waits for what became of both.
//   KAFKA_BROKERS=127.0.0.1:9092 java -cp 'kafka-clients and slf4j-api' FirstEvent.java
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class FirstEvent {
  static final String BROKERS = System.getenv().getOrDefault("KAFKA_BROKERS", "127.0.0.1:9092");
  static final String FACTS = System.getenv().getOrDefault("HR_FACTS_TOPIC", "bestendig.hr-facts.v1");
  static final String OUTCOMES = System.getenv().getOrDefault("HR_OUTCOMES_TOPIC", "bestendig.hr-outcomes.v1");
  // Your organisation (OIN) and system. With the id it names a message for ever.
  static final String SOURCE = "urn:nld:oin:00000001003214345000:systeem:hr";
  // Your key of the employment. A number of nine digits wants a letter before it: it could be taken for a BSN.
  static final String EMPLOYMENT = "E-" + System.currentTimeMillis();

  static ProducerRecord<String, String> event(String id, String type, String fields) {
    var record = new ProducerRecord<>(FACTS, EMPLOYMENT, "{\"employment\":\"" + EMPLOYMENT + "\"," + fields + "}");
    Map.of("content-type", "application/json", "ce_specversion", "1.0", "ce_id", id, "ce_source", SOURCE,
            "ce_type", "nl.bestendig.hr." + type + ".v1", "ce_time", Instant.now().toString())
        .forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
    return record;
  }

  public static void main(String[] args) throws Exception {
    var sending = new Properties();
    sending.put("bootstrap.servers", BROKERS);
    // A message is sent once, however often the network makes us try.
    sending.put("enable.idempotence", "true");
    var reading = new Properties();
    reading.put("bootstrap.servers", BROKERS);
    reading.put("group.id", "first-event-" + EMPLOYMENT);
    reading.put("auto.offset.reset", "earliest");
    Set<String> waiting = new HashSet<>(Set.of(EMPLOYMENT + "-1", EMPLOYMENT + "-2"));
    try (var producer = new KafkaProducer<>(sending, new StringSerializer(), new StringSerializer());
        var consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(OUTCOMES));
      producer.send(event(EMPLOYMENT + "-1", "placement-registered",
          "\"person\":\"P-" + EMPLOYMENT + "\",\"effectiveDate\":\"2024-03-01\",\"employer\":\"kvk:12345678\",\"sector\":\"gemeenten\","
              + "\"region\":\"AM13\",\"hoursPerWeek\":25.5,\"arrangement\":\"ownEmployment\",\"postOrigin\":\"jobcarving\","
              + "\"aboveFormation\":true,\"budget\":\"central\",\"registrationKind\":\"newJob\",\"inTargetGroup\":\"yes\"")).get();
      producer.send(event(EMPLOYMENT + "-2", "contract-signed",
          "\"effectiveDate\":\"2024-03-01\",\"form\":\"arbeidsovereenkomst\",\"plannedEnd\":\"2025-02-28\"")).get();
      // With the JSON library of your choice; here a pattern does.
      var told = Pattern.compile("\"messageId\":\"([^\"]+)\",\"outcome\":\"([^\"]+)\"");
      while (!waiting.isEmpty()) {
        for (var message : consumer.poll(Duration.ofSeconds(1))) {
          Matcher found = told.matcher(message.value());
          if (found.find() && waiting.remove(found.group(1))) System.out.println(found.group(1) + ": " + found.group(2));
        }
      }
    }
  }
}
