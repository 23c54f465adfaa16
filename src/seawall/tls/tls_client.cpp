#include "seawall/tls/tls_client.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

namespace seawall {
namespace {

struct ContextRelease {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};
struct ConnectionRelease {
  void operator()(SSL* connection) const { ::SSL_free(connection); }
};

bool is_number(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

struct TlsTrust::Parts {
  std::unique_ptr<SSL_CTX, ContextRelease> context;
};

TlsTrust::TlsTrust(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsTrust::~TlsTrust() = default;

Result<std::shared_ptr<const TlsTrust>> TlsTrust::open(const std::string& ca_file) {
  auto parts = std::make_unique<Parts>();
  parts->context.reset(::SSL_CTX_new(::TLS_client_method()));
  SSL_CTX* const context = parts->context.get();
  if (context == nullptr || ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      ::SSL_CTX_set_default_verify_paths(context) != 1) {
    ::ERR_clear_error();
    return fail(Code::kUnavailable, "OpenSSL does not start");
  }
  ::SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  ::SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (!ca_file.empty() && ::SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) != 1) {
    ::ERR_clear_error();
    return fail(Code::kInvalidInput, "the file of authorities cannot be read as PEM");
  }
  return std::shared_ptr<const TlsTrust>(new TlsTrust(std::move(parts)));
}

struct TlsClient::Parts {
  std::shared_ptr<const TlsTrust> trust;
  std::unique_ptr<SSL, ConnectionRelease> connection;
  BIO* in = nullptr;               // The connection's.
  BIO* out = nullptr;              // Likewise.
  std::vector<std::byte> waiting;  // To be sent once it stands.
};

TlsClient::TlsClient(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsClient::~TlsClient() = default;

Result<std::unique_ptr<TlsClient>> TlsClient::begin(std::shared_ptr<const TlsTrust> trust,
                                                    const std::string& host) {
  auto parts = std::make_unique<Parts>();
  parts->trust = std::move(trust);
  parts->connection.reset(::SSL_new(parts->trust->parts_->context.get()));
  SSL* const connection = parts->connection.get();
  const auto refused = [] {
    ::ERR_clear_error();
    return fail(Code::kUnavailable, "TLS does not begin");
  };
  if (connection == nullptr) return refused();
  parts->in = ::BIO_new(::BIO_s_mem());
  parts->out = ::BIO_new(::BIO_s_mem());
  if (parts->in == nullptr || parts->out == nullptr) {
    ::BIO_free(parts->in);
    ::BIO_free(parts->out);
    return refused();
  }
  ::SSL_set_bio(connection, parts->in, parts->out);
  const bool named = is_number(host)
                         ? ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(connection), host.c_str()) == 1
                         : ::SSL_set_tlsext_host_name(connection, host.c_str()) == 1 &&
                               ::SSL_set1_host(connection, host.c_str()) == 1;
  if (!named) return refused();
  ::SSL_set_connect_state(connection);
  std::unique_ptr<TlsClient> client(new TlsClient(std::move(parts)));
  SEAWALL_CHECK(client->go_on());
  return client;
}

/// Shakes hands as far as it goes, then sends what waits for that.
Result<void> TlsClient::go_on() {
  SSL* const connection = parts_->connection.get();
  ::ERR_clear_error();
  if (::SSL_is_init_finished(connection) == 0) {
    const int done = ::SSL_do_handshake(connection);
    if (done != 1) {
      const int why = ::SSL_get_error(connection, done);
      if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return {};
      const bool trusted = ::SSL_get_verify_result(connection) == X509_V_OK;
      ::ERR_clear_error();
      return fail(Code::kUnavailable, trusted
                                          ? "the server does not speak TLS as is asked of it"
                                          : "the server's certificate is not trusted, or is another host's");
    }
  }
  std::vector<std::byte>& waiting = parts_->waiting;
  while (!waiting.empty()) {
    const int sent = ::SSL_write(connection, waiting.data(), static_cast<int>(waiting.size()));
    if (sent <= 0) {
      const int why = ::SSL_get_error(connection, sent);
      ::ERR_clear_error();
      if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return {};
      return fail(Code::kUnavailable, "the TLS connection broke");
    }
    waiting.erase(waiting.begin(), waiting.begin() + sent);
  }
  return {};
}

Result<void> TlsClient::take(std::span<const std::byte> bytes, std::vector<std::byte>& plain) {
  if (::BIO_write(parts_->in, bytes.data(), static_cast<int>(bytes.size())) != static_cast<int>(bytes.size()))
    return fail(Code::kUnavailable, "the TLS connection broke");
  SEAWALL_CHECK(go_on());
  SSL* const connection = parts_->connection.get();
  if (::SSL_is_init_finished(connection) == 0) return {};
  std::array<std::byte, 16 << 10> buffer{};
  while (true) {
    ::ERR_clear_error();
    const int got = ::SSL_read(connection, buffer.data(), static_cast<int>(buffer.size()));
    if (got > 0) {
      plain.insert(plain.end(), buffer.begin(), buffer.begin() + got);
      continue;
    }
    const int why = ::SSL_get_error(connection, got);
    ::ERR_clear_error();
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return {};
    if (why == SSL_ERROR_ZERO_RETURN) return fail(Code::kUnavailable, "the server closed the connection");
    return fail(Code::kUnavailable, "the TLS connection broke");
  }
}

Result<void> TlsClient::put(std::span<const std::byte> plain) {
  if (parts_->waiting.size() + plain.size() > kWaitingMax)
    return fail(Code::kLimitExceeded, "the server does not take what it asks for");
  parts_->waiting.insert(parts_->waiting.end(), plain.begin(), plain.end());
  return go_on();
}

std::vector<std::byte> TlsClient::take_output() {
  const std::size_t size = ::BIO_ctrl_pending(parts_->out);
  std::vector<std::byte> bytes(size);
  if (size > 0 && ::BIO_read(parts_->out, bytes.data(), static_cast<int>(size)) != static_cast<int>(size))
    bytes.clear();
  return bytes;
}

}  // namespace seawall
