#pragma once

#include <string>

#include "seawall/json/json.h"
#include "seawall/service/list_scope.h"

namespace seawall {

// What the operations on lists answer with, by names instead of numbers. Precondition everywhere: the scope
// sees what is written.

Called<Json> json_of(ListScope& scope, const Entry& entry);
/// `whole`: with the entry of a release of one, which costs a query.
Called<Json> json_of(ListScope& scope, const Release& release, bool whole);
Called<Json> json_of(ListScope& scope, const ChangeRequest& request);

[[nodiscard]] CallResult json_result(int status, const Json& json);
/// 200 once done; else 202, with the request's address.
[[nodiscard]] CallResult outcome_result(const ChangeOutcome& outcome);
/// The release as it is now. 201: with its address.
[[nodiscard]] CallResult release_result(const ListParts& parts, const Call& call, ReleaseId id, int status);

/// A page of rows that grows until it is full, by count or by bytes, and says where the next one begins.
class PageWriter {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{8} << 20;

  PageWriter(std::string_view member, std::size_t limit) : limit_(limit) {
    text_.append("{\"").append(member).append("\":[");
  }
  [[nodiscard]] bool full() const { return rows_ == limit_ || text_.size() > kBytesMax; }
  [[nodiscard]] std::size_t left() const { return limit_ - rows_; }
  void add(const Json& row);
  /// `next`: empty at the end.
  [[nodiscard]] CallResult finish(const std::string& next);

 private:
  std::size_t limit_;
  std::size_t rows_ = 0;
  std::string text_;
};

}  // namespace seawall
