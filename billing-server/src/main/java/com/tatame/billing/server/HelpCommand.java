package com.tatame.billing.server;

import com.tatame.billing.failure.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the help of a command; the library's own knows the first word of a command alone. */
@Command(name = "help", description = "Print the help of a command, or of all.")
final class HelpCommand implements Callable<Integer> {
  private static final int UNKNOWN = 2;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "<command>",
      arity = "0..*",
      description = "Such as serve, or keys create.")
  private List<String> words = new ArrayList<>();

  @Override
  public Integer call() {
    CommandLine asked = spec.root().commandLine();
    for (String word : words) {
      Optional<CommandLine> next = Optional.ofNullable(asked.getSubcommands().get(word));
      if (next.isEmpty()) {
        spec.commandLine()
            .getErr()
            .println("There is no command " + word
                + Suggestion.of(word, asked.getSubcommands().keySet())
                + " All of them: " + String.join(", ", asked.getSubcommands().keySet()) + ".");
        return UNKNOWN;
      }
      asked = next.get();
    }
    asked.usage(spec.commandLine().getOut());
    return 0;
  }
}
