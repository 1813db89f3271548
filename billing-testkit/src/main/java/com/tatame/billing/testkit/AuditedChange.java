package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.PublishedCatalog;
import com.tatame.billing.checkin.CheckIn;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.Resolution;
import com.tatame.billing.drift.Drift;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.mail.DeliveryReport.Kind;
import com.tatame.billing.mail.MailCategory;
import com.tatame.billing.mail.MailPreferences;
import com.tatame.billing.mail.PlannedMail;
import com.tatame.billing.mail.StoredMail;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A change that stores audit.
 *
 * @param ready prepares what is changed, so that the change can be made
 */
record AuditedChange(String name, Function<BillingStore, Ready> ready) {
  /**
   * A change that can be made, once.
   *
   * @param make makes it; a second time is a repetition
   * @param refuse asks for one that is refused
   * @param state what it changes
   */
  record Ready(Consumer<AuditEntry> make, Consumer<AuditEntry> refuse, Supplier<Object> state) {}

  static List<AuditedChange> all() {
    return List.of(
        new AuditedChange("a grant is given", AuditedChange::grant),
        new AuditedChange("a grant is revoked", AuditedChange::revocation),
        new AuditedChange("an API key is made", AuditedChange::apiKey),
        new AuditedChange("an API key is revoked", AuditedChange::apiKeyRevocation),
        new AuditedChange("a command is planned", AuditedChange::command),
        new AuditedChange("a command is resolved", AuditedChange::resolution),
        new AuditedChange("an anonymous session is claimed", AuditedChange::claim),
        new AuditedChange("a drift is repaired", AuditedChange::repair),
        new AuditedChange("a catalog is published", AuditedChange::publication),
        new AuditedChange("a free item is taken", AuditedChange::freeItem),
        new AuditedChange("a subscriber is removed", AuditedChange::removal),
        new AuditedChange("a mail is sent again", AuditedChange::mailCopy),
        new AuditedChange("a suppressed address is written to again", AuditedChange::lifting),
        new AuditedChange("an account says which mails it wants", AuditedChange::preferences),
        new AuditedChange("a conversation is deleted", AuditedChange::conversation),
        new AuditedChange("a check-in is deleted", AuditedChange::checkIn));
  }

  private static Ready grant(BillingStore store) {
    Grant grant = someGrant();
    Grant other = GrantStoreContract.grant(grant.account(), grant.gift(), Optional.empty());
    return new Ready(
        audit -> store.grants().add(grant, "key", "", audit),
        audit -> store.grants().add(other, "key", "", audit),
        () -> store.grants().find(grant.id()));
  }

  private static Ready removal(BillingStore store) {
    String name = Ids.next("subscriber");
    store.subscribers().add(name, SubscriberStore.Kind.HANDLER, Ids.morning());
    return new Ready(
        audit -> store.subscribers().remove(name, audit),
        audit -> store.subscribers().remove("none", audit),
        () -> store.subscribers().list().stream()
            .filter(each -> each.name().equals(name))
            .findFirst());
  }

  private static Ready mailCopy(BillingStore store) {
    PlannedMail mail = MailStoreContract.aMail(Ids.morning());
    store.mails().plan(List.of(mail));
    String copy = Ids.next("mail");
    Instant now = mail.plannedAt();
    return new Ready(
        audit -> store.mails().copy(mail.id(), copy, "asked for it", now, now, audit),
        audit -> store.mails().copy("none", Ids.next("mail"), "asked for it", now, now, audit),
        () -> store.mails().find(copy));
  }

  private static Ready lifting(BillingStore store) {
    StoredMail mail = MailStoreContract.aSentMail(store, Ids.morning());
    store.mails().report(List.of(MailStoreContract.report(mail, Kind.HARD_BOUNCED)));
    String address = mail.progress().address().orElseThrow();
    return new Ready(
        audit -> store.mails().lift(mail.id(), audit),
        audit -> store.mails().lift("none", audit),
        () -> store.mails().suppression(address));
  }

  private static Ready preferences(BillingStore store) {
    AccountId account = Ids.account();
    MailPreferences wanted =
        new MailPreferences(Optional.of("pt-BR"), Optional.empty(), Set.of(MailCategory.LIMITS));
    return new Ready(
        audit -> store.mails().put(account, wanted, audit),
        audit -> store.mails().put(account, store.mails().preferences(account), audit),
        () -> store.mails().preferences(account));
  }

  private static Ready revocation(BillingStore store) {
    Grant grant = someGrant();
    store.grants().add(grant, "key", "", AnAuditEntry.any());
    AccountId stranger = Ids.account();
    Revocation revocation = new Revocation(Ids.morning(), "user_admin", Optional.empty());
    return new Ready(
        audit -> store.grants().revoke(grant.account(), grant.id(), revocation, audit),
        audit -> store.grants().revoke(stranger, grant.id(), revocation, audit),
        () -> store.grants().find(grant.id()));
  }

  private static Ready apiKey(BillingStore store) {
    ApiKey key = someKey();
    String hash = Ids.next("hash");
    return new Ready(
        audit -> store.apiKeys().add(key, hash, audit),
        audit -> store.apiKeys().add(someKey(), hash, audit),
        () -> store.apiKeys().find(key.id()));
  }

  private static Ready apiKeyRevocation(BillingStore store) {
    ApiKey key = someKey();
    store.apiKeys().add(key, Ids.next("hash"), AnAuditEntry.any());
    return new Ready(
        audit -> store.apiKeys().revoke(key.id(), key.createdAt(), audit),
        audit -> store.apiKeys().revoke("none", key.createdAt(), audit),
        () -> store.apiKeys().find(key.id()));
  }

