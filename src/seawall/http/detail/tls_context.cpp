#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <string_view>

#include "seawall/http/detail/channel.h"

namespace seawall {
namespace {

// What Mozilla calls intermediate, less CBC and plain RSA: all are authenticated and forward secret.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";

/// The reason that OpenSSL gives; never holds what a file holds.
std::string why() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "no reason is known" : reason;
}

tl::unexpected<Error> bad(std::string what) { return fail(Code::kInvalidInput, std::move(what)); }

Result<void> set_ground_rules(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_PRIORITIZE_CHACHA |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_num_tickets(context, 0) != 1 || SSL_CTX_set_cipher_list(context, kCiphers) != 1 ||
      SSL_CTX_set1_groups_list(context, kGroups) != 1) {
    return bad("OpenSSL does not take Seawall's ciphers (" + why() + "); look at its own configuration file");
  }
  return {};
}

Result<void> check_key_file(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return bad("there is no key file " + path + "; name the one to use");
  if ((about.st_mode & S_IROTH) != 0)
    return bad("everybody can read the key " + path + "; type: chmod o-r " + path);
  return {};
}

/// No password is ever asked for: a server has nobody to ask.
int no_password(char*, int, int, void*) { return 0; }

Result<void> use_certificate(SSL_CTX* context, const HttpTls& tls) {
  SEAWALL_CHECK(check_key_file(tls.key_file));
  SSL_CTX_set_default_passwd_cb(context, no_password);
  if (SSL_CTX_use_certificate_chain_file(context, tls.certificate_file.c_str()) != 1) {
    return bad("no certificate can be read from " + tls.certificate_file + " (" + why() +
               "); it must be PEM, the server's first");
  }
  if (SSL_CTX_use_PrivateKey_file(context, tls.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return bad("the key " + tls.key_file + " cannot be used with " + tls.certificate_file + " (" + why() +
               "); it must be PEM without a password, and the certificate's own");
  }
  return {};
}

Result<void> use_client_authorities(SSL_CTX* context, const HttpTls& tls) {
  if (tls.client == HttpClientCertificate::kNone) return {};
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(tls.client_ca_file.c_str());
  if (names == nullptr || SSL_CTX_load_verify_file(context, tls.client_ca_file.c_str()) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return bad("no authorities can be read from " + tls.client_ca_file + " (" + why() +
               "); it must hold the PEM certificates of who signs clients'");
  }
  SSL_CTX_set_client_CA_list(context, names);  // Takes them over.
  const int required = tls.client == HttpClientCertificate::kRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | required, nullptr);
  SSL_CTX_set_verify_depth(context, 4);
  return {};
}

/// Answers ALPN with http/1.1 where the client offers it, and with nothing else.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const HttpTls& tls) {
  ERR_clear_error();
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (context == nullptr) return fail(Code::kUnavailable, "OpenSSL cannot be started (" + why() + ")");
  const std::shared_ptr<const TlsContext> owner(new TlsContext(context));
  SEAWALL_CHECK(set_ground_rules(context));
  SEAWALL_CHECK(use_certificate(context, tls));
  SEAWALL_CHECK(use_client_authorities(context, tls));
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return owner;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

}  // namespace seawall
