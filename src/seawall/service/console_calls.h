#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "seawall/console_files/console_files.h"
#include "seawall/http/answer.h"

namespace seawall {

/// The web console, below /console/, and the way of browsers from / to it. No operation of docs/openapi.yaml:
/// nobody need say who asks, for the files hold nothing; what they show, the console asks the operations for.
/// Guarantees: only what is in the table of files is sent; each answer has the strict headers of
/// docs/howto/serve.md. Paths without a dot get index.html, which draws the page that the address names.
/// Threads: any; never blocks.
class ConsoleCalls {
 public:
  explicit ConsoleCalls(ConsoleFiles files);
  /// Nothing: the path is not the console's, or one who asks for / wants no page.
  [[nodiscard]] std::optional<HttpAnswer> answer(const HttpHead& head) const;
  /// From now on these.
  void replace(ConsoleFiles files);

 private:
  [[nodiscard]] std::shared_ptr<const ConsoleFiles> files() const;

  mutable std::mutex mutex_;  ///< Guards files_.
  std::shared_ptr<const ConsoleFiles> files_;
};

}  // namespace seawall
