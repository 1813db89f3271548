package com.tatame.billing.server;

import java.util.List;

/** Settings of where an import reads. */
final class ImportSourceSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.IMPORT);

  static final Setting<String> BILLING_IMPORT_FROM = ALL.add(
          "BILLING_IMPORT_FROM",
          "address of a database or of a Supabase project",
          SettingReaders::importFrom)
      .means(
          "Where `billing import tatame` and `import mapped` find the tables to take over. Without it, where"
              + " this product keeps its own.")
      .remedy("set it to postgres://user:password@host:5432/database or https://ref.supabase.co")
      .example("https://ref.supabase.co")
      .wrong("ftp://host/tables");

  static final Setting<Secret> BILLING_IMPORT_KEY = ALL.add(
          "BILLING_IMPORT_KEY", "secret", SettingReaders::supabaseKey)
      .means("The secret key of that project, `sb_secret_…` or the legacy `service_role` key.")
      .remedy("copy a secret key from Supabase, Project Settings, API Keys")
      .wrong("sb_publishable_abc");

  private ImportSourceSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
