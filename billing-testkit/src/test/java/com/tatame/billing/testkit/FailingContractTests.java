package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs one test of a contract against something bad, and insists that it fails. */
final class FailingContractTests {
  private FailingContractTests() {}

  static void assertThatItFails(Class<?> binding, String test) {
    LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
        .selectors(selectMethod(binding, test))
        .build();
    List<TestExecutionResult> results = new ArrayList<>();
    LauncherFactory.create().execute(request, new TestExecutionListener() {
      @Override
      public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
        if (identifier.isTest()) {
          results.add(result);
        }
      }
    });
    assertThat(results).as("%s has a test %s", binding.getSimpleName(), test).hasSize(1);
    TestExecutionResult result = results.get(0);
    assertThat(result.getStatus()).as("%s of %s", test, binding).isEqualTo(Status.FAILED);
    assertThat(result.getThrowable())
        .as("an assertion failed, not the fake")
        .hasValueSatisfying(failure -> assertThat(failure).isInstanceOf(AssertionError.class));
  }
}
