#include "seawall/http/detail/wire_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <utility>  // Boost 1.74's Asio needs it and does not include it.

namespace seawall {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// Beast's callbacks. They only count: the head's fields are read_http_head()'s, and bodies do not come this
/// way.
class Parser final : public http::basic_parser<true> {
 public:
  Parser() {
    // The head's own limits were applied before. None would mean 0 in 1.74.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(std::numeric_limits<std::uint64_t>::max());
  }

  std::size_t fields = 0;

 private:
  void on_request_impl(http::verb, beast::string_view, beast::string_view, int, beast::error_code&) override {
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_field_impl(http::field, beast::string_view, beast::string_view, beast::error_code&) override {
    ++fields;
  }
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(beast::string_view, beast::error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, beast::error_code&) override { return 0; }
  void on_finish_impl(beast::error_code&) override {}
};

}  // namespace

bool beast_agrees(std::string_view head, const HttpHead& read) {
  Parser parser;
  beast::error_code error;
  const auto consumed = parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error || consumed != head.size() || !parser.is_header_done()) return false;
  const auto length = parser.content_length();
  const bool same_length = read.content_length() ? length && *length == *read.content_length() : !length;
  return same_length && parser.chunked() == read.is_chunked() && parser.fields == read.field_count() &&
         parser.is_done() == !read.has_body();
}

}  // namespace seawall
