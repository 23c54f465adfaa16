#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>

#include "seawall/base/hex.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/http/detail/test_service.h"

namespace seawall::test {
namespace {

struct Certificate {
  Certificate(X509* x, EVP_PKEY* k) : x509(x, X509_free), key(k, EVP_PKEY_free) {}
  std::shared_ptr<X509> x509;
  std::shared_ptr<EVP_PKEY> key;
  std::string sha256() const {
    std::array<unsigned char, 32> digest{};
    X509_digest(x509.get(), EVP_sha256(), digest.data(), nullptr);
    return to_hex(std::as_bytes(std::span(digest)));
  }
};

/// A certificate for `name`, valid now, signed by `by` or by itself.
Certificate make_certificate(const std::string& name, const Certificate* by = nullptr) {
  static std::atomic<long> serial = 1;
  Certificate made(X509_new(), EVP_EC_gen("P-256"));
  X509* x509 = made.x509.get();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
  X509_gmtime_adj(X509_getm_notBefore(x509), -60);
  X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
  X509_set_pubkey(x509, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x509, X509_get_subject_name(by == nullptr ? x509 : by->x509.get()));
  X509V3_CTX context;
  X509V3_set_ctx(&context, by == nullptr ? x509 : by->x509.get(), x509, nullptr, nullptr, 0);
  X509_EXTENSION* basic = X509V3_EXT_conf_nid(nullptr, &context, NID_basic_constraints,
                                              by == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  X509_add_ext(x509, basic, -1);
  X509_EXTENSION_free(basic);
  X509_sign(x509, by == nullptr ? made.key.get() : by->key.get(), EVP_sha256());
  return made;
}

/// Files of one server's TLS in a folder that goes with it.
struct Files {
  Files() : folder(*TemporaryFolder::make("seawall-tls")) {}
  std::string at(const std::string& name) const { return (folder.path() / name).string(); }
  void write(const Certificate& certificate, const std::string& name) const {
    FILE* file = std::fopen(at(name + ".pem").c_str(), "w");
    PEM_write_X509(file, certificate.x509.get());
    std::fclose(file);
    file = std::fopen(at(name + ".key").c_str(), "w");
    PEM_write_PrivateKey(file, certificate.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    ::chmod(at(name + ".key").c_str(), 0600);
  }
  HttpServerOptions options(HttpClientCertificate client = HttpClientCertificate::kNone) const {
    auto options = plain_options();
    options.listen[0].tls = HttpTls{at("server.pem"), at("server.key"), client, at("ca.pem")};
    return options;
  }
  TemporaryFolder folder;
};

/// A client over TLS, which trusts everybody: the tests look at whom they got.
class TlsClient {
 public:
  explicit TlsClient(const std::string& address, const Certificate* own = nullptr, int version_max = 0)
      : client_(address), context_(SSL_CTX_new(TLS_client_method())) {
    if (own != nullptr) {
      SSL_CTX_use_certificate(context_, own->x509.get());
      SSL_CTX_use_PrivateKey(context_, own->key.get());
    }
    SSL_CTX_set_security_level(context_, 0);
    if (version_max != 0) SSL_CTX_set_max_proto_version(context_, version_max);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, client_.fd());
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool is_connected() const { return connected_; }
  Answer ask(std::string_view text) {
    if (!connected_ || SSL_write(ssl_, text.data(), static_cast<int>(text.size())) <= 0) return {};
    return read_answer(held_, [this](char* to, std::size_t size) {
      const int count = SSL_read(ssl_, to, static_cast<int>(size));
      return count > 0 ? static_cast<std::size_t>(count) : 0;
    });
  }
  std::string server_name() const {
    char name[64]{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(ssl_)), NID_commonName, name,
                              sizeof name);
    return name;
  }

 private:
  Client client_;
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  std::string held_;
};

TEST(HttpServerTls, SpeaksTls12And13AndNothingOlder) {
  const Files files;
  files.write(make_certificate("server"), "server");
  TestService service(files.options());
  TlsClient newest(service.address);
  EXPECT_EQ(newest.ask(request("GET", "/peer")).body, "TLSv1.3||");
  const std::string large(900'000, 'x');
  EXPECT_EQ(newest.ask(request("POST", "/echo", "", large)).body, large);
  EXPECT_EQ(newest.ask(request("GET", "/big")).body.size(), std::size_t{32} << 20);
  TlsClient older(service.address, nullptr, TLS1_2_VERSION);
  EXPECT_EQ(older.ask(request("GET", "/peer")).body, "TLSv1.2||");
  EXPECT_FALSE(TlsClient(service.address, nullptr, TLS1_1_VERSION).is_connected());
  EXPECT_TRUE(Client(service.address).ask(request("GET", "/")).status == 0) << "no plain text on a TLS port";
  EXPECT_TRUE(eventually([&] { return service.server->counters().tls_failures == 2; }));
}

TEST(HttpServerTls, KnowsItsClientsByTheirCertificates) {
  const Files files;
  const auto ca = make_certificate("ca");
  const auto client = make_certificate("edge-1", &ca);
  const auto stranger = make_certificate("edge-1");
  files.write(make_certificate("server"), "server");
  files.write(ca, "ca");
  const std::string known = "TLSv1.3|" + client.sha256() + "|CN=edge-1";
  {
    TestService service(files.options(HttpClientCertificate::kRequired));
    EXPECT_EQ(TlsClient(service.address, &client).ask(request("GET", "/peer")).body, known);
    // In TLS 1.3 a client learns of its refusal after its own handshake.
    EXPECT_EQ(TlsClient(service.address).ask(request("GET", "/peer")).status, 0);
    EXPECT_EQ(TlsClient(service.address, &stranger).ask(request("GET", "/peer")).status, 0);
  }
  TestService service(files.options(HttpClientCertificate::kOptional));
  EXPECT_EQ(TlsClient(service.address, &client).ask(request("GET", "/peer")).body, known);
  EXPECT_EQ(TlsClient(service.address).ask(request("GET", "/peer")).body, "TLSv1.3||");
  EXPECT_EQ(TlsClient(service.address, &stranger).ask(request("GET", "/peer")).status, 0);
}

TEST(HttpServerTls, TakesANewCertificateUnderLoadAndKeepsTheOldOneWhenTheNewIsBad) {
  const Files files;
  files.write(make_certificate("old"), "server");
  TestService service(files.options());
  std::atomic<bool> stop = false;
  std::atomic<int> failed = 0, answered = 0;
  std::vector<std::thread> load;
  for (int i = 0; i < 3; ++i) {
    load.emplace_back([&] {
      while (!stop) {
        TlsClient client(service.address);
        ++(client.ask(request("GET", "/x")).body == "/x" ? answered : failed);
      }
    });
  }
  TlsClient kept(service.address);
  EXPECT_EQ(kept.server_name(), "old");
  EXPECT_TRUE(eventually([&] { return answered > 3; }));
  files.write(make_certificate("new"), "server");
  const auto reloaded = service.server->reload();
  EXPECT_TRUE(reloaded) << reloaded.error().message;
  EXPECT_EQ(TlsClient(service.address).server_name(), "new");
  EXPECT_EQ(kept.ask(request("GET", "/kept")).body, "/kept");
  const int before = answered;
  EXPECT_TRUE(eventually([&] { return answered > before + 3; }));
  stop = true;
  for (auto& thread : load) thread.join();
  EXPECT_EQ(failed, 0);

  const auto other = make_certificate("other");
  const auto refuse = [&](const std::string& word) {
    const auto refused = service.server->reload();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kInvalidInput);
    EXPECT_NE(refused.error().message.find(word), std::string::npos) << refused.error().message;
    EXPECT_EQ(TlsClient(service.address).server_name(), "new");
  };
  ::chmod(files.at("server.key").c_str(), 0644);
  refuse("chmod o-r");
  files.write(other, "other");
  std::filesystem::rename(files.at("other.key"), files.at("server.key"));
  refuse("cannot be used with");
  std::ofstream(files.at("server.pem")) << "nothing";
  refuse("must be PEM");
  std::filesystem::remove(files.at("server.key"));
  refuse("no key file");
}

TEST(HttpServerTls, EndsHandshakesThatStandStill) {
  const Files files;
  files.write(make_certificate("server"), "server");
  auto options = files.options();
  options.head_deadline = milliseconds(80);
  TestService service(options);
  Client client = service.connect();
  client.send(std::string_view("\x16\x03\x01", 3));
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(service.server->counters().tls_failures, 1u);
}

}  // namespace
}  // namespace seawall::test
