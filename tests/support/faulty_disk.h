#pragma once

namespace seawall::test_support {

/// Stands between SQLite and the disk, in all databases that this process opens after install(): counts
/// writes, truncations and syncs, and from a chosen one on lets none succeed, as a disk does that is full or
/// broken. Threads: one.
class FaultyDisk {
 public:
  enum class Fault { kFull, kBroken };

  static void install();
  /// The operation number `nth` (from 1) and all after it fail.
  static void fail_from(int nth, Fault fault);
  /// All is well again. Gives whether an operation had failed.
  static bool mend();
};

}  // namespace seawall::test_support
