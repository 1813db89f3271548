package com.tatame.billing.customer;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import java.util.ArrayList;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import java.util.Locale.IsoCountryCode;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is to be changed of a customer.
 *
 * @param email where the provider sends invoices and receipts
 * @param name whom invoices are made out to
 * @param locale the language of invoices and mails, a tag of BCP 47 such as {@code pt-BR}; empty
 *     leaves it
 * @param address replaces the whole address
 */
public record CustomerUpdate(
    Field<String> email,
    Field<String> name,
    Optional<String> locale,
    Field<PostalAddress> address) {
  private static final int MAX_LENGTH = 255;
  private static final int MAX_LOCALE_LENGTH = 35;
  private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+");
  private static final Set<String> COUNTRIES = Locale.getISOCountries(IsoCountryCode.PART1_ALPHA2);

  /**
   * One field.
   *
   * @param given whether it changes
   * @param value what it becomes; empty clears it
   */
  public record Field<T>(boolean given, Optional<T> value) {
    /** Leaves the field as it is. */
    public static <T> Field<T> unchanged() {
      return new Field<>(false, Optional.empty());
    }

    /** Sets the field. */
    public static <T> Field<T> to(T value) {
      return new Field<>(true, Optional.of(value));
    }

    /** Clears the field. */
    public static <T> Field<T> cleared() {
      return new Field<>(true, Optional.empty());
    }
  }

  /** Changes nothing, to begin with. */
  public static CustomerUpdate none() {
    return new CustomerUpdate(
        Field.unchanged(), Field.unchanged(), Optional.empty(), Field.unchanged());
  }

  /** With this field changed. */
  public CustomerUpdate withEmail(Field<String> changed) {
    return new CustomerUpdate(changed, name, locale, address);
  }

  /** With this field changed. */
  public CustomerUpdate withName(Field<String> changed) {
    return new CustomerUpdate(email, changed, locale, address);
  }

  /** With this locale. */
  public CustomerUpdate withLocale(String changed) {
    return new CustomerUpdate(email, name, Optional.of(changed), address);
  }

  /** With this field changed. */
  public CustomerUpdate withAddress(Field<PostalAddress> changed) {
    return new CustomerUpdate(email, name, locale, changed);
  }

  boolean changesNothing() {
    return !email.given() && !name.given() && locale.isEmpty() && !address.given();
  }

  /**
   * Refuses what can't be.
   *
   * @throws ValidationFailed naming every field at fault as the HTTP contract calls it
   */
  void requireValid() {
    List<FieldError> errors = new ArrayList<>();
    if (changesNothing()) {
      errors.add(new FieldError("body", "must have billingEmail, name, locale or address"));
    }
    requireText(errors, "billingEmail", email.value());
    if (email.value().filter(text -> !EMAIL.matcher(text).matches()).isPresent()) {
      errors.add(new FieldError("billingEmail", "must be an e-mail address"));
    }
    requireText(errors, "name", name.value());
    if (locale.filter(tag -> !languageTag(tag)).isPresent()) {
      errors.add(new FieldError("locale", "must be a language tag of BCP 47, such as pt-BR"));
    }
    address.value().ifPresent(place -> {
      requireText(errors, "address.line1", place.line1());
      requireText(errors, "address.line2", place.line2());
      requireText(errors, "address.city", place.city());
      requireText(errors, "address.state", place.state());
      requireText(errors, "address.postalCode", place.postalCode());
      if (!COUNTRIES.contains(place.country())) {
        errors.add(new FieldError(
            "address.country", "must be a country of ISO 3166-1 in two letters, such as DE"));
      }
    });
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }

  private static void requireText(List<FieldError> errors, String field, Optional<String> value) {
    if (value.filter(String::isBlank).isPresent()) {
      errors.add(new FieldError(field, "must not be blank; null clears it"));
    }
    if (value.filter(text -> text.length() > MAX_LENGTH).isPresent()) {
      errors.add(new FieldError(field, "must have at most " + MAX_LENGTH + " characters"));
    }
  }

  private static boolean languageTag(String tag) {
    try {
      return tag.length() <= MAX_LOCALE_LENGTH
          && !new Locale.Builder().setLanguageTag(tag).build().getLanguage().isEmpty();
    } catch (IllformedLocaleException e) {
      return false;
    }
  }
}
