/** What is configured in YAML files: the catalog, and which tables an import reads. */
@NullMarked
package com.tatame.billing.configuration;

import org.jspecify.annotations.NullMarked;
