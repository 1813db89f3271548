package com.tatame.billing.http;

import com.tatame.billing.outbox.EventFormat;
import com.tatame.billing.outbox.PublishedEvent;

/** Entries for endpoints, in the very format in which the API answers them. */
public final class JsonEventFormat implements EventFormat {
  @Override
  public String json(PublishedEvent event) {
    return Json.text(PublishedEventAnswer.of(event));
  }
}
