package com.tatame.billing.simulator.engine;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A document of one page of text: the first line large, the rest plain. */
final class TextPdf {
  private static final Charset LATIN = StandardCharsets.ISO_8859_1;
  private static final int MAX_LINE = 95;

  private TextPdf() {}

  /** The document; each character is one byte of it. */
  static String of(List<String> lines) {
    StringBuilder text = new StringBuilder("BT /F1 20 Tf 56 780 Td 16 TL\n");
    for (int i = 0; i < lines.size(); i++) {
      String shown = lines.get(i).length() <= MAX_LINE
          ? lines.get(i)
          : lines.get(i).substring(0, MAX_LINE) + "...";
      text.append(i == 1 ? "/F1 11 Tf " : "")
          .append('(')
          .append(escaped(shown))
          .append(") Tj T*\n");
    }
    text.append("ET");
    List<String> objects = List.of(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
            + " /Resources << /Font << /F1 4 0 R >> >> >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Length " + text.length() + " >>\nstream\n" + text + "\nendstream");
    StringBuilder document = new StringBuilder("%PDF-1.4\n");
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < objects.size(); i++) {
      places.add(document.length());
      document.append(i + 1).append(" 0 obj\n").append(objects.get(i)).append("\nendobj\n");
    }
    int table = document.length();
    document.append("xref\n0 ").append(objects.size() + 1).append("\n0000000000 65535 f \n");
    places.forEach(place -> document.append(String.format(Locale.ROOT, "%010d 00000 n \n", place)));
    return document
        .append("trailer\n<< /Size ")
        .append(objects.size() + 1)
        .append(" /Root 1 0 R >>\nstartxref\n")
        .append(table)
        .append("\n%%EOF\n")
        .toString();
  }

  // What the font can't show becomes a question mark.
  private static String escaped(String text) {
    return new String(text.getBytes(LATIN), LATIN)
        .replaceAll("[\\x00-\\x1f]", " ")
        .replace("\\", "\\\\")
        .replace("(", "\\(")
        .replace(")", "\\)");
  }
}
