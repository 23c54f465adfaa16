#include "seawall/http/detail/channel.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <utility>

#include "seawall/base/hex.h"

namespace seawall {
namespace {

IoStep failed_by_errno(IoState would_block) {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return {would_block};
  return {IoState::kFailed};
}

std::string subject_of(X509* certificate) {
  BIO* out = BIO_new(BIO_s_mem());
  if (out == nullptr) return {};
  X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  std::string subject(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  BIO_free(out);
  return subject;
}

std::string sha256_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  return to_hex(std::as_bytes(std::span(digest).first(size)));
}

}  // namespace

Channel::Channel(int socket, std::shared_ptr<const TlsContext> tls) : socket_(socket), tls_(std::move(tls)) {
  if (tls_ == nullptr) return;
  ssl_ = SSL_new(tls_->get());
  if (ssl_ == nullptr) return;
  SSL_set_fd(ssl_, socket);
  SSL_set_accept_state(ssl_);
}

Channel::Channel(Channel&& other) noexcept
    : socket_(other.socket_), tls_(std::move(other.tls_)), ssl_(std::exchange(other.ssl_, nullptr)) {}

Channel::~Channel() { SSL_free(ssl_); }

IoStep Channel::step_of(int result) const {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return {IoState::kWantsRead};
    case SSL_ERROR_WANT_WRITE:
      return {IoState::kWantsWrite};
    case SSL_ERROR_ZERO_RETURN:
      return {IoState::kEnd};
    default:
      return {IoState::kFailed};
  }
}

IoStep Channel::handshake() {
  if (tls_ == nullptr) return {IoState::kDone, 1};
  if (ssl_ == nullptr) return {IoState::kFailed};
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  return result == 1 ? IoStep{IoState::kDone, 1} : step_of(result);
}

IoStep Channel::read(std::span<std::byte> into) {
  if (ssl_ == nullptr) {
    ssize_t count = 0;
    do {
      count = ::recv(socket_, into.data(), into.size(), 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return failed_by_errno(IoState::kWantsRead);
    if (count == 0) return {IoState::kEnd};
    return {IoState::kDone, static_cast<std::size_t>(count)};
  }
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(ssl_, into.data(), into.size(), &count);
  return result == 1 ? IoStep{IoState::kDone, count} : step_of(result);
}

IoStep Channel::write(std::string_view first, std::string_view second) {
  if (ssl_ == nullptr) {
    // sendmsg only reads what its vectors name.
    std::array<iovec, 2> pieces{iovec{const_cast<char*>(first.data()), first.size()},
                                iovec{const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    ssize_t count = 0;
    do {
      count = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return failed_by_errno(IoState::kWantsWrite);
    return {IoState::kDone, static_cast<std::size_t>(count)};
  }
  ERR_clear_error();
  const std::string_view piece = first.empty() ? second : first;
  std::size_t count = 0;
  const int result = SSL_write_ex(ssl_, piece.data(), piece.size(), &count);
  return result == 1 ? IoStep{IoState::kDone, count} : step_of(result);
}

bool Channel::has_pending() const { return ssl_ != nullptr && SSL_has_pending(ssl_) == 1; }

void Channel::end_writing() {
  if (ssl_ != nullptr && SSL_is_init_finished(ssl_) == 1) {
    ERR_clear_error();
    static_cast<void>(SSL_shutdown(ssl_));
  }
  ::shutdown(socket_, SHUT_WR);
}

std::optional<HttpTlsPeer> Channel::tls_peer() const {
  if (ssl_ == nullptr) return std::nullopt;
  HttpTlsPeer peer{SSL_get_version(ssl_), {}, {}};
  X509* certificate = SSL_get0_peer_certificate(ssl_);
  if (certificate != nullptr && SSL_get_verify_result(ssl_) == X509_V_OK) {
    peer.client_sha256 = sha256_of(certificate);
    peer.client_subject = subject_of(certificate);
  }
  return peer;
}

}  // namespace seawall
