package com.tatame.billing.http;

/** The headers that every answer carries for browsers. */
record ResponseHeaders(Cors cors, PageHeaders page) {}
