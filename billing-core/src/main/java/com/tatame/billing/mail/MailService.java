package com.tatame.billing.mail;

/**
 * By what a program sends mails.
 *
 * @param listener hears what became of them
 */
public record MailService(
    MailRenderer renderer, MailTransport transport, MailSettings settings, MailListener listener) {}
