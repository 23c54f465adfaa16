#include "seawall/service/certificate_end.h"

#include "seawall/http/certificate_dates.h"

namespace seawall {

std::int64_t first_certificate_end(const std::vector<HttpListen>& listeners) {
  std::int64_t first = 0;
  for (const HttpListen& one : listeners) {
    if (!one.tls) continue;
    const auto all = certificate_dates(*one.tls);
    if (!all) continue;
    for (const CertificateDates& dates : *all) {
      const std::int64_t end = dates.until.time_since_epoch().count();
      if (first == 0 || end < first) first = end;
    }
  }
  return first;
}

}  // namespace seawall
