package com.tatame.billing.server;

import com.tatame.billing.checkout.CheckoutUrls;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.identity.AdministratorRule;
import com.tatame.billing.identity.ClerkConfig;
import com.tatame.billing.identity.ClerkVerifier;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.secret.SecretsKeys;
import com.tatame.billing.supabase.SupabaseConfig;
import com.tatame.billing.trial.TrialKeys;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How the values of {@link Settings} are read. Each throws IllegalArgumentException with what is wrong,
 * and shows no secret.
 */
final class SettingReaders {
  private static final Pattern SECRET_KEY = Pattern.compile("(sk|rk)_(test|live)_\\S+");
  private static final Pattern PUBLISHABLE_KEY = Pattern.compile("pk_(test|live)_\\S+");
  private static final Pattern CLERK_SECRET_KEY = Pattern.compile("sk_(test|live)_\\S+");
  private static final Pattern API_KEY = Pattern.compile("(sk|rk|pk)_.*");
  private static final Pattern SIGNING_SECRET = Pattern.compile("whsec_[\\x21-\\x7e]+");
  private static final Pattern PRICE_ID = Pattern.compile("price_\\w+|plan_\\w+");
  private static final Pattern DSN =
      Pattern.compile("https?://\\w+(:\\w+)?@[^/@\\s]+/([^@\\s]+/)?\\d+");
  private static final Pattern ORIGIN = Pattern.compile("https?://[^/@\\s]+");
  private static final Pattern SUBJECT = Pattern.compile("[\\w:|.@+-]+");
  private static final Pattern ROLE = Pattern.compile("(org:)?[a-z0-9_]+");
  private static final Pattern PARAMETER = Pattern.compile("[\\w.~\\[\\]-]+\\*?");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");
  private static final String ANY_PROJECT = "https://any.supabase.co";
  private static final String ANY_KEY = "sb_secret_any";

  private SettingReaders() {}

  static Setting.Reader<Integer> number(int least, int most) {
    return (text, deployment) -> {
      try {
        int value = Integer.parseInt(text);
        if (value >= least && value <= most) {
          return value;
        }
      } catch (NumberFormatException e) {
        // refused below
      }
      throw new IllegalArgumentException("must be a number from " + least + " to " + most);
    };
  }

  /**
   * One of a few words.
   *
   * @param problem what to say of any other
   */
  static <T> Setting.Reader<T> choice(Map<String, T> words, String problem) {
    return (text, deployment) -> Optional.ofNullable(words.get(text))
        .orElseThrow(() -> new IllegalArgumentException(problem));
  }

  static Deployment deployment(String text, Deployment deployment) {
    return Deployment.of(text)
        .orElseThrow(
            () -> new IllegalArgumentException("must be production, development, test or sandbox"));
  }

  static String secretsKey(String text, Deployment deployment) {
    SecretsKeys.of(List.of(text));
    return text;
  }

  static boolean flag(String text, Deployment deployment) {
    require(text.equals("true") || text.equals("false"), "must be true or false");
    return text.equals("true");
  }

  static URI httpAddress(String text, Deployment deployment) {
    URI uri = uri(text);
    require(
        Set.of("http", "https").contains(String.valueOf(uri.getScheme())) && uri.getHost() != null,
        "must be an http or https address");
    return uri;
  }

