package com.tatame.billing.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who is an administrator. A role inside an organisation never makes one, because its members hand
 * it out themselves.
 *
 * @param subjects who are, by their {@code sub}
 * @param claim makes one of any token that carries it
 */
public record AdministratorRule(Set<String> subjects, Optional<Claim> claim) {
  private static final Set<String> ORGANISATION_CLAIMS =
      Set.of("o", "org_id", "org_role", "org_slug", "org_permissions");
  // Compared without case, '_' and '-', wherever they stand in the name.
  private static final Set<String> WRITTEN_BY_USERS = Set.of(
      "unsafemetadata",
      "usermetadata",
      "email",
      "name",
      "givenname",
      "familyname",
      "firstname",
      "lastname",
      "fullname",
      "nickname",
      "username",
      "preferredusername",
      "profile",
      "picture",
      "website",
      "phone",
      "phonenumber");

  /**
   * A claim and the value that it must have.
   *
   * @param name dots lead into objects: {@code metadata.role}
   */
  public record Claim(String name, String value) {
    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException for a claim that tells about an organisation, or one that
     *     users may write themselves, also nested or under a namespace
     */
    public Claim {
      Arrays.stream(name.split("[./:#]+"))
          .filter(part ->
              WRITTEN_BY_USERS.contains(part.toLowerCase(Locale.ROOT).replaceAll("[_-]", "")))
          .findFirst()
          .ifPresent(part -> {
            throw new IllegalArgumentException("must not name " + part
                + ", which users write themselves; use a claim that only your backend sets, such as"
                + " public_metadata.role or app_metadata.role, or list BILLING_ADMIN_SUBJECTS");
          });
      if (ORGANISATION_CLAIMS.contains(name.split("\\.", 2)[0])) {
        throw new IllegalArgumentException(
            "must not be a claim about an organisation, whose members hand out its roles");
      }
    }
  }

  public AdministratorRule {
    subjects = Set.copyOf(subjects);
  }

  /** No subject is one. */
  public static AdministratorRule none() {
    return new AdministratorRule(Set.of(), Optional.empty());
  }

  boolean admits(String subject, JsonNode claims) {
    return subjects.contains(subject)
        || claim
            .filter(wanted -> wanted.value().equals(text(claims, wanted.name())))
            .isPresent();
  }

  private static String text(JsonNode claims, String name) {
    JsonNode found = claims.has(name) ? claims.get(name) : claims.at("/" + name.replace('.', '/'));
    return found.isValueNode() ? found.asText() : "";
  }
}
