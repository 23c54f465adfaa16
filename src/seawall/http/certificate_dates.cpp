#include "seawall/http/certificate_dates.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>

#include "seawall/http/detail/channel.h"

namespace seawall {
namespace {

Result<std::chrono::sys_seconds> time_of(const ASN1_TIME* time, const std::string& file) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return fail(Code::kCorrupt, "a certificate in " + file + " has a date that cannot be read");
  }
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

Result<void> add(const X509* certificate, const std::string& file, std::size_t place,
                 std::vector<CertificateDates>& out) {
  CertificateDates dates{.file = file, .place = place};
  SEAWALL_TRY(dates.from, time_of(X509_get0_notBefore(certificate), file));
  SEAWALL_TRY(dates.until, time_of(X509_get0_notAfter(certificate), file));
  out.push_back(std::move(dates));
  return {};
}

}  // namespace

Result<std::vector<CertificateDates>> certificate_dates(const HttpTls& tls) {
  SEAWALL_TRY(const auto context, TlsContext::load(tls));
  std::vector<CertificateDates> out;
  SEAWALL_CHECK(add(SSL_CTX_get0_certificate(context->get()), tls.certificate_file, 1, out));
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(context->get(), &chain);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    SEAWALL_CHECK(add(sk_X509_value(chain, i), tls.certificate_file, out.size() + 1, out));
  }
  if (tls.client == HttpClientCertificate::kNone) return out;
  const STACK_OF(X509_OBJECT)* known = X509_STORE_get0_objects(SSL_CTX_get_cert_store(context->get()));
  std::size_t place = 0;
  for (int i = 0; i < sk_X509_OBJECT_num(known); ++i) {
    const X509* certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(known, i));
    if (certificate != nullptr) SEAWALL_CHECK(add(certificate, tls.client_ca_file, ++place, out));
  }
  return out;
}

}  // namespace seawall
