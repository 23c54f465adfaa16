#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "seawall/net/fetcher.h"
#include "seawall/net/url.h"
#include "seawall/net_curl/curl_fetcher.h"
#include "seawall/net_curl/detail/gunzip.h"

namespace seawall {

/// One request to one address, without redirects. Threads: one. Lifetime: borrows all it is given; taken out
/// of its multi handle before its end.
class Transfer {
 public:
  static constexpr std::size_t kHeaderBytesMax = 64 * 1024;

  enum class Keeping : std::uint8_t { kNothing, kConnections };

  /// `ca_path`: a file of authorities; empty: the system's.
  Transfer(const CurlOptions& options, const std::string& ca_path, const FetchRequest& request,
           const HttpUrl& url);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  /// Makes the handle ready to be driven, by run_to_end() or with others; ends by `end` at the latest.
  /// `keeping`: what its multi handle may keep for the next. Errors: as Fetcher, without the host.
  Result<void> prepare(std::chrono::steady_clock::time_point end, Keeping keeping);
  [[nodiscard]] CURL* handle() { return easy_; }
  /// What came of it. Errors: as Fetcher, without the host.
  Result<FetchResponse> finish(CURLcode code);

 private:
  template <class T>
  void set(CURLoption option, T value);
  void set_limits(std::chrono::milliseconds left);
  void keep_nothing();
  void set_trust();
  void set_reach();
  void set_body();
  void add_headers();
  void add_header(std::string_view name, std::string_view value);
  Error failure(CURLcode code) const;
  [[nodiscard]] bool may_reach(const curl_sockaddr& address) const;
  static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  void take_header(std::string_view line);
  [[nodiscard]] bool is_end_of_answer_head(std::string_view line) const;
  Result<void> take_body(std::string_view bytes);
  Result<void> keep(std::string_view bytes);
  Result<void> finish_body();

  const CurlOptions& options_;
  const std::string& ca_path_;
  const FetchRequest& request_;
  const HttpUrl& url_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  bool usable_ = true;      // Every option so far was taken.
  bool kept_back_ = false;  // An address was not connected to, since it may not be.
  FetchResponse response_;
  std::shared_ptr<SpooledBody> body_;
  bool head_is_enough_ = false;     // It ended there, on purpose.
  std::unique_ptr<Gunzip> gunzip_;  // Set at the first byte of a packed body.
  std::uint64_t to_sink_ = 0;       // Bytes that the sink has taken.
  std::size_t header_bytes_ = 0;
  std::optional<Error> stopped_by_;  // What a callback found wrong.
};

}  // namespace seawall
