package com.tatame.billing.testkit;

import com.tatame.billing.portal.PortalSessions;
import java.util.HashMap;
import java.util.Map;

/** Opens the portal page; a visit is the same under any key. */
final class SimulatedPortal implements PortalSessions {
  private final SimulatedCalls calls;

  SimulatedPortal(SimulatedCalls calls) {
    this.calls = calls;
  }

  @Override
  public String open(NewPortalSession session) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("customer", session.customerId());
    parameters.put("return_url", session.returnUrl());
    session.flow().ifPresent(flow -> {
      Map<String, Object> data = new HashMap<>(Map.of("type", flow.code()));
      session.subscriptionId().ifPresent(id -> data.put(flow.code(), Map.of("subscription", id)));
      parameters.put("flow_data", data);
    });
    return calls
        .post("/v1/billing_portal/sessions", parameters)
        .body()
        .required("url")
        .asText();
  }
}
