/**
 * Mail services: what renders mails, what hands them over, and what reads the reports. {@link
 * com.tatame.billing.mailservice.MailServices} is the one way in; no type of a mail or HTTP library leaves this package.
 */
@NullMarked
package com.tatame.billing.mailservice;

import org.jspecify.annotations.NullMarked;
