package com.tatame.billing.server;

import static com.tatame.billing.server.Setting.Need.WITH_POSTGRES;
import static com.tatame.billing.server.Setting.Need.WITH_SUPABASE;

import com.tatame.billing.postgres.PostgresConfig;
import java.util.List;

/** Settings of the store that everything is kept in. */
final class StoreSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.DATABASE);

  static final Setting<String> BILLING_STORE = ALL.add(
          "BILLING_STORE", "`postgres` or `supabase`", SettingReaders::storeKind)
      .byDefault("postgres")
      .initially("postgres")
      .means("Where everything is kept; [stores.md](stores.md) compares both.")
      .remedy("set it to supabase to use a project's REST API, or leave it out for postgres")
      .example("postgres")
      .wrong("redis");

  static final Setting<PostgresConfig> DATABASE_URL = ALL.add(
          "DATABASE_URL", "address as libpq or JDBC write it", SettingReaders::databaseUrl)
      .required(WITH_POSTGRES)
      .initially("postgres://billing:billing@localhost:5432/billing")
      .means(
          "The database. Percent-encode what is special in the password; `?sslmode=require` and the like"
              + " are understood.")
      .remedy("set it to postgres://user:password@host:5432/database")
      .example("postgres://user:password@host:5432/database?sslmode=require")
      .wrong("mysql://host/database");

  static final Setting<Integer> DATABASE_POOL_MAX = ALL.add(
          "DATABASE_POOL_MAX", "number from 1 to 1000", SettingReaders.number(1, 1000))
      .byDefault(Integer.toString(PostgresConfig.DEFAULT_MAX_POOL_SIZE))
      .initially(Integer.toString(PostgresConfig.DEFAULT_MAX_POOL_SIZE))
      .means("Connections to the database at most.")
      .remedy("set it to fewer than the database's max_connections, or leave it out for "
          + PostgresConfig.DEFAULT_MAX_POOL_SIZE)
      .example("20")
      .wrong("many");

  static final Setting<String> SUPABASE_URL = ALL.add(
          "SUPABASE_URL", "address of a project", SettingReaders::supabaseUrl)
      .required(WITH_SUPABASE)
      .means("The project.")
      .remedy("copy the project's URL from Supabase, Project Settings, Data API")
      .example("https://ref.supabase.co")
      .wrong("ref.supabase.co");

  static final Setting<Secret> SUPABASE_SERVICE_ROLE_KEY = ALL.add(
          "SUPABASE_SERVICE_ROLE_KEY", "secret", SettingReaders::supabaseKey)
      .required(WITH_SUPABASE)
      .means("A secret key of the project, `sb_secret_…` or the `service_role` token.")
      .remedy("copy a secret key from Supabase, Project Settings, API Keys")
      .wrong("sb_publishable_abc");

  private StoreSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
