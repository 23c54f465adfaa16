#include "seawall/net_curl/detail/transfer.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "seawall/net/reach.h"

namespace seawall {
namespace {

constexpr long kAuthoritiesKept = 600;  // Seconds.

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

SpoolLimits spool_limits(const CurlOptions& options, std::uint64_t bytes_max) {
  SpoolLimits limits{.bytes_max = bytes_max, .directory = options.spool_directory};
  if (options.in_memory) limits.memory_bytes_max = bytes_max;
  return limits;
}

/// Of a socket address; 0 for another family.
std::uint16_t port_of(const curl_sockaddr& address) {
  if (address.family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address.addr).sin_port);
  if (address.family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address.addr).sin6_port);
  return 0;
}

Error tls_failure() {
  return {Code::kUnavailable,
          "its TLS certificate is not trusted; if it is signed by an authority of your own, name that in "
          "ca_file"};
}

}  // namespace

Transfer::Transfer(const CurlOptions& options, const std::string& ca_path, const FetchRequest& request,
                   const HttpUrl& url)
    : options_(options),
      ca_path_(ca_path),
      request_(request),
      url_(url),
      easy_(::curl_easy_init()),
      body_(std::make_shared<SpooledBody>(spool_limits(options, request.response_bytes_max))) {}

Transfer::~Transfer() {
  if (easy_ != nullptr) ::curl_easy_cleanup(easy_);
  for (curl_slist* at = headers_; at != nullptr; at = at->next) {
    wipe_bytes(at->data, std::string_view(at->data).size());
  }
  ::curl_slist_free_all(headers_);
}

template <class T>
void Transfer::set(CURLoption option, T value) {
  usable_ = ::curl_easy_setopt(easy_, option, value) == CURLE_OK && usable_;
}

void Transfer::set_limits(std::chrono::milliseconds left) {
  const auto connect = std::min(left, request_.connect_deadline);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, options_.low_speed_bytes_s);
  set(CURLOPT_LOW_SPEED_TIME, options_.low_speed_seconds);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  // A look-up of a name that is still under way at the deadline is left to end by itself: its thread cannot
  // be stopped, and waiting for it would outlast the deadline.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
}

