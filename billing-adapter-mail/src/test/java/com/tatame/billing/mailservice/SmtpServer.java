package com.tatame.billing.mailservice;

import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mailservice.SmtpSettings.Security;
import com.tatame.billing.testkit.MailServiceUnderTest;
import com.tatame.billing.testkit.SettableClock;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** An SMTP server whose replies are a script, for what a real one seldom does. */
final class SmtpServer implements MailServiceUnderTest {
  /** Where a reply of the script stands. */
  enum Step {
    GREETING,
    EHLO,
    MAIL,
    RCPT,
    DATA,
    END
  }

  /** Instead of a reply. */
  static final String TAKE_AND_CLOSE = "take and close";

  static final String TAKE_AND_HANG = "take and hang";
  static final String CLOSE = "close";
  static final String HANG = "hang";

  private static final Pattern PATH = Pattern.compile("TO:<([^>]*)>");
  private static final Pattern ENCODED = Pattern.compile("=([0-9A-F]{2})");

  private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T09:00:00Z"));
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<TakenMail> taken = new ArrayList<>();
  private final List<String> commands = new ArrayList<>();
  private final Map<Step, String> script = new HashMap<>();
  private final MailTransport transport;
  private final int port;
  private ServerSocket socket;
  private int attempts;
  private Optional<SSLSocketFactory> starttls = Optional.empty();

  SmtpServer() {
    socket = listen(0);
    port = socket.getLocalPort();
    transport = transport(Security.NONE);
  }

  MailTransport transport(Security security) {
    return transport("localhost", security, Optional.empty());
  }

  MailTransport transport(String host, Security security, Optional<SSLSocketFactory> tls) {
    return new SmtpTransport(
        new SmtpSettings(host, port, security, Optional.empty(), timeLimit()),
        HttpMailService.SENDER,
        clock,
        tls);
  }

  /** Offers STARTTLS from now on. */
  synchronized void offerStarttls(SSLSocketFactory factory) {
    starttls = Optional.of(factory);
    script.put(Step.EHLO, "250-mail.example.net\r\n250 STARTTLS");
  }

