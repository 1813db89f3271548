package com.tatame.billing.mailservice;

import com.tatame.billing.mail.MailTemplate;
import java.util.List;
import java.util.Map;

/** Which of a mail's content each template lists below its sentences, and where its button leads. */
final class MailParts {
  /** A row: the key of its label, and the field that it shows. */
  record Detail(String label, String field) {}

  /** Where a button leads; to the account's page where there is no such page. */
  enum Target {
    LINK,
    ACCOUNT,
    PLANS
  }

  /**
   * Of one template.
   *
   * @param lines whether the lines of the invoice are listed, too
   */
  record Parts(Target target, boolean lines, List<Detail> details) {}

  private static final Detail PLAN = new Detail("label.plan", "title");
  private static final Detail ITEM = new Detail("label.item", "title");
  private static final Detail INTERVAL = new Detail("label.interval", "interval");
  private static final Detail PRICE = new Detail("label.price", "amount");
  private static final Detail AMOUNT = new Detail("label.amount", "amount");
  private static final Detail INVOICE = new Detail("label.invoice", "number");
  private static final Detail TRIAL_ENDS = new Detail("label.trial_ends", "date");

  private static final Map<MailTemplate, Parts> PARTS = Map.ofEntries(
      Map.entry(MailTemplate.WELCOME, parts(Target.PLANS)),
      Map.entry(
          MailTemplate.SUBSCRIPTION_STARTED,
          parts(Target.ACCOUNT, PLAN, INTERVAL, PRICE, TRIAL_ENDS)),
      Map.entry(
          MailTemplate.SUBSCRIPTION_CHANGED,
          parts(
              Target.ACCOUNT,
              new Detail("label.previous_plan", "previousTitle"),
              PLAN,
              INTERVAL,
              PRICE)),
      Map.entry(
          MailTemplate.SUBSCRIPTION_CANCELED,
          parts(Target.PLANS, PLAN, new Detail("label.ends", "date"))),
      Map.entry(
          MailTemplate.SUBSCRIPTION_ENDED,
          parts(Target.PLANS, PLAN, new Detail("label.ended", "date"))),
      Map.entry(
          MailTemplate.TRIAL_ENDING, parts(Target.ACCOUNT, PLAN, TRIAL_ENDS, INTERVAL, PRICE)),
      Map.entry(MailTemplate.RECEIPT, invoice(PLAN, INTERVAL, INVOICE, AMOUNT)),
      Map.entry(
          MailTemplate.PAYMENT_FAILED,
          invoice(PLAN, INTERVAL, INVOICE, AMOUNT, new Detail("label.next_attempt", "date"))),
      Map.entry(MailTemplate.PAYMENT_ACTION_REQUIRED, invoice(INVOICE, AMOUNT)),
      Map.entry(MailTemplate.PURCHASE, parts(Target.LINK, ITEM, AMOUNT)),
      Map.entry(MailTemplate.REFUND, parts(Target.LINK, ITEM, INVOICE, AMOUNT)),
      Map.entry(
          MailTemplate.LIMIT_NEAR,
          parts(
              Target.PLANS,
              new Detail("label.usage", "usage"),
              new Detail("label.reset", "time"))));

  private MailParts() {}

  private static Parts parts(Target target, Detail... details) {
    return new Parts(target, false, List.of(details));
  }

  private static Parts invoice(Detail... details) {
    return new Parts(Target.LINK, true, List.of(details));
  }

  static Parts of(MailTemplate template) {
    Parts parts = PARTS.get(template);
    if (parts == null) {
      throw new IllegalStateException("no parts of " + template.code());
    }
    return parts;
  }
}
