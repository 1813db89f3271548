package com.tatame.billing.server;

import java.util.ArrayList;
import java.util.List;

/** The settings of one section, in the order of their declaration. */
final class SettingGroup {
  private final Setting.Section section;
  private final List<Setting<?>> settings = new ArrayList<>();

  SettingGroup(Setting.Section section) {
    this.section = section;
  }

  <T> Setting<T> add(String name, String type, Setting.Reader<T> reader) {
    Setting<T> setting = new Setting<>(name, section, type, reader);
    settings.add(setting);
    return setting;
  }

  List<Setting<?>> settings() {
    return List.copyOf(settings);
  }
}
