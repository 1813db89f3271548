package com.example;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** An application that knows nothing of the product: it prints what Spring Boot made of it. */
@SpringBootApplication
public class Host {
  public static void main(String[] args) throws Exception {
    try (ConfigurableApplicationContext context = SpringApplication.run(Host.class, args)) {
      for (String name : context.getBeanDefinitionNames()) {
        Class<?> type = context.getType(name);
        // A class made at run time has a different name each time.
        String typeName = type == null ? "?" : type.getName().replaceAll("\\$\\$.*", "");
        System.out.println("bean " + name + " " + typeName);
      }
      context
          .getBean(JdbcTemplate.class)
          .queryForList(
              "select table_schema || '.' || table_name from information_schema.tables"
                  + " where table_schema not in ('pg_catalog', 'information_schema')",
              String.class)
          .forEach(table -> System.out.println("table " + table));
      LoggingSystem logging = LoggingSystem.get(Host.class.getClassLoader());
      System.out.println("logging " + logging.getClass().getName());
      logging
          .getLoggerConfigurations()
          .forEach(logger -> {
            if (logger.getConfiguredLevel() != null) {
              System.out.println("logger " + logger);
            }
          });
      for (String library : new String[] {"com.fasterxml.jackson", "tools.jackson"}) {
        mappers(context, library);
      }
    }
  }

  private static void mappers(ConfigurableApplicationContext context, String library)
      throws Exception {
    Class<?> type;
    try {
      type = Class.forName(library + ".databind.ObjectMapper");
    } catch (ClassNotFoundException e) {
      return;
    }
    Map<String, Object> sample = new TreeMap<>();
    sample.put("at", Instant.EPOCH);
    sample.put("maybe", Optional.of(1));
    sample.put("row", new Row("a", null));
    for (Map.Entry<String, ?> mapper : context.getBeansOfType(type).entrySet()) {
      Object json = type.getMethod("writeValueAsString", Object.class).invoke(mapper.getValue(), sample);
      System.out.println("mapper " + mapper.getKey() + " " + json);
    }
  }

  public record Row(String firstName, String lastName) {}
}
