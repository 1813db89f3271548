package com.tatame.billing.simulator.engine;

import java.util.List;

/** A request that has been routed: its path, the ids in the path and its checked parameters. */
record Call(String path, List<String> ids, Params params) {
  String id() {
    return ids.get(0);
  }
}
