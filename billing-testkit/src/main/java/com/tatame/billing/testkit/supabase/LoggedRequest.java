package com.tatame.billing.testkit.supabase;

import java.util.Optional;

/**
 * One request that reached the gateway.
 *
 * @param path without {@code /rest/v1}, such as {@code /rpc/ping_v1}
 * @param body as it was sent
 * @param status that PostgREST or the gateway answered, also if that answer was lost
 * @param fault that was done to it
 */
public record LoggedRequest(
    String method, String path, String body, int status, Optional<GatewayFault> fault) {}
