package com.tatame.billing.sandbox;

/** The stores that outlive a server. */
enum Durable {
  ON_POSTGRESQL {
    @Override
    Backing open() {
      return Backing.postgresql();
    }
  },
  ON_SUPABASE {
    @Override
    Backing open() {
      return Backing.supabase();
    }
  };

  /** One without rows. */
  abstract Backing open();
}
