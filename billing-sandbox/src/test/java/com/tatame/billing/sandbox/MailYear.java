package com.tatame.billing.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.Checkouts;
import com.tatame.billing.checkout.ItemRequest;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.configuration.CatalogFile;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailListener;
import com.tatame.billing.mail.MailPreferences;
import com.tatame.billing.mail.MailService;
import com.tatame.billing.mail.MailSettings;
import com.tatame.billing.mail.MailSettings.UnsubscribeLink;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.mail.StoredMail;
import com.tatame.billing.mailservice.MailBranding;
import com.tatame.billing.mailservice.MailServices;
import com.tatame.billing.mailservice.RecentMails;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.refund.Refunds.RefundRequest;
import com.tatame.billing.secret.SecretsKeys;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The year 2026 of an example application: what its users do, and what is mailed to them. No mail is
 * sent; what each user was told is written to {@code target/mails-of-a-year}, to be read.
 */
final class MailYear implements AutoCloseable {
  private static final int MAX_MAILS = 101;

  /** So long a jump of the clock may be, so that what is due after minutes isn't too old by then. */
  private static final Duration STEP = Duration.ofHours(6);

  private final String example;
  private final RecentMails sent = MailServices.recent(1_000);
  private final BillingWorld world;
  private final List<Reader> readers = new ArrayList<>();

  MailYear(String example, String application) {
    this.example = example;
    String pages = "https://" + example + ".example.com";
    MailBranding branding = new MailBranding(
        application,
        Optional.of(URI.create(pages + "/account")),
        Optional.of(URI.create(pages + "/plans")),
        Optional.of("help@" + example + ".example.com"));
    world = BillingWorld.builder()
        .catalog(CatalogFile.read(Path.of("../examples/" + example + "/catalog.yaml"), Map.of()))
        .startAt(Instant.parse("2026-01-01T09:00:00Z"))
        .mail(new MailService(
            MailServices.templates(branding, Optional.empty()),
            sent,
            settings(pages),
            MailListener.NONE))
        .build();
  }

  private static MailSettings settings(String pages) {
    MailSettings usual = MailSettings.DEFAULT;
    String key =
        Base64.getEncoder().encodeToString("a year has no secret to hide!!!!".getBytes(UTF_8));
    return new MailSettings(
        usual.off(),
        usual.maxAge(),
        usual.unknown(),
        usual.locale(),
        usual.zone(),
        usual.kept(),
        Optional.of(new UnsubscribeLink(
            URI.create(pages + "/unsubscribe/"), SecretsKeys.of(List.of("year:" + key)))));
  }

  /** A user who reads this language in this time zone. */
  Reader reader(String name, String locale, String timeZone) {
    Reader reader = new Reader(name, locale);
    world
        .billing()
        .unsubscription()
        .put(
            reader.account(),
            new MailPreferences(Optional.of(locale), Optional.of(timeZone), Set.of()));
    readers.add(reader);
    return reader;
  }

  /** Lets time pass until nine o'clock, UTC, of this day of the year, such as {@code 03-15}. */
  void on(String day) {
    Instant target = Instant.parse("2026-" + day + "T09:00:00Z");
    while (world.provider().now().isBefore(target)) {
      Duration left = Duration.between(world.provider().now(), target);
      world.advance(left.compareTo(STEP) < 0 ? left : STEP);
    }
  }

