package com.tatame.billing.server;

import com.tatame.billing.postgres.PostgresConfig;
import java.util.List;

/** Settings of the store that everything is moved to. */
final class MoveSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.MOVE);

  static final Setting<String> BILLING_MOVE_TO = ALL.add(
          "BILLING_MOVE_TO", "`postgres` or `supabase`", SettingReaders::storeKind)
      .means("While everything is moved to another store, its kind; see"
          + " [migrating-from-supabase.md](migrating-from-supabase.md). The server then follows the move by"
          + " itself, and `billing migrate` makes it.")
      .remedy("set it to what everything is moved to, or leave it out for no move")
      .example("postgres")
      .wrong("mysql");

  static final Setting<PostgresConfig> BILLING_MOVE_DATABASE_URL = ALL.add(
          "BILLING_MOVE_DATABASE_URL", "as `DATABASE_URL`", SettingReaders::databaseUrl)
      .means("Where to. Without it `DATABASE_URL`, unless that is what is moved from.")
      .remedy("set it to postgres://user:password@host:5432/database")
      .example("postgres://user:password@host:5432/database")
      .wrong("mysql://host/database");

  static final Setting<String> BILLING_MOVE_SUPABASE_URL = ALL.add(
          "BILLING_MOVE_SUPABASE_URL", "as `SUPABASE_URL`", SettingReaders::supabaseUrl)
      .means("Where to. Without it `SUPABASE_URL`, unless that is what is moved from.")
      .remedy("copy the project's URL from Supabase, Project Settings, Data API")
      .example("https://ref.supabase.co")
      .wrong("ref.supabase.co");

  static final Setting<Secret> BILLING_MOVE_SUPABASE_SERVICE_ROLE_KEY = ALL.add(
          "BILLING_MOVE_SUPABASE_SERVICE_ROLE_KEY", "secret", SettingReaders::supabaseKey)
      .means(
          "Its key. Without it `SUPABASE_SERVICE_ROLE_KEY`, unless that is of what is moved from.")
      .remedy("copy a secret key from Supabase, Project Settings, API Keys")
      .wrong("sb_publishable_abc");

  private MoveSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