void Transfer::set_trust() {
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
  set(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  set(CURLOPT_CA_CACHE_TIMEOUT, kAuthoritiesKept);
  if (ca_path_.empty()) return;
  set(CURLOPT_CAINFO, ca_path_.c_str());
  // A folder besides would be read at each request, and keep libcurl from keeping what it read of the file.
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
}

/// The next request of this handle looks its name up, connects and greets as if it were the first.
void Transfer::keep_nothing() {
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
}

void Transfer::set_reach() {
  if (!options_.unix_socket.empty()) {
    set(CURLOPT_PROXY, "");
    set(CURLOPT_UNIX_SOCKET_PATH, options_.unix_socket.c_str());
  }
  if (!options_.public_only && !options_.refuse_own && options_.refused_networks.empty()) return;
  set(CURLOPT_PROXY, "");
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
}

bool Transfer::may_reach(const curl_sockaddr& to) const {
  const auto peer = PeerAddress::of(&to.addr, to.addrlen);
  const Reach reach{options_.public_only, options_.refuse_own, options_.refused_networks,
                    options_.allowed_networks};
  return peer && reach.allows(*peer, port_of(to));
}

/// Asked for each address that is about to be connected to: after the name was looked up, so that no second
/// look-up can say otherwise.
curl_socket_t Transfer::on_socket(void* self, curlsocktype purpose, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (purpose != CURLSOCKTYPE_IPCXN || !transfer.may_reach(*address)) {
    transfer.kept_back_ = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void Transfer::set_body() {
  if (request_.method == FetchMethod::kGet) return;
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  set(CURLOPT_POSTFIELDS, request_.body.c_str());
  if (request_.method == FetchMethod::kPut) set(CURLOPT_CUSTOMREQUEST, "PUT");
}

void Transfer::add_header(std::string_view name, std::string_view value) {
  std::string line;
  line.reserve(name.size() + value.size() + 3);
  line.append(name).append(value.empty() ? ":" : ": ").append(value);
  curl_slist* longer = ::curl_slist_append(headers_, line.c_str());
  wipe_bytes(line.data(), line.size());
  usable_ = longer != nullptr && usable_;
  if (longer != nullptr) headers_ = longer;
}

void Transfer::add_headers() {
  for (const auto& [name, value] : request_.headers) add_header(name, value);
  for (const auto& [name, value] : request_.secret_headers) add_header(name, value->reveal());
  add_header("Accept-Encoding", request_.accept_gzip ? "gzip" : "identity");
  add_header("Expect", "");  // No "100-continue": one round trip less, and servers that do not know it.
  set(CURLOPT_HTTPHEADER, headers_);
  set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // None of them to a proxy.
  set(CURLOPT_USERAGENT, options_.user_agent.c_str());
}

Result<void> Transfer::prepare(std::chrono::steady_clock::time_point end, Keeping keeping) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  if (left.count() <= 0) return tl::unexpected(failure(CURLE_OPERATION_TIMEDOUT));
  if (easy_ == nullptr) return fail(Code::kUnavailable, "libcurl gave no handle");
  set(CURLOPT_URL, to_text(url_).c_str());  // Copied.
  set_limits(left);
  if (keeping == Keeping::kNothing) keep_nothing();
  set_trust();
  set_reach();
  set_body();
  add_headers();
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  if (usable_) return {};
  return fail(Code::kUnavailable, "this libcurl lacks an option that is needed; 7.87 is the oldest");
}

Result<FetchResponse> Transfer::finish(CURLcode code) {
  if (stopped_by_) return tl::unexpected(*std::move(stopped_by_));
  if (code != CURLE_OK && !head_is_enough_) return tl::unexpected(failure(code));
  if (!head_is_enough_) SEAWALL_CHECK(finish_body());
  long status = 0;
  ::curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  response_.body = std::move(body_);
  return std::move(response_);
}

Error Transfer::failure(CURLcode code) const {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      if (!kept_back_) return {Code::kUnavailable, ::curl_easy_strerror(code)};
      return {
          Code::kInvalidInput,
          "leads to an address or a port that is not of the public internet, or not to be reached from here"};
    case CURLE_PEER_FAILED_VERIFICATION:
      return tls_failure();
    case CURLE_SSL_CACERT_BADFILE:
      return {Code::kUnavailable,
              "this system knows no authorities: install ca-certificates, or name a file of them in ca_file"};
    case CURLE_OPERATION_TIMEDOUT:
      return {Code::kUnavailable, "no whole answer in time, or it came too slowly"};
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
      return {Code::kUnavailable, "closed the connection before the answer was whole"};
    default:
      // libcurl's fixed texts; its error buffer may hold addresses and is never read.
      return {Code::kUnavailable, ::curl_easy_strerror(code)};
  }
}

std::size_t Transfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.header_bytes_ += size * count;
  if (transfer.header_bytes_ > kHeaderBytesMax) {
    transfer.stopped_by_ = Error{Code::kLimitExceeded, "the answer's headers have more than 64 KiB"};
    return 0;
  }
  const std::string_view line(bytes, size * count);
  transfer.take_header(line);
  transfer.head_is_enough_ = transfer.is_end_of_answer_head(line);
  return transfer.head_is_enough_ ? 0 : size * count;  // Any other count than was given stops the transfer.
}

void Transfer::take_header(std::string_view line) {
  if (line.starts_with(
          "HTTP/")) {  // A new answer: what a proxy or "100 Continue" said before does not count.
    response_.headers.clear();
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(trimmed(line.substr(0, colon)));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  response_.headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
}

/// Of the answer itself, where its body is not wanted, as that of a refusal or a redirect is not by who gave
/// a sink: not of "100 Continue". What a proxy says never comes here.
bool Transfer::is_end_of_answer_head(std::string_view line) const {
  if ((request_.body_wanted && request_.sink == nullptr) || !trimmed(line).empty()) return false;
  long status = 0;
  ::curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  return status >= (request_.body_wanted ? 300 : 200);
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  auto appended = transfer.take_body({bytes, size * count});
  if (appended) return size * count;
  transfer.stopped_by_ = std::move(appended).error();
  return count == 0 ? 1 : 0;
}

Result<void> Transfer::take_body(std::string_view bytes) {
  if (body_->size_bytes() == 0 && to_sink_ == 0 && !gunzip_) {
    const std::string_view encoding = response_.header("content-encoding");
    if (encoding == "gzip" || encoding == "x-gzip") {
      gunzip_ = std::make_unique<Gunzip>();
    } else if (!encoding.empty() && encoding != "identity") {
      return fail(Code::kUnavailable, "the answer is compressed in a way that was not asked for");
    }
  }
  if (!gunzip_) return keep(bytes);
  return gunzip_->take(bytes, [this](std::string_view piece) { return keep(piece); });
}

Result<void> Transfer::keep(std::string_view bytes) {
  if (request_.sink == nullptr) return body_->append(bytes);
  if (bytes.size() > request_.response_bytes_max - to_sink_) {
    return fail(Code::kLimitExceeded,
                "the answer has more than " + std::to_string(request_.response_bytes_max) + " bytes");
  }
  to_sink_ += bytes.size();
  return request_.sink->append(std::as_bytes(std::span(bytes)));
}

Result<void> Transfer::finish_body() { return gunzip_ ? gunzip_->finish() : Result<void>(); }

}  // namespace seawall
