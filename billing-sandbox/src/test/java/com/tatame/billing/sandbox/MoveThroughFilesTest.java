package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project's data goes into files, and out of them into a PostgreSQL, by the command line. */
final class MoveThroughFilesTest {
  private static final String USERS = "select to_jsonb(u)::text from users u order by id";

  @Test
  void whatWentIntoFilesComesOutOfThemWithWhatChangedMeanwhile(@TempDir Path directory) {
    try (Backing project = Backing.supabase();
        Backing migrated = Backing.postgresql()) {
      Database target = migrated.database();
      Database source = project.database();
      source.run("insert into users (id, issuer, subject) select 'user_' || i, 'i', 's' || i from"
          + " generate_series(1, 3000) i");
      MoveSteps move = MoveSteps.to(target, project);
      String files = "files:" + directory.resolve("moved");

      assertThat(move.ended(0, "copy", "--to", files)).contains("Next: run billing migrate verify");
      source.run("update users set email = 'new@example.com' where id = 'user_8'");
      source.run("delete from users where id = 'user_9'");
      assertThat(move.ended(0, "verify", "--to", files)).contains("rows are equal on both sides");
      move.ended(0, "cutover", "--yes", "--to", files);
      assertThat(source.query("select mode from store_state")).containsExactly("frozen");

      move.ended(0, "copy", "--from", files);
      move.ended(0, "verify", "--from", files);
      assertThat(target.query("select mode from store_state")).containsExactly("standby");
      move.ended(0, "cutover", "--yes", "--from", files);
      assertThat(target.query("select mode from store_state")).containsExactly("open");
      assertThat(target.query(USERS)).hasSize(2999).isEqualTo(source.query(USERS));
    }
  }
}
