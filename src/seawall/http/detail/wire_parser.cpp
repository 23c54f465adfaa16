#include "seawall/http/detail/wire_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <span>
#include <utility>  // Boost 1.74's Asio needs it and does not include it.

namespace seawall {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// Beast's callbacks. They only count and copy; the head's fields are read_http_head()'s.
class WireParser::Parser final : public http::basic_parser<true> {
 public:
  Parser() {
    // The head's own limits were applied before; the body is limited by BodyBytes. None would mean 0 in 1.74.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(std::numeric_limits<std::uint64_t>::max());
  }

  std::size_t fields = 0;
  BodyBytes* body = nullptr;
  bool too_large = false;

 private:
  void on_request_impl(http::verb, beast::string_view, beast::string_view, int, beast::error_code&) override {
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_field_impl(http::field, beast::string_view, beast::string_view, beast::error_code& error) override {
    ++fields;
    if (body != nullptr && fields > kTrailersMax) error = http::error::header_limit;
  }
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(beast::string_view, beast::error_code& error) override {
    error = http::error::bad_chunk;  // Bodies of a known length do not come this way.
    return 0;
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view extensions, beast::error_code& error) override {
    extension_bytes_ += extensions.size();
    if (extension_bytes_ > kExtensionBytesMax) error = http::error::bad_chunk_extension;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, beast::error_code& error) override {
    if (!body->append(std::as_bytes(std::span(bytes.data(), bytes.size())))) {
      too_large = true;
      error = http::error::body_limit;
    }
    return bytes.size();
  }
  void on_finish_impl(beast::error_code&) override {}

  std::size_t extension_bytes_ = 0;
};

WireParser::WireParser() : parser_(std::make_unique<Parser>()) {}
WireParser::WireParser(WireParser&&) noexcept = default;
WireParser& WireParser::operator=(WireParser&&) noexcept = default;
WireParser::~WireParser() = default;

bool WireParser::agrees(std::string_view head, const HttpHead& read) {
  beast::error_code error;
  const auto consumed = parser_->put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error || consumed != head.size() || !parser_->is_header_done()) return false;
  const auto length = parser_->content_length();
  const bool same_length = read.content_length() ? length && *length == *read.content_length() : !length;
  return same_length && parser_->chunked() == read.is_chunked() && parser_->fields == read.field_count() &&
         parser_->is_done() == !read.has_body();
}

WireParser::Step WireParser::decode_chunked(std::string_view bytes, BodyBytes& body) {
  if (parser_->body == nullptr) parser_->fields = 0;
  parser_->body = &body;
  parser_->eager(true);
  beast::error_code error;
  const auto consumed = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (parser_->too_large) return {State::kTooLarge, consumed};
  if (error && error != http::error::need_more) return {State::kBad, consumed};
  return {parser_->is_done() ? State::kDone : State::kNeedsMore, consumed};
}

}  // namespace seawall
