#include "seawall/tls/tls_client.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <filesystem>

#include "seawall/base/temporary_folder.h"

namespace seawall {
namespace {

/// A server with a certificate of its own for live.example and 192.0.2.1, in memory.
class TlsClientTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test "
        "-addext subjectAltName=DNS:live.example,IP:192.0.2.1 -keyout " +
        key() + " -out " + certificate() + " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << "the openssl program is missing: ./do setup test";
    context_ = ::SSL_CTX_new(::TLS_server_method());
    ASSERT_EQ(::SSL_CTX_use_certificate_file(context_, certificate().c_str(), SSL_FILETYPE_PEM), 1);
    ASSERT_EQ(::SSL_CTX_use_PrivateKey_file(context_, key().c_str(), SSL_FILETYPE_PEM), 1);
    server_ = ::SSL_new(context_);
    ::SSL_set_bio(server_, ::BIO_new(::BIO_s_mem()), ::BIO_new(::BIO_s_mem()));
    ::SSL_set_accept_state(server_);
  }
  void TearDown() override {
    ::SSL_free(server_);
    ::SSL_CTX_free(context_);
  }
  [[nodiscard]] std::string key() const { return (folder_.path() / "key.pem").string(); }
  [[nodiscard]] std::string certificate() const { return (folder_.path() / "certificate.pem").string(); }

  /// Lets both talk until neither has more to say.
  Result<void> talk(TlsClient& client) {
    for (int i = 0; i < 20; ++i) {
      const auto bytes = client.take_output();
      to_server_ += bytes.size();
      (void)::BIO_write(::SSL_get_rbio(server_), bytes.data(), static_cast<int>(bytes.size()));
      (void)::SSL_do_handshake(server_);
      std::array<char, 4096> text{};
      const int got =
          ::SSL_is_init_finished(server_) != 0 ? ::SSL_read(server_, text.data(), text.size()) : 0;
      if (got > 0) heard_.append(text.data(), static_cast<std::size_t>(got));
      std::vector<std::byte> answer(::BIO_ctrl_pending(::SSL_get_wbio(server_)));
      if (!answer.empty())
        (void)::BIO_read(::SSL_get_wbio(server_), answer.data(), static_cast<int>(answer.size()));
      if (answer.empty() && bytes.empty()) break;
      SEAWALL_CHECK(client.take(answer, plain_));
    }
    return {};
  }

  TemporaryFolder folder_ = *TemporaryFolder::make("tls_client_test");
  SSL_CTX* context_ = nullptr;
  SSL* server_ = nullptr;
  std::string heard_;
  std::vector<std::byte> plain_;
  std::size_t to_server_ = 0;
};

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST_F(TlsClientTest, TalksWithAServerThatItTrustsByNameAndByAddress) {
  const auto trust = TlsTrust::open(certificate());
  ASSERT_TRUE(trust.has_value());
  for (const char* host : {"live.example", "192.0.2.1"}) {
    ::SSL_clear(server_);
    heard_.clear();
    plain_.clear();
    auto client = TlsClient::begin(*trust, host);
    ASSERT_TRUE(client.has_value());
    ASSERT_TRUE((*client)->put(bytes_of("hello")));
    ASSERT_TRUE(talk(**client)) << host;
    EXPECT_EQ(heard_, "hello");
    ASSERT_GT(::SSL_write(server_, "answer", 6), 0);
    ASSERT_TRUE(talk(**client));
    EXPECT_EQ(plain_.size(), 6U);
  }
}

TEST_F(TlsClientTest, SaysNothingToAServerThatItDoesNotTrust) {
  const auto system = TlsTrust::open("");
  const auto own = TlsTrust::open(certificate());
  ASSERT_TRUE(system.has_value() && own.has_value());
  const std::vector<std::pair<std::shared_ptr<const TlsTrust>, std::string>> cases{
      {*system, "live.example"}, {*own, "other.example"}, {*own, "192.0.2.2"}};
  for (const auto& [trust, host] : cases) {
    ::SSL_clear(server_);
    auto client = TlsClient::begin(trust, host);
    ASSERT_TRUE(client.has_value());
    ASSERT_TRUE((*client)->put(bytes_of("hello")));
    const auto talked = talk(**client);
    ASSERT_FALSE(talked.has_value()) << host;
    EXPECT_NE(talked.error().message.find("not trusted"), std::string::npos) << talked.error().message;
    EXPECT_EQ(heard_, "");
  }
}

TEST_F(TlsClientTest, WhatIsNotTlsIsToldWithoutRepeatingIt) {
  const auto trust = TlsTrust::open("");
  auto client = TlsClient::begin(*trust, "live.example");
  const auto taken = (*client)->take(bytes_of("HTTP/1.1 400 secret\r\n\r\n"), plain_);
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().message.find("secret"), std::string::npos);
  EXPECT_TRUE(plain_.empty());
}

TEST_F(TlsClientTest, KeepsNoMoreThanItSaysAndRefusesFilesThatHoldNoAuthority) {
  const auto trust = TlsTrust::open("");
  auto client = TlsClient::begin(*trust, "live.example");
  EXPECT_TRUE((*client)->put(std::vector<std::byte>(TlsClient::kWaitingMax)));
  EXPECT_EQ((*client)->put(std::vector<std::byte>(1)).error().code, Code::kLimitExceeded);
  EXPECT_EQ(TlsTrust::open(key()).error().code, Code::kInvalidInput);
  EXPECT_EQ(TlsTrust::open("/nonexistent/ca.pem").error().code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall
