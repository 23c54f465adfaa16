#include <array>

#include "seawall/exchange/detail/formats.h"

namespace seawall {

std::span<const ExchangeFormat* const> exchange_formats() {
  static const std::array<const ExchangeFormat*, 9> formats{&exchange_detail::csv_format(),
                                                            &exchange_detail::interpol_csv_format(),
                                                            &exchange_detail::ncmec_v2_format(),
                                                            &exchange_detail::ndjson_format(),
                                                            &exchange_detail::seawall_format(),
                                                            &exchange_detail::stopncii_format(),
                                                            &exchange_detail::threatexchange_format(),
                                                            &exchange_detail::vics_1_3_format(),
                                                            &exchange_detail::vics_2_0_format()};
  return formats;
}

Result<const ExchangeFormat*> exchange_format_named(std::string_view name) {
  std::string known;
  for (const ExchangeFormat* format : exchange_formats()) {
    if (format->name() == name) return format;
    known.append(known.empty() ? "" : ", ").append(format->name());
  }
  return fail(Code::kNotFound, "there is no exchange format of that name; there are: " + known);
}

}  // namespace seawall
