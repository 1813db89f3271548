package com.tatame.billing.mailservice;

import com.tatame.billing.mail.MailTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files that mails are made of: the shipped ones, and those of a folder that replace them. The
 * folder is read for each mail, so that a change needs no restart.
 */
final class TemplateFiles {
  /** What keys of texts begin with that name a feature; none is shipped. */
  static final String FEATURE = "feature.";

  /** What all templates are shown by that have no file of their own. */
  private static final String COMMON = "mail";

  private static final long MAX_SIZE = 1_000_000;
  private static final List<String> SHIPPED_LANGUAGES = List.of("en", "de", "pt");
  private static final Pattern TEXTS = Pattern.compile("texts_([a-z]{2,3})\\.properties");
  private static final Pattern TEMPLATE =
      Pattern.compile("([a-z_]+)(?:\\.([a-z]{2,3}))?\\.(?:html|txt)");
  private static final Set<String> TEMPLATES = Stream.concat(
          Stream.of(COMMON), Stream.of(MailTemplate.values()).map(MailTemplate::code))
      .collect(Collectors.toUnmodifiableSet());

  private static final Map<String, String> SHIPPED = new ConcurrentHashMap<>();
  private static final Map<String, Map<String, String>> SHIPPED_TEXTS = new ConcurrentHashMap<>();

  private final Optional<Path> folder;

  TemplateFiles(Optional<Path> folder) {
    this.folder = folder;
  }

  /** A file's name, for messages, and what it holds. */
  record Source(String name, String text) {}

  /** The nearest file: of template and language, of the template, of all templates. */
  Source template(MailTemplate template, String language, String extension) {
    List<String> names = List.of(
        template.code() + "." + language + "." + extension,
        template.code() + "." + extension,
        COMMON + "." + extension);
    for (String name : names) {
      Optional<String> own = own(name);
      if (own.isPresent()) {
        return new Source(name, own.get());
      }
    }
    String common = COMMON + "." + extension;
    return new Source(common, SHIPPED.computeIfAbsent(common, TemplateFiles::shipped));
  }

  /** Those that there are texts in. */
  Set<String> languages() {
    Set<String> languages = new TreeSet<>(SHIPPED_LANGUAGES);
    for (String name : ownNames()) {
      Matcher texts = TEXTS.matcher(name);
      if (texts.matches()) {
        languages.add(texts.group(1));
      }
    }
    return languages;
  }

  /** The texts of a language by their keys; what a language of the folder lacks is in English. */
  Map<String, String> texts(String language) {
    String name = textsName(language);
    Map<String, String> texts = new TreeMap<>(shippedTexts("en"));
    if (SHIPPED_LANGUAGES.contains(language)) {
      texts.putAll(shippedTexts(language));
    }
    own(name).ifPresent(own -> texts.putAll(properties(name, own)));
    return texts;
  }

  private static Map<String, String> shippedTexts(String language) {
    String name = textsName(language);
    return SHIPPED_TEXTS.computeIfAbsent(name, any -> properties(name, shipped(name)));
  }

  static String textsName(String language) {
    return "texts_" + language + ".properties";
  }

  /** What is in the folder and has no effect, or not the one that was meant. */
  List<String> problems() {
    Set<String> known = shippedTexts("en").keySet();
    List<String> problems = new ArrayList<>();
    for (String name : ownNames()) {
      Matcher texts = TEXTS.matcher(name);
      Matcher template = TEMPLATE.matcher(name);
      if (texts.matches()) {
        own(name)
            .ifPresent(own -> problems.addAll(problemsOfTexts(name, texts.group(1), own, known)));
      } else if (!template.matches() || !TEMPLATES.contains(template.group(1))) {
        problems.add(name + ": no mail is made of a file of this name");
      } else if (template.group(2) != null && !languages().contains(template.group(2))) {
        problems.add(name + ": there is no " + textsName(template.group(2)));
      }
    }
    return problems;
  }

  private static List<String> problemsOfTexts(
      String name, String language, String own, Set<String> known) {
    Map<String, String> texts = properties(name, own);
    List<String> problems = new ArrayList<>();
    for (String key : texts.keySet()) {
      if (!known.contains(key) && !key.startsWith(FEATURE)) {
        problems.add(name + ": no mail has a text " + key);
      }
    }
    if (!SHIPPED_LANGUAGES.contains(language)) {
      for (String key : known) {
        if (!texts.containsKey(key)) {
          problems.add(name + ": lacks " + key + ", which is in English");
        }
      }
    }
    return problems;
  }

  static Map<String, String> properties(String name, String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException(name + ": is not a properties file", e);
    }
    Map<String, String> texts = new TreeMap<>();
    for (String key : properties.stringPropertyNames()) {
      texts.put(key, properties.getProperty(key, ""));
    }
    return texts;
  }

  private List<String> ownNames() {
    if (folder.isEmpty()) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder.get())) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException("the folder of mail templates can't be read", e);
    }
  }

  private Optional<String> own(String name) {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    Path file = folder.get().resolve(name);
    try {
      if (Files.size(file) > MAX_SIZE) {
        throw new IllegalStateException(name + ": must have at most " + MAX_SIZE + " bytes");
      }
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (CharacterCodingException e) {
      throw new IllegalStateException(name + ": must be in UTF-8", e);
    } catch (IOException e) {
      throw new IllegalStateException(name + ": can't be read", e);
    }
  }

  static String shipped(String name) {
    try (InputStream in = TemplateFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + ": is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
