package com.tatame.billing.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.command.Pause;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.ReadOnlyCache;
import com.tatame.billing.workload.Bulkhead;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A project that takes calls and never answers delays each caller by its time limit at most. */
@Timeout(20)
class WorkloadLimitsTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final List<Socket> taken = new CopyOnWriteArrayList<>();
  private ServerSocket silent;
  private RestFunctions functions;

  @BeforeEach
  void start() throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    silent = server;
    callers.execute(() -> take(server));
    functions = new RestFunctions(
        SupabaseConfig.of("http://localhost:" + server.getLocalPort(), "sb_secret_0123456789"),
        new Random(1),
        pause -> {},
        Pause.blocking()::pause,
        InstantSource.system(),
        new ReadOnlyCache(System::nanoTime));
  }

  @AfterEach
  void stop() throws IOException {
    silent.close();
    for (Socket each : taken) {
      each.close();
    }
    callers.shutdownNow();
  }

  @Test
  void callEndsWithItsCallersTime() {
    assertThatThrownBy(() -> within(Workload.READS, SHORT)).isInstanceOf(StoreUnavailable.class);
    assertThat(taken).isNotEmpty();
  }

  @Test
  void workloadWhoseCallsHangIsRefusedAndNoOtherIs() {
    int places = Bulkhead.ofConnections(20).free(Workload.ADMINISTRATION);
    for (int i = 0; i < places; i++) {
      callers.execute(() -> hang(Workload.ADMINISTRATION));
    }
    while (taken.size() < places) {
      Thread.onSpinWait();
    }

    assertThatThrownBy(() -> within(Workload.ADMINISTRATION, SHORT))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("busy");
    assertThat(taken).hasSize(places);

    assertThatThrownBy(() -> within(Workload.READS, SHORT)).isInstanceOf(StoreUnavailable.class);
    assertThat(taken).hasSizeGreaterThan(places);
  }

  private void take(ServerSocket server) {
    try {
      while (true) {
        taken.add(server.accept());
      }
    } catch (IOException e) {
      assertThat(server.isClosed()).isTrue();
    }
  }

  private void hang(Workload workload) {
    assertThatThrownBy(() -> within(workload, Duration.ofMinutes(1)))
        .isInstanceOf(StoreUnavailable.class);
  }

  private String within(Workload workload, Duration time) {
    return WorkContext.within(
        time, workload, System::nanoTime, () -> functions.call("ping_v1", "{}"));
  }
}