  private ServerSocket listen(int onPort) {
    try {
      ServerSocket listening = new ServerSocket();
      listening.setReuseAddress(true);
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort));
      threads.execute(() -> accept(listening));
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket listening) {
    try {
      while (true) {
        Socket client = listening.accept();
        threads.execute(() -> serve(client, true));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private synchronized String reply(Step step, String usual) {
    return script.getOrDefault(step, usual);
  }

  private void serve(Socket client, boolean greets) {
    try (client) {
      BufferedReader in = new BufferedReader(
          new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      OutputStream out = client.getOutputStream();
      List<String> recipients = new ArrayList<>();
      boolean open = !greets || say(out, reply(Step.GREETING, "220 mail.example.net ready"));
      while (open) {
        String command = in.readLine();
        if (command == null) {
          return;
        }
        synchronized (this) {
          commands.add(command);
        }
        if (command.equals("STARTTLS")) {
          say(out, "220 go on");
          encrypt(client);
          return;
        }
        open = answer(command, in, out, recipients);
      }
    } catch (IOException e) {
      // The other side has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void encrypt(Socket client) throws IOException {
    SSLSocket encrypted = (SSLSocket)
        starttls.orElseThrow().createSocket(client, "localhost", client.getPort(), true);
    encrypted.setUseClientMode(false);
    serve(encrypted, false);
  }

  private boolean answer(
      String command, BufferedReader in, OutputStream out, List<String> recipients)
      throws IOException, InterruptedException {
    String verb = command.substring(0, Math.min(4, command.length()));
    if (verb.equals("MAIL")) {
      synchronized (this) {
        attempts++;
      }
    }
    PATH.matcher(command).results().map(path -> path.group(1)).forEach(recipients::add);
    String reply = switch (verb) {
      case "EHLO" -> reply(Step.EHLO, "250-mail.example.net\r\n250 SIZE 1000000");
      case "MAIL" -> reply(Step.MAIL, "250 2.1.0 ok");
      case "RCPT" -> reply(Step.RCPT, "250 2.1.5 ok");
      case "DATA" -> reply(Step.DATA, "354 go on");
      case "RSET" -> "250 ok";
      case "QUIT" -> CLOSE;
      default -> "502 not implemented";
    };
    return say(out, reply) && (!reply.startsWith("354") || content(in, out, recipients));
  }

  private boolean content(BufferedReader in, OutputStream out, List<String> recipients)
      throws IOException, InterruptedException {
    StringBuilder content = new StringBuilder();
    for (String line = in.readLine(); !".".equals(line); line = in.readLine()) {
      if (line == null) {
        return false;
      }
      content.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
    }
    String reply = reply(Step.END, "250 2.0.0 queued");
    if (reply.equals(TAKE_AND_HANG) || reply.equals(TAKE_AND_CLOSE) || reply.startsWith("2")) {
      TakenMail mail = mail(content.toString(), recipients);
      synchronized (this) {
        taken.add(mail);
      }
    }
    if (reply.equals(TAKE_AND_HANG)) {
      ended.await();
    }
    return say(out, reply);
  }

  private boolean say(OutputStream out, String reply) throws IOException, InterruptedException {
    if (reply.equals(HANG)) {
      ended.await();
      return false;
    }
    if (reply.equals(TAKE_AND_HANG) || reply.equals(TAKE_AND_CLOSE) || reply.equals(CLOSE)) {
      return false;
    }
    out.write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return true;
  }

  private static TakenMail mail(String content, List<String> recipients) {
    try {
      MimeMessage message = new MimeMessage(
          Session.getInstance(new Properties()),
          new ByteArrayInputStream(content.getBytes(StandardCharsets.ISO_8859_1)));
      MimeMultipart parts = (MimeMultipart) message.getContent();
      String id = message.getMessageID();
      return new TakenMail(
          Optional.of(ENCODED
              .matcher(id.substring(1, id.indexOf('@')))
              .replaceAll(
                  (MatchResult hex) -> String.valueOf((char) Integer.parseInt(hex.group(1), 16)))),
          List.copyOf(recipients),
          message.getSubject(),
          String.valueOf(parts.getBodyPart(0).getContent()),
          String.valueOf(parts.getBodyPart(1).getContent()),
          Unsubscribe.of(
              unfolded(message.getHeader("List-Unsubscribe", null)),
              unfolded(message.getHeader("List-Unsubscribe-Post", null))));
    } catch (IOException | MessagingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String unfolded(String header) {
    return header == null ? "" : header.replaceAll("\r\n[ \t]", "");
  }

  /** Answers so from now on. */
  synchronized void answer(Step step, String reply) {
    script.put(step, reply);
  }

  synchronized List<String> commands() {
    return List.copyOf(commands);
  }

  @Override
  public MailTransport transport() {
    return transport;
  }

  @Override
  public synchronized void behave(Behavior now) {
    script.clear();
    switch (now) {
      case REFUSE -> script.put(Step.END, "554 5.7.1 zoe.quill@example.com gets no such content");
      case REFUSE_ADDRESS ->
        script.put(Step.RCPT, "550 5.1.1 <zoe.quill@example.com>: user unknown");
      case DEFER -> script.put(Step.RCPT, "451 4.7.1 <zoe.quill@example.com>: greylisted");
      case LOSE_ANSWER -> script.put(Step.END, TAKE_AND_CLOSE);
      case STAY_SILENT -> script.put(Step.END, TAKE_AND_HANG);
      default -> {}
    }
    try {
      if (now == Behavior.BE_DOWN) {
        socket.close();
      } else if (socket.isClosed()) {
        socket = listen(port);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized List<TakenMail> taken() {
    return List.copyOf(taken);
  }

  @Override
  public synchronized int attempts() {
    return attempts;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public Duration timeLimit() {
    return Duration.ofMillis(1500);
  }

  @Override
  public Optional<Duration> statedWait() {
    return Optional.empty();
  }

  @Override
  public void close() {
    ended.countDown();
    transport.close();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
