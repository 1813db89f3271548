package com.tatame.billing.server;

import static com.tatame.billing.server.Setting.Need.ALWAYS;

import com.tatame.billing.identity.AdministratorRule;
import java.util.List;

/** Settings of who is signed in, who administers and who buys for an organisation. */
final class SignInSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.SIGN_IN);

  static final Setting<String> CLERK_PUBLISHABLE_KEY = ALL.add(
          "CLERK_PUBLISHABLE_KEY", "`pk_…`", SettingReaders::clerkPublishableKey)
      .required(ALWAYS)
      .means("Names the issuer whose tokens are believed.")
      .remedy("copy it from the Clerk dashboard, API keys")
      .example("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")
      .wrong("pk_test_%%%");

  static final Setting<Secret> CLERK_SECRET_KEY = ALL.add(
          "CLERK_SECRET_KEY", "secret, `sk_…`", SettingReaders::clerkSecretKey)
      .means("Fetches the signing keys from Clerk's Backend API and not from the public address.")
      .remedy("copy it from the Clerk dashboard, API keys, or leave it out")
      .wrong("pk_test_Y2xlcms");

  static final Setting<String> CLERK_JWT_KEY = ALL.add(
          "CLERK_JWT_KEY", "RSA public key in PEM form", SettingReaders::jwtKey)
      .means(
          "The instance's public key; its line breaks may be written as `\\n`. Then no keys are fetched"
              + " at all.")
      .remedy(
          "copy all of it from the Clerk dashboard, API keys, JWKS public key, with its first and last"
              + " line, or leave it out")
      .wrong("nonsense");

  static final Setting<String> CLERK_AUTHORIZED_PARTIES = ALL.add(
          "CLERK_AUTHORIZED_PARTIES", "origins", SettingReaders::origin)
      .list()
      .means(
          "The origins that tokens may have been made for. Without it tokens that any site of the same"
              + " Clerk instance obtained are believed: in production a warning says so.")
      .remedy("list the origins of your application, such as https://app.example.com")
      .example("https://app.example.com")
      .wrong("app.example.com");

  static final Setting<String> BILLING_ADMIN_SUBJECTS = ALL.add(
          "BILLING_ADMIN_SUBJECTS", "subjects of tokens", SettingReaders::subject)
      .list()
      .means("Who is an administrator. A role inside an organisation never makes one.")
      .remedy("list ids such as user_2abc, with commas between")
      .example("user_2abc,user_2def")
      .wrong("user 1");

  static final Setting<AdministratorRule.Claim> BILLING_ADMIN_CLAIM = ALL.add(
          "BILLING_ADMIN_CLAIM", "name=value", SettingReaders::claim)
      .means(
          "A claim that makes an administrator. Dots lead into objects: `metadata.role=admin`. A claim"
              + " that users write themselves (`unsafe_metadata`, `user_metadata`, a name, an e-mail address)"
              + " is refused.")
      .remedy("name a claim that your backend alone sets, such as metadata.role=admin")
      .example("metadata.role=admin")
      .wrong("unsafe_metadata.role=admin");

  static final Setting<String> BILLING_ORG_BILLING_ROLES = ALL.add(
          "BILLING_ORG_BILLING_ROLES", "roles", SettingReaders::organizationRole)
      .list()
      .byDefault("admin,owner,billing")
      .initially("admin,owner,billing")
      .means(
          "The roles inside an organisation that may buy, change and cancel for it and see its invoices'"
              + " links and tax ids, with or without `org:`.")
      .remedy("list roles as Clerk names them, such as admin,org:treasurer")
      .example("admin,org:treasurer")
      .wrong("Org Admin");

  private SignInSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