  private static ApiKey someKey() {
    return new ApiKey(
        Ids.next("bk"),
        "backend",
        Set.of(Scope.ACCOUNT),
        Ids.morning(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Ready command(BillingStore store) {
    Command planned = someCommand(Ids.account(), Ids.next("sub"));
    Command second = someCommand(planned.account(), planned.target());
    return new Ready(
        audit -> store.commands().open(planned, audit),
        audit -> store.commands().open(second, audit),
        () -> store.commands().find(planned.id()));
  }

  private static Ready resolution(BillingStore store) {
    Command command = someCommand(Ids.account(), Ids.next("sub"));
    Instant now = command.createdAt();
    store.commands().open(command, AnAuditEntry.any());
    store.commands().begin(command.id(), "lease", now, Duration.ofMinutes(1));
    store
        .commands()
        .end(
            command.id(),
            "lease",
            CommandState.NEEDS_OPERATOR,
            Optional.empty(),
            Optional.empty(),
            now);
    Resolution resolution = new Resolution(
        Resolution.Outcome.NOT_EXECUTED, Optional.empty(), "looked it up", "user_admin", now);
    return new Ready(
        audit -> store.commands().resolve(command.id(), 1, resolution, audit),
        audit -> store.commands().resolve(command.id(), 7, resolution, audit),
        () -> store.commands().find(command.id()));
  }

  private static Command someCommand(AccountId account, String subscription) {
    return Command.planned(
        new CommandId(Ids.next("cmd")),
        account,
        CommandKind.CANCEL_SUBSCRIPTION,
        subscription,
        Map.of("when", "now"),
        Ids.morning());
  }

  private static Ready claim(BillingStore store) {
    Instant now = Ids.morning();
    AnonymousSession session = new AnonymousSession(
        new AccountId(Ids.next("anonymous:")),
        now,
        now.plus(Duration.ofDays(1)),
        Optional.empty(),
        Optional.empty());
    String hash = Ids.next("hash");
    store.anonymousSessions().add(session, hash);
    AccountId claimer = Ids.account();
    AccountId late = Ids.account();
    return new Ready(
        audit -> store.anonymousSessions().claim(hash, Owner.of(claimer), now, audit),
        audit -> store.anonymousSessions().claim(hash, Owner.of(late), now, audit),
        () -> store.anonymousSessions().findByHash(hash));
  }

  private static Ready conversation(BillingStore store) {
    Owner owner = Owner.of(Ids.account());
    String id = ConversationStoreContract.begun(store, owner).id();
    return new Ready(
        audit -> store.conversations().delete(owner, id, audit),
        audit -> store.conversations().delete(Owner.of(Ids.account()), id, audit),
        () -> store.conversations().find(owner, id));
  }

  private static Ready checkIn(BillingStore store) {
    CheckIn noted = CheckInStoreContract.aCheckIn(Owner.of(Ids.account()));
    store.checkIns().add(noted, 1);
    return new Ready(
        audit -> store.checkIns().delete(noted.owner(), noted.id(), audit),
        audit -> store.checkIns().delete(Owner.of(Ids.account()), noted.id(), audit),
        () -> store.checkIns().find(noted.owner(), noted.id()));
  }

  private static Ready repair(BillingStore store) {
    Instant now = Ids.morning();
    Drift drift = new Drift(
        Ids.next("drift"),
        Ids.next("cus"),
        new RowChange(
            "subscription",
            Ids.next("sub"),
            new TreeMap<>(Map.of("status", "active")),
            new TreeMap<>(Map.of("status", "canceled"))),
        Drift.Cause.EVENT_MISSED,
        now,
        Optional.empty(),
        Optional.empty());
    store.drift().report(drift);
    return new Ready(
        audit -> repair(store, drift.id(), "user_admin", audit, drift.id()),
        audit -> repair(store, "none", "user_other", audit, drift.id()),
        () -> store.drift().find(drift.id()));
  }

  // The entry of a repair names the difference that it closes.
  private static void repair(
      BillingStore store, String closed, String by, AuditEntry audit, String target) {
    boolean storable = audit.target().indexOf('\0') < 0;
    AuditEntry entry = new AuditEntry(
        audit.at(),
        audit.actor(),
        audit.action(),
        audit.account(),
        target,
        storable ? audit.change() : AuditChange.created(Map.of("no database stores", "\0")),
        audit.requestId());
    store.drift().repaired(List.of(closed), by, audit.at(), Optional.of(entry));
  }

  private static Ready publication(BillingStore store) {
    Catalog catalog = CatalogStoreContract.unpublished();
    Instant now = Ids.morning();
    return new Ready(
        audit -> store.catalogs().publish(catalog, now, audit),
        audit -> store.catalogs().publishIfNew(catalog, now, audit),
        () -> store.catalogs().newerThan(0).map(PublishedCatalog::version));
  }

  private static Ready freeItem(BillingStore store) {
    AccountId account = Ids.account();
    Purchase first = PurchaseStoreContract.free(account, "article", Ids.morning());
    Purchase second = PurchaseStoreContract.free(account, "article", Ids.morning());
    return new Ready(
        audit -> store.purchases().addFree(first, audit),
        audit -> store.purchases().addFree(second, audit),
        () -> store.purchases().find(account, first.id()));
  }

  private static Grant someGrant() {
    return GrantStoreContract.grant(
        Ids.account(), GrantStoreContract.FIVE_QUIZZES, Optional.empty());
  }
}
