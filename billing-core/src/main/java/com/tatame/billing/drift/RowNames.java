package com.tatame.billing.drift;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.projection.RowChange;
import java.util.Optional;

/** The kinds and names by which differing rows are listed, and found again when they are equal. */
final class RowNames {
  static final String LINK = "link";
  static final String ENTITLEMENT = "entitlement";

  /** Behind the kind of an object whose state is equal, and whose other columns are not. */
  private static final String COLUMNS = "_columns";

  private RowNames() {}

  static String of(RowChange row) {
    return of(row.kind(), row.id());
  }

  static String of(ObjectRef object) {
    return of(object.kind().code(), object.id());
  }

  static String of(String kind, String id) {
    return kind + " " + id;
  }

  /** Of the columns that an object's state doesn't hold. */
  static String ofColumns(ObjectRef object) {
    return of(columnsKind(object), object.id());
  }

  /** The kind of a difference in those columns. */
  static String columnsKind(ObjectRef object) {
    return object.kind().code() + COLUMNS;
  }

  /** The object that a listed difference is about; empty for links and entitlements. */
  static Optional<ObjectRef> objectOf(RowChange row) {
    String kind = row.kind().endsWith(COLUMNS)
        ? row.kind().substring(0, row.kind().length() - COLUMNS.length())
        : row.kind();
    for (ObjectKind each : ObjectKind.values()) {
      if (each.code().equals(kind)) {
        return Optional.of(new ObjectRef(each, row.id()));
      }
    }
    return Optional.empty();
  }
}
