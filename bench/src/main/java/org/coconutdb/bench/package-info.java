/// Benchmarks: JMH, side by side with peers in one run. docs/benchmarks.md says how to run them and what they measured.
package org.coconutdb.bench;
