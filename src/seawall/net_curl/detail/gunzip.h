#pragma once

#include <memory>
#include <string_view>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"

namespace seawall {

/// Unpacks one gzip stream piece by piece (zlib). libcurl could, but takes a stream that is cut short for a
/// whole one. Threads: one. Memory: about 64 KiB, whatever comes out: `put` counts that.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();

  /// Gives what `packed` unpacks to, in pieces. Errors: kUnavailable (not gzip, damaged, bytes after its
  /// end), those of `put`.
  Result<void> take(std::string_view packed, FunctionRef<Result<void>(std::string_view)> put);
  /// Errors: kUnavailable when the stream's end and checksum have not come.
  [[nodiscard]] Result<void> finish() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
