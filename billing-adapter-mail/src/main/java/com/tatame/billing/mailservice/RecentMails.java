package com.tatame.billing.mailservice;

import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.RenderedMail;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Delivers nothing, and keeps the last mails in memory, for a sandbox to show. Thread-safe. */
public final class RecentMails implements MailTransport {
  private final int max;
  private final Deque<RenderedMail> mails = new ArrayDeque<>();

  RecentMails(int max) {
    this.max = max;
  }

  /** The last mails, the newest first. */
  public synchronized List<RenderedMail> latest() {
    List<RenderedMail> latest = new ArrayList<>(mails);
    Collections.reverse(latest);
    return List.copyOf(latest);
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public synchronized Outcome send(RenderedMail mail) {
    mails.add(mail);
    if (mails.size() > max) {
      mails.remove();
    }
    return new Accepted(Optional.empty());
  }

  @Override
  public boolean canFind() {
    return false;
  }

  @Override
  public Outcome find(String id, Instant sentAt) {
    throw new UnsupportedOperationException("mails are taken at once, so that none is lost");
  }

  @Override
  public void close() {
    // There is nothing to close.
  }
}
