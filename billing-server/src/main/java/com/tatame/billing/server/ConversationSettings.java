package com.tatame.billing.server;

import java.util.List;

/** Settings of what users say to an assistant and note of themselves. */
final class ConversationSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.WEBHOOKS);

  static final Setting<Integer> BILLING_KEEP_CONVERSATIONS_DAYS = ALL.add(
          "BILLING_KEEP_CONVERSATIONS_DAYS",
          "number from 1 to 36500",
          SettingReaders.number(1, 36_500))
      .means(
          "For how many days a conversation is kept after its last message. Without it users' are kept until"
              + " they delete them; those of visitors who never sign in are deleted after 90 days anyway.")
      .remedy("leave it out to keep them")
      .example("730")
      .wrong("0");

  static final Setting<Integer> BILLING_KEEP_CHECK_INS_DAYS = ALL.add(
          "BILLING_KEEP_CHECK_INS_DAYS", "number from 1 to 36500", SettingReaders.number(1, 36_500))
      .means(
          "For how many days a check-in is kept after the time that it is about. Without it users' are kept"
              + " until they delete them.")
      .remedy("leave it out to keep them")
      .example("1825")
      .wrong("0");

  private ConversationSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