  /** Writes what each user was mailed, in the order in which it came. */
  void write() {
    Map<String, RenderedMail> rendered = rendered();
    StringBuilder text = new StringBuilder();
    for (Reader reader : readers) {
      text.append("# ").append(reader.name).append(", ").append(reader.locale).append("\n\n");
      for (StoredMail mail : reader.stored()) {
        text.append("## ").append(reader.line(mail)).append(", for ");
        text.append(mail.planned().cause()).append("\n\n");
        RenderedMail told = rendered.get(mail.id());
        if (told != null) {
          text.append("**").append(told.subject()).append("**\n\n");
          text.append(told.text().indent(4)).append('\n');
        }
      }
    }
    try {
      Path folder = Files.createDirectories(Path.of("target", "mails-of-a-year"));
      Files.writeString(folder.resolve(example + ".md"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, RenderedMail> rendered() {
    return sent.latest().stream().collect(Collectors.toMap(RenderedMail::id, Function.identity()));
  }

  @Override
  public void close() {
    world.close();
  }

  /** A user of the application. */
  final class Reader {
    private final String name;
    private final String locale;
    private int requests;

    private Reader(String name, String locale) {
      this.name = name;
      this.locale = locale;
    }

    private AccountId account() {
      return new AccountId("user_" + name.toLowerCase(Locale.ROOT));
    }

    private Principal caller() {
      return new Principal(
          account(),
          "https://id.example.com",
          account().value(),
          Optional.of(name.toLowerCase(Locale.ROOT) + "@example.com"),
          Optional.of(name),
          false);
    }

    void signsUp() {
      world.billing().customers().ensure(caller(), Optional.empty(), Optional.empty());
      world.settle();
    }

    void subscribes(String tier, BillingInterval interval, String card) {
      String session = world
          .billing()
          .checkouts()
          .open(
              caller(),
              new CheckoutRequest(
                  Optional.of(tier),
                  Optional.of(interval),
                  Optional.empty(),
                  1,
                  "https://shop.example.com/thanks",
                  "https://shop.example.com/plans",
                  Optional.empty()))
          .session()
          .id();
      assertThat(world.provider().pay(session, card)).isTrue();
      world.settle();
    }

    void buys(String item) {
      Checkouts.Sold sold = world
          .billing()
          .checkouts()
          .open(
              caller(),
              new ItemRequest(
                  item,
                  "https://shop.example.com/thanks",
                  "https://shop.example.com/items",
                  Optional.empty()));
      sold.session()
          .ifPresent(session ->
              assertThat(world.provider().pay(session.id(), Buyer.PAYS)).isTrue());
      world.settle();
    }

    /** Gets back what the newest purchase cost. */
    void isRefunded() {
      Purchase newest =
          world.billing().purchases().list(account(), Optional.empty(), 1).get(0);
      world
          .billing()
          .refunds()
          .refund(
              new RefundRequest(
                  Optional.of(newest.id()),
                  Optional.empty(),
                  Optional.empty(),
                  "requested_by_customer"),
              RequestKey.of("operator", name + ++requests));
      world.settle();
    }

    void changesTo(String tier, BillingInterval interval, ChangePolicy policy) {
      world
          .billing()
          .subscriptions()
          .change(
              account(),
              newest().id(),
              new ChangeRequest(
                  Optional.of(tier),
                  Optional.of(interval),
                  Optional.empty(),
                  Optional.empty(),
                  policy));
      world.settle();
    }

    void cancels(Cancellation when) {
      world.billing().subscriptions().cancel(account(), newest().id(), when, Optional.empty());
      world.settle();
    }

    void uses(String feature, int units) {
      assertThat(world
              .billing()
              .entitlements()
              .consume(account(), new Use(feature, units, Optional.empty(), Optional.empty())))
          .isInstanceOf(ConsumeResult.Granted.class);
      world.settle();
    }

    /** From now on the subscription is charged to this one of the provider's ready-made cards. */
    void getsAnotherCard(String readyMade) {
      String customer =
          world.billing().customers().find(account()).orElseThrow().customerId();
      world.provider().replaceCard(customer, readyMade);
      world.settle();
    }

    private Subscription newest() {
      return world
          .billing()
          .subscriptions()
          .list(account(), Optional.empty(), Optional.empty(), 1)
          .get(0);
    }

    private List<StoredMail> stored() {
      return world
          .billing()
          .mails()
          .list(MailFilter.of(account()), Optional.empty(), MAX_MAILS)
          .stream()
          .sorted(Comparator.comparing(StoredMail::id))
          .sorted(Comparator.comparing(
              mail -> mail.progress().sentAt().orElse(mail.planned().dueAt())))
          .toList();
    }

    private String line(StoredMail mail) {
      LocalDate day = mail.progress()
          .sentAt()
          .orElse(mail.planned().dueAt())
          .atZone(ZoneOffset.UTC)
          .toLocalDate();
      String fate = mail.status() == MailStatus.SENT
          ? ""
          : " " + mail.status().code()
              + mail.suppressed().map(why -> ": " + why.code()).orElse("");
      return day + " " + mail.planned().template().code() + fate;
    }

    /** Day and template of each mail in the order in which they came, and the fate of what did not. */
    List<String> mails() {
      return stored().stream().map(this::line).toList();
    }

    /** What the reader has read. */
    List<RenderedMail> read() {
      Map<String, RenderedMail> rendered = rendered();
      return stored().stream()
          .filter(mail -> mail.status() == MailStatus.SENT)
          .map(mail -> Optional.ofNullable(rendered.get(mail.id())).orElseThrow())
          .toList();
    }

    String language() {
      return Locale.forLanguageTag(locale).getLanguage();
    }
  }
}