  static URI publicUrl(String text, Deployment deployment) {
    URI uri = httpAddress(text, deployment);
    require(
        uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null,
        "must be an address without a query");
    require(
        deployment != Deployment.PRODUCTION || "https".equals(uri.getScheme()),
        "must begin with https:// in production");
    return uri;
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be an http or https address", e);
    }
  }

  static Secret stripeSecretKey(String text, Deployment deployment) {
    require(
        SECRET_KEY.matcher(text).matches(),
        "must start with sk_test_, sk_live_, rk_test_ or rk_live_");
    return new Secret(text);
  }

  static String stripePublishableKey(String text, Deployment deployment) {
    require(PUBLISHABLE_KEY.matcher(text).matches(), "must start with pk_test_ or pk_live_");
    return text;
  }

  /** In a sandbox, whose Stripe is simulated, any secret signs. */
  static Secret webhookSecret(String text, Deployment deployment) {
    require(
        !API_KEY.matcher(text).matches(), "holds an API key; it wants a signing secret, whsec_…");
    require(
        deployment == Deployment.SANDBOX || SIGNING_SECRET.matcher(text).matches(),
        "must start with whsec_");
    return new Secret(text);
  }

  static Path readableFile(String text, Deployment deployment) {
    Path file = path(text, deployment);
    require(Files.isReadable(file), "names a file that can't be read: " + text);
    return file;
  }

  static Path path(String text, Deployment deployment) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is no path: " + e.getReason(), e);
    }
  }

  static String line(String text, Deployment deployment) {
    require(text.chars().noneMatch(Character::isISOControl), "must be one line");
    return text;
  }

  static String hostName(String text, Deployment deployment) {
    require(HOST.matcher(text).matches(), "must be the name of a host, without a port");
    return text;
  }

  static String trialKey(String text, Deployment deployment) {
    TrialKeys.of(List.of(text));
    return text;
  }

  static String priceId(String text, Deployment deployment) {
    require(PRICE_ID.matcher(text).matches(), "must be the id of a price, price_…");
    return text;
  }

  static String clerkPublishableKey(String text, Deployment deployment) {
    return ClerkConfig.issuerOf(text);
  }

  static Secret clerkSecretKey(String text, Deployment deployment) {
    require(CLERK_SECRET_KEY.matcher(text).matches(), "must start with sk_test_ or sk_live_");
    return new Secret(text);
  }

  /** The verifier reads it once more, and says what is wrong. */
  static String jwtKey(String text, Deployment deployment) {
    ClerkConfig any = new ClerkConfig("https://any.invalid", Set.of(), AdministratorRule.none());
    ClerkVerifier.byKey(any, text, InstantSource.system());
    return text;
  }

  static String origin(String text, Deployment deployment) {
    require(
        ORIGIN.matcher(text).matches(),
        "must list origins such as https://app.example.com, without a path: " + text);
    return text;
  }

  static String subject(String text, Deployment deployment) {
    require(SUBJECT.matcher(text).matches(), "must list subjects without spaces: " + text);
    return text;
  }

  static AdministratorRule.Claim claim(String text, Deployment deployment) {
    int equals = text.indexOf('=');
    require(
        equals >= 1 && equals < text.length() - 1,
        "must have the form name=value, such as role=admin");
    return new AdministratorRule.Claim(
        text.substring(0, equals).strip(), text.substring(equals + 1).strip());
  }

  static String organizationRole(String text, Deployment deployment) {
    require(ROLE.matcher(text).matches(), "must list roles such as admin or org:billing: " + text);
    return text;
  }

  static String storeKind(String text, Deployment deployment) {
    require(text.equals("postgres") || text.equals("supabase"), "must be postgres or supabase");
    return text;
  }

  static PostgresConfig databaseUrl(String text, Deployment deployment) {
    try {
      return PostgresConfig.of(text);
    } catch (ValidationFailed e) {
      throw first(e);
    }
  }

  static String supabaseUrl(String text, Deployment deployment) {
    try {
      SupabaseConfig.of(text, ANY_KEY);
      return text;
    } catch (ValidationFailed e) {
      throw first(e);
    }
  }

  static Secret supabaseKey(String text, Deployment deployment) {
    try {
      SupabaseConfig.of(ANY_PROJECT, text);
      return new Secret(text);
    } catch (ValidationFailed e) {
      throw first(e);
    }
  }

  static String importFrom(String text, Deployment deployment) {
    if (text.startsWith("http")) {
      return supabaseUrl(text, deployment);
    }
    databaseUrl(text, deployment);
    return text;
  }

  private static IllegalArgumentException first(ValidationFailed failure) {
    return new IllegalArgumentException(failure.errors().get(0).message(), failure);
  }

  static String queryParameter(String text, Deployment deployment) {
    require(
        PARAMETER.matcher(text).matches(), "must list names of parameters such as utm_*: " + text);
    return text;
  }

  static CheckoutUrls.Target checkoutUrl(String text, Deployment deployment) {
    return CheckoutUrls.Target.parse(text, deployment == Deployment.PRODUCTION);
  }

  static Secret token(String text, Deployment deployment) {
    require(TOKEN.matcher(text).matches(), "must be one word of ASCII characters");
    return new Secret(text);
  }

  static Secret dsn(String text, Deployment deployment) {
    require(DSN.matcher(text).matches(), "must have the form https://key@host/project");
    return new Secret(text);
  }

  private static void require(boolean fulfilled, String problem) {
    if (!fulfilled) {
      throw new IllegalArgumentException(problem);
    }
  }
}
